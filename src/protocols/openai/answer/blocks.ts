import { type Members, recordOf, textOf } from '../../read-value.ts'
import { isSound, toWavFile } from './sound-file.ts'

/**
 * What OpenAI has no place for, as a block of Markdown without the blank lines around it; null for a part that says
 * nothing of the kind. Pictures are data URLs, code and its output are fenced.
 */
export const toBlock = (part: Members): string | null => {
  const data = recordOf(part.inlineData)
  if (data !== null) return linkOf(textOf(data.mimeType), textOf(data.data))
  const code = recordOf(part.executableCode)
  if (code !== null) return fenced(languageOf(code), textOf(code.code))
  const result = recordOf(part.codeExecutionResult)
  if (result !== null) return outputOf(result)
  const file = recordOf(part.fileData)
  if (file !== null) return `${labelOf(textOf(file.mimeType))}(${textOf(file.fileUri)})`
  return null
}

const linkOf = (mimeType: string, data: string): string | null => {
  if (data === '') return null
  // Bare samples play nowhere.
  if (isSound(mimeType)) return `[audio](data:audio/wav;base64,${toWavFile([{ mimeType, data }])})`
  return `${labelOf(mimeType)}(data:${mimeType};base64,${data})`
}

const labelOf = (mimeType: string): string => {
  if (mimeType.startsWith('image/')) return '![image]'
  const kind = mimeType.slice(0, mimeType.indexOf('/'))
  return kind === 'audio' || kind === 'video' ? `[${kind}]` : '[file]'
}

const languageOf = ({ language }: Members): string => {
  const name = textOf(language)
  return name === 'LANGUAGE_UNSPECIFIED' ? '' : name.toLowerCase()
}

/** Code that failed without a word still has to be told of. */
const outputOf = (result: Members): string | null => {
  const output = textOf(result.output)
  if (output !== '') return fenced('', output)
  const outcome = textOf(result.outcome)
  return outcome === 'OUTCOME_OK' || outcome === '' ? null : fenced('', outcome)
}

/** The fence is longer than any inside the text. */
const fenced = (language: string, text: string): string => {
  let fence = '```'
  while (text.includes(fence)) fence += '`'
  return `${fence}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`
}
