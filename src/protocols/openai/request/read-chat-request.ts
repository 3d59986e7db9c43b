import { fault, missing, wrongType } from './faults.ts'
import { checkRange, isRecord, isSet, readFlag, readInteger, requireText } from './read-values.ts'

export type ChatRequest = {
  /** As the client wrote it. */
  readonly model: string
  readonly isStream: boolean
  /** 1 to 8: how many answers are asked for. */
  readonly choices: number
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Reads the body of a chat completion as far as it must be known before the model is.
 * @throws GatewayError `invalid-request` in OpenAI's words, with the part at fault as `param`
 */
export const readChatRequest = (bytes: Uint8Array): ChatRequest => {
  const body = parse(bytes)
  const model = requireText(body.model, 'model')
  const choices = readInteger(body.n, 'n') ?? 1
  checkRange(choices, 1, mostChoices, 'n')
  if (!isSet(body.messages)) throw missing('messages')
  if (!Array.isArray(body.messages)) throw wrongType('messages', 'an array of objects', body.messages)
  if (body.messages.length === 0) throw fault(emptyMessages, 'messages')
  return { model, isStream: readFlag(body.stream, 'stream') ?? false, choices, body }
}

/** As many as Google would give candidates. */
const mostChoices = 8

/** Google reads 100 levels; what converts a body may go through it level by level. */
const deepest = 200

const emptyMessages =
  "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."

const parse = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const body = parseJson(bytes)
  if (!isRecord(body)) throw fault('Invalid body: the request must be one JSON object.')
  if (isDeeperThan(deepest, body)) throw fault('Invalid body: objects and lists are nested too deeply.')
  return body
}

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw fault(
      'We could not parse the JSON body of your request. (HINT: This likely means you are not using your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)',
    )
  }
}

const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some(member => isDeeperThan(levels - 1, member))
  for (const name in value)
    if (isDeeperThan(levels - 1, (value as Readonly<Record<string, unknown>>)[name])) return true
  return false
}
