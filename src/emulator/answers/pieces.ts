import type { Part } from '../wire/messages.ts'
import { splitText } from './answer-text.ts'
import { chineseParts, splitCharacters } from './chinese.ts'
import { charactersOf, textTokens } from './token-count.ts'

/** A part of an answer as a stream sends it; neighbouring pieces of one kind are one part of a unary answer. */
export type Piece = {
  readonly part: Part
  readonly tokens: number
  /** Begins a part of its own, even after one of its kind. */
  readonly opensPart?: boolean
}

export const textPieces = (text: string): readonly Piece[] => (text === '' ? [] : splitText(text).map(textPiece))

export const chinesePieces = (): readonly Piece[] =>
  chineseParts.flatMap(part =>
    splitCharacters(part).map((piece, index) => ({ ...textPiece(piece), ...(index === 0 && { opensPart: true }) })),
  )

const textPiece = (text: string): Piece => ({ part: { text }, tokens: textTokens(text) })

/** The texts of the parts that the pieces make, one for each part; '' for a part that is no text. */
export const partTexts = (pieces: readonly Piece[]): readonly string[] =>
  pieces.reduce<string[]>((texts, { part, opensPart }, index) => {
    const continues = opensPart !== true && index > 0 && part.text !== undefined && isText(pieces[index - 1])
    if (continues) texts[texts.length - 1] += part.text ?? ''
    else texts.push(part.text ?? '')
    return texts
  }, [])

const isText = (piece: Piece | undefined) => piece?.part.text !== undefined

/** Cuts what does not fit; text in the middle, everything else as a whole. */
export const cutTo = (
  maximum: number,
  pieces: readonly Piece[],
): { readonly pieces: readonly Piece[]; readonly cut: boolean } => {
  const kept: Piece[] = []
  let left = maximum
  for (const piece of pieces) {
    if (piece.tokens <= left) {
      kept.push(piece)
      left -= piece.tokens
      continue
    }
    const text =
      piece.part.text
        ?.slice(0, charactersOf(left))
        .toWellFormed()
        .replace(/\uFFFD$/, '') ?? ''
    if (text !== '') kept.push({ ...piece, part: { text }, tokens: left })
    return { pieces: kept, cut: true }
  }
  return { pieces: kept, cut: false }
}
