import type { Prompt } from './prompt.ts'
import { textTokens } from './token-count.ts'

/**
 * A plain answer that shows that the whole request arrived: it repeats the prompt, and names media, function responses,
 * system instruction and the number of turns. `write 300 words` in the prompt gives a long answer.
 */
export const answerText = (prompt: Prompt): string => {
  const long = /\bwrite (\d{1,5}) words\b/i.exec(prompt.text)?.[1]
  if (long !== undefined) return manyWords(Number(long))
  const sentences = [
    ...prompt.functionResponses.map(
      ({ name, response }) => `The function ${name} returned ${JSON.stringify(response ?? {})}.`,
    ),
    prompt.text === '' ? 'You sent no text.' : `You said: ${prompt.text}`,
    ...prompt.media.map(({ mimeType, data = '' }) => `I received ${mimeType} of ${byteLength(data)} bytes.`),
    ...(prompt.systemText === '' ? [] : [`My instructions have ${textTokens(prompt.systemText)} tokens.`]),
    ...(prompt.turns > 1 ? [`This is turn ${prompt.turns} of our conversation.`] : []),
    'This answer comes from the emulator, which gives the same answer to the same request every time.',
  ]
  return sentences.join('\n')
}

export const thoughtText = (prompt: Prompt): string =>
  `**Reading the request**\n\nThe request has ${prompt.text.length} characters of text and ${prompt.media.length} media parts. I will answer by repeating it.\n`

/** Pieces that join to the text again: about eight, never in the middle of a word. */
export const splitText = (text: string, pieces = 8): readonly string[] => {
  const words = text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text]
  const size = Math.max(1, Math.ceil(words.length / pieces))
  const count = Math.ceil(words.length / size)
  return Array.from({ length: count }, (_, index) => words.slice(index * size, (index + 1) * size).join(''))
}

const vocabulary =
  'the key opens one door and another waits behind it while a quiet clock counts every request until midnight'.split(
    ' ',
  )

const manyWords = (count: number): string =>
  Array.from({ length: count }, (_, index) => vocabulary[index % vocabulary.length]).join(' ')

const byteLength = (base64: string) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4)
