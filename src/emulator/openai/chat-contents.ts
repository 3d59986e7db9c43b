import { invalidArgument } from '../wire/google-error.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import type { ChatMessage, ChatToolCall, ExtraContent } from './chat-request.ts'

/** What the messages of a chat are in the native API. */
export type ChatContents = { readonly contents: readonly JsonObject[]; readonly systemParts: readonly JsonObject[] }

/** @throws GoogleError for a role or a part that Google's layer does not know, and for media that is no data URL */
export const contentsOf = (messages: readonly ChatMessage[]): ChatContents => {
  const contents: { readonly role: string; readonly parts: readonly JsonObject[] }[] = []
  const systemParts: JsonObject[] = []
  const functionNames = new Map<string, string>()
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') systemParts.push(...partsOf(message.content))
    else if (message.role === 'user') contents.push({ role: 'user', parts: partsOf(message.content) })
    else if (message.role === 'assistant') {
      for (const call of message.toolCalls ?? []) functionNames.set(call.id ?? '', call.function?.name ?? '')
      contents.push({ role: 'model', parts: answerParts(message) })
    } else if (message.role === 'tool') {
      const response = responsePart(message, functionNames)
      const last = contents.at(-1)
      if (last?.parts.some(part => part.functionResponse !== undefined))
        contents[contents.length - 1] = { ...last, parts: [...last.parts, response] }
      else contents.push({ role: 'user', parts: [response] })
    } else throw invalidArgument(`Invalid message role: ${message.role ?? ''}`)
  }
  return { contents, systemParts }
}

/** An empty text beside calls is what clients send for "only calls", and no part of its own. */
const answerParts = (message: ChatMessage): readonly JsonObject[] => {
  const calls = (message.toolCalls ?? []).map(callPart)
  const texts = partsOf(message.content).filter(part => calls.length === 0 || part.text !== '')
  const signed = signatureOf(message.extraContent)
  const last = texts.at(-1)
  return last === undefined ? calls : [...texts.slice(0, -1), { ...last, ...signed }, ...calls]
}

const callPart = (call: ChatToolCall): JsonObject => ({
  functionCall: {
    ...(call.id !== undefined && { id: call.id }),
    name: call.function?.name ?? '',
    args: argumentsOf(call.function?.arguments ?? ''),
  },
  ...signatureOf(call.extraContent),
})

const signatureOf = (extra: ExtraContent | undefined): JsonObject =>
  extra?.google?.thoughtSignature === undefined ? {} : { thoughtSignature: extra.google.thoughtSignature }

const argumentsOf = (text: string): JsonValue => {
  if (text.trim() === '') return {}
  const value = parsed(text)
  if (isJsonObject(value)) return value
  throw invalidArgument('Invalid function arguments: not a JSON object.')
}

/** A result that is no JSON object is wrapped, since `functionResponse.response` must be one. */
const responsePart = (message: ChatMessage, functionNames: ReadonlyMap<string, string>): JsonObject => {
  const text = partsOf(message.content)
    .map(part => part.text ?? '')
    .join('')
  const value = parsed(text)
  return {
    functionResponse: {
      ...(message.toolCallId !== undefined && { id: message.toolCallId }),
      name: functionNames.get(message.toolCallId ?? '') ?? '',
      response: isJsonObject(value) ? value : { result: text },
    },
  }
}

const parsed = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const partsOf = (content: JsonValue | undefined): readonly JsonObject[] => {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ text: content }]
  if (isJsonArray(content)) return content.map(partOf)
  throw invalidArgument('Invalid message content: a text or a list of parts is expected.')
}

const partOf = (part: JsonValue): JsonObject => {
  const { type, ...rest } = isJsonObject(part) ? part : { type: typeof part }
  const body = typeof type === 'string' ? rest[type] : undefined
  const detail = isJsonObject(body) ? body : {}
  if (type === 'text') return { text: textOf(rest.text) }
  if (type === 'image_url') return inlineData(textOf(detail.url))
  if (type === 'input_audio') return audioPart(textOf(detail.format), textOf(detail.data))
  if (type === 'file') return inlineData(textOf(detail.file_data ?? detail.file_id))
  throw invalidArgument(`Invalid content part type: ${String(type)}`)
}

const textOf = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '')

const audioPart = (format: string, data: string): JsonObject => {
  if (format !== 'wav' && format !== 'mp3') throw invalidArgument(`Invalid audio format: ${format}`)
  return { inlineData: { mimeType: format === 'mp3' ? 'audio/mpeg' : 'audio/wav', data } }
}

/** Google fetches nothing here: anything but a data URL is refused in these words. */
const inlineData = (url: string): JsonObject => {
  const [, mimeType, data] = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(url) ?? []
  if (mimeType === undefined || data === undefined)
    throw invalidArgument(`Invalid or unsupported file uri: ${url.slice(0, 200)}`)
  return { inlineData: { mimeType, data } }
}
