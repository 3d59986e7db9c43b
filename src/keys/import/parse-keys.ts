import type { ParsedPiece } from './parsed-piece.ts'
import { readJson } from './read-json.ts'
import { readLines } from './read-lines.ts'
import { findTable, readTable } from './read-table.ts'
import { TooManyValues } from './scan-json.ts'

/** Keys, and pieces that are none, in one text. */
export const mostPieces = 100_000

/** Values of a JSON text: each key with all that can be said of it, and room for its tags. */
const mostValues = 12 * mostPieces

/** Thrown when a text holds more than one import may; the message is for people. */
export class TooManyKeys extends Error {
  override readonly name = 'TooManyKeys'
}

/**
 * Finds the keys in any pasted text: lists with commas, semicolons, spaces or lines, JSON, CSV with or without a header,
 * `.env` lines. Every piece of the text comes back exactly once, as a key or as a refusal with its line; only comments
 * (`# …`) are passed over. Whoever reads the pieces may pause in between.
 * @throws TooManyKeys, perhaps only after many pieces
 */
export function* parseKeys(text: string): Generator<ParsedPiece> {
  let count = 0
  try {
    for (const piece of findPieces(text.replace(/^\ufeff/, ''))) {
      if (++count > mostPieces) throw tooMany()
      yield piece
    }
  } catch (error) {
    throw error instanceof TooManyValues ? tooMany() : error
  }
}

const findPieces = (given: string): Iterable<ParsedPiece> => {
  // Old Macs end lines with a carriage return alone.
  const text = given.includes('\n') ? given : given.replaceAll('\r', '\n')
  if (/^\s*[[{]/.test(text)) {
    const json = readJson(text, { firstLine: 1, mostValues, fields: {} })
    if (json !== undefined) return json
  }
  const table = findTable(text)
  return table === undefined ? readLines(text, mostValues) : readTable(text, table, {})
}

const tooMany = () =>
  new TooManyKeys(
    `One import takes at most ${mostPieces.toLocaleString('en')} keys. Divide the text and import its parts.`,
  )
