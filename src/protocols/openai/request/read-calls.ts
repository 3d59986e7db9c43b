import { isDeeperThan } from '../../text-depth.ts'
import type { Conversion, Part } from './conversion.ts'
import { isBase64 } from './data-url.ts'
import { fault } from './faults.ts'
import {
  isRecord,
  isSet,
  type JsonObject,
  readList,
  readObject,
  readText,
  requireObject,
  requireText,
} from './read-values.ts'

/** A call of the history, as it goes up, and what its result is found by. */
export type Call = {
  /** Undefined in the deprecated form, where results are found by name. */
  readonly id: string | undefined
  readonly clientName: string
  readonly googleName: string
  readonly part: Part
}

/**
 * The calls of an assistant message, `tool_calls` and the deprecated `function_call`.
 * @param path of the message
 * @throws GatewayError
 */
export const readCalls = (message: JsonObject, path: string, conversion: Conversion): readonly Call[] => {
  const calls = readList(message.tool_calls, `${path}.tool_calls`) ?? []
  const legacy = readObject(message.function_call, `${path}.function_call`)
  return [
    ...calls.map((call, index) => readToolCall(call, `${path}.tool_calls[${index}]`, conversion)),
    ...(legacy === undefined ? [] : [readFunctionCall(legacy, undefined, `${path}.function_call`, legacy, conversion)]),
  ]
}

const readToolCall = (value: unknown, path: string, conversion: Conversion): Call => {
  const call = requireObject(value, path)
  const id = requireText(call.id, `${path}.id`)
  const isCustom = call.type === 'custom'
  if (isSet(call.type) && call.type !== 'function' && !isCustom) {
    const type = requireText(call.type, `${path}.type`)
    throw fault(
      `Invalid value: '${type.slice(0, 100)}'. Supported values are: 'function' and 'custom'.`,
      `${path}.type`,
    )
  }
  const member = isCustom ? 'custom' : 'function'
  // `index` comes from clients that put a stream together.
  conversion.ignored.addUnknown(call, new Set(['id', 'type', 'index', 'extra_content', member]), path)
  const definition = requireObject(call[member], `${path}.${member}`)
  if (!isCustom) return readFunctionCall(definition, id, `${path}.function`, call, conversion)
  const name = requireText(definition.name, `${path}.custom.name`)
  const input = readText(definition.input, `${path}.custom.input`) ?? ''
  conversion.ignored.addUnknown(definition, new Set(['name', 'input']), `${path}.custom`)
  return toCall(id, name, { input }, readSignature(call, id, path, conversion), conversion)
}

/** @param bearer what holds `extra_content`: the call beside the function */
const readFunctionCall = (
  definition: JsonObject,
  id: string | undefined,
  path: string,
  bearer: JsonObject,
  conversion: Conversion,
): Call => {
  const name = requireText(definition.name, `${path}.name`)
  const args = readArguments(definition.arguments, `${path}.arguments`)
  conversion.ignored.addUnknown(definition, functionMembers, path)
  return toCall(id, name, args, readSignature(bearer, id, path.replace(/\.function$/, ''), conversion), conversion)
}

const functionMembers = new Set(['name', 'arguments', 'extra_content'])

const toCall = (
  id: string | undefined,
  clientName: string,
  args: JsonObject,
  signature: string | undefined,
  { can, names }: Conversion,
): Call => {
  const googleName = names.toGoogle(clientName)
  const functionCall = { ...(can.signsCalls && id !== undefined && { id }), name: googleName, args }
  return {
    id,
    clientName,
    googleName,
    part: { functionCall, ...(signature !== undefined && { thoughtSignature: signature }) },
  }
}

const readArguments = (value: unknown, path: string): JsonObject => {
  const text = readText(value, path) ?? ''
  if (text.trim() === '') return {}
  if (isDeeperThan(deepest, text))
    throw fault(`Invalid '${path}': objects and lists are nested more than ${deepest} levels deep.`, path)
  const args = parse(text, path)
  if (!isRecord(args)) throw fault(`Invalid '${path}': expected the text of a JSON object.`, path)
  return args
}

/** Google reads 100 levels of a request, seven of which are around. */
const deepest = 90

const parse = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw fault(`Invalid '${path}': expected the text of a JSON object, but it is not valid JSON.`, path)
  }
}

/** As the client gives it back, in the place of Google's own OpenAI layer; or else as it is remembered here. */
const readSignature = (
  bearer: JsonObject,
  id: string | undefined,
  path: string,
  { signatureOf }: Conversion,
): string | undefined => {
  const place = `${path}.extra_content`
  const google = readObject(readObject(bearer.extra_content, place)?.google, `${place}.google`)
  const given = readText(google?.thought_signature, `${place}.google.thought_signature`)
  if (given === undefined || given === '') return id === undefined ? undefined : signatureOf(id)
  if (isBase64(given)) return given
  throw fault(
    `Invalid '${place}.google.thought_signature': expected base64 text, unchanged from the answer.`,
    `${place}.google.thought_signature`,
  )
}
