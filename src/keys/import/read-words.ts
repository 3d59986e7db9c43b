import type { KeyFields } from './key-fields.ts'
import { makePiece, refuse } from './make-piece.ts'
import type { ParsedPiece } from './parsed-piece.ts'
import { whyNoKey } from './why-no-key.ts'

/** The pieces of a list on one line, with whatever stands around them. */
export function* readWords(content: string, line: number, fields: KeyFields): Generator<ParsedPiece> {
  for (const [segment] of content.matchAll(/[^,;，；、]+/g)) yield* readSegment(segment, line, fields)
}

/** Between two commas stand keys with spaces between them, or words with perhaps a key among them. */
function* readSegment(segment: string, line: number, fields: KeyFields): Generator<ParsedPiece> {
  const whole = trimmed(segment)
  if (whole === '') return
  if (!/\s/.test(whole)) return yield makeWord(line, whole, fields)
  const isSentence = hasShortWord(whole)
  let wordsFrom: number | undefined
  let wordsTo = 0
  const words = () => {
    const text = whole.slice(wordsFrom, wordsTo)
    return refuse(
      line,
      text,
      /\s/.test(text) ? 'text with spaces; a key has none' : (whyNoKey(text) ?? 'a word of a text'),
    )
  }
  for (const found of whole.matchAll(/\S+/g)) {
    const word = trimmed(found[0])
    if (word === '') continue
    if (isSentence && !standsOut(word)) {
      wordsFrom ??= found.index
      wordsTo = found.index + found[0].length
      continue
    }
    if (wordsFrom !== undefined) yield words()
    wordsFrom = undefined
    yield makeWord(line, word, fields)
  }
  if (wordsFrom !== undefined) yield words()
}

/** What is left of a page or of code around a key would otherwise become a part of it. */
const makeWord = (line: number, word: string, fields: KeyFields): ParsedPiece => {
  const piece = makePiece(line, word, fields)
  return piece.kind === 'key' && /[<>"'`{}[\]()|\\^]/.test(word)
    ? refuse(line, word, 'has quotes or brackets inside; a key that really has them can be given as a JSON list')
    : piece
}

const hasShortWord = (text: string): boolean => {
  for (const [word] of text.matchAll(/\S+/g)) if (word.length < 20 && trimmed(word) !== '') return true
  return false
}

/** A long word of a sentence is no key; nearly every key has a digit. */
const standsOut = (word: string) => whyNoKey(word) === undefined && (/\d/.test(word) || /^(AQ\.|AIza)/.test(word))

/** Without the blanks, quotes and brackets around it. */
export const trimmed = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isAround(text.charCodeAt(start))) start++
  while (end > start && isAround(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const around = new Set(
  [...' \t\r\n\v\f"\'`[](){}<>\u00a0\u2018\u2019\u201c\u201d「」\u200b\u200c\u200d\u2060\ufeff'].map(sign =>
    sign.charCodeAt(0),
  ),
)

const isAround = (code: number) => around.has(code)
