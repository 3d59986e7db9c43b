import { isDeeperThan } from '../../text-depth.ts'
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
  refuseTooMany(body.messages)
  return { model, isStream: readFlag(body.stream, 'stream') ?? false, choices, body }
}

/** As many as Google would give candidates. */
const mostChoices = 8

/** What is said in a million tokens has fewer; to convert one takes about three microseconds, in which nothing else happens. */
const mostSaid = 20_000

const refuseTooMany = (messages: readonly unknown[]) => {
  let count = messages.length
  for (const message of messages) {
    if (!isRecord(message)) continue
    for (const list of [message.content, message.tool_calls]) if (Array.isArray(list)) count += list.length
  }
  if (count > mostSaid) {
    throw fault(
      `Invalid 'messages': too long. Expected at most ${mostSaid} messages, parts of content and tool calls in all, but got ${count} instead.`,
      'messages',
    )
  }
}

/** Google reads 100 levels; what converts a body may go through it level by level. */
const deepest = 200

const emptyMessages =
  "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."

const parse = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const body = parseJson(new TextDecoder().decode(bytes))
  if (!isRecord(body)) throw fault('Invalid body: the request must be one JSON object.')
  return body
}

const parseJson = (text: string): unknown => {
  if (isDeeperThan(deepest, text)) throw fault('Invalid body: objects and lists are nested too deeply.')
  try {
    return JSON.parse(text)
  } catch {
    throw fault(
      'We could not parse the JSON body of your request. (HINT: This likely means you are not using your HTTP library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)',
    )
  }
}
