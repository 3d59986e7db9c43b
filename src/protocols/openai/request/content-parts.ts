import type { Conversion, Part } from './conversion.ts'
import { unsupported, wrongType } from './faults.ts'
import { toMediaPart } from './media-part.ts'
import { isMediaType, readPartType } from './media-source.ts'
import { isSet, type JsonObject, readText } from './read-values.ts'

/** Who may say what; OpenAI's own lists, with what clients send beside them. */
export type Speaker = 'system' | 'user' | 'assistant' | 'tool'

/**
 * The content of a message as Gemini's parts. Empty texts, which Google refuses, are left out.
 * @param path of the content: `messages[0].content`
 * @throws GatewayError
 */
export const readContentParts = (
  content: unknown,
  speaker: Speaker,
  path: string,
  conversion: Conversion,
): readonly Part[] => {
  if (typeof content === 'string') return textPart(content)
  if (Array.isArray(content)) {
    return content.flatMap((part: unknown, index) => readPart(part, speaker, `${path}[${index}]`, conversion))
  }
  if (!isSet(content) && (speaker === 'assistant' || speaker === 'tool')) return []
  throw wrongType(path, 'one of a string or array of objects', content)
}

export const textPart = (text: string): readonly Part[] => (text === '' ? [] : [{ text }])

const readPart = (value: unknown, speaker: Speaker, path: string, conversion: Conversion): readonly Part[] => {
  const { part, type } = readPartType(value, path)
  if (type === 'text') return readTextOf(part, 'text', path, conversion)
  if (speaker === 'assistant' && type === 'refusal') return readTextOf(part, 'refusal', path, conversion)
  if (speaker === 'assistant' && thoughts.has(type)) {
    conversion.ignored.add(path)
    return []
  }
  const takesMedia = speaker === 'user' || speaker === 'tool' || (speaker === 'assistant' && type === 'image_url')
  if (!takesMedia || !isMediaType(type)) throw unsupported(`${path}.type`, type, supportedTypes[speaker])
  return [toMediaPart(part, type, path, conversion, speaker !== 'tool')]
}

/** Thoughts of other models in the history; only signatures go back to Google, and they travel with calls. */
const thoughts = new Set(['thinking', 'redacted_thinking', 'reasoning'])

const readTextOf = (part: JsonObject, member: string, path: string, { ignored }: Conversion): readonly Part[] => {
  const text = readText(part[member], `${path}.${member}`)
  if (text === undefined) throw wrongType(`${path}.${member}`, 'a string', text)
  ignored.addUnknown(part, new Set(['type', member]), path)
  return textPart(text)
}

const supportedTypes: Readonly<Record<Speaker, readonly string[]>> = {
  system: ['text'],
  user: ['text', 'image_url', 'input_audio', 'file', 'video_url', 'input_video'],
  assistant: ['text', 'refusal', 'image_url'],
  tool: ['text', 'image_url', 'input_audio', 'file', 'video_url', 'input_video'],
}
