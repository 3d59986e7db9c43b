import { isRefusedRow } from './is-refused-row.ts'

/** Larger statements are hardly faster, and SQLite holds up everything else for the length of one. */
const rowsPerStatement = 100
/** In UTF-16 units. Keeps a statement under MySQL's max_allowed_packet, of which 4 MB is the smallest in common use. */
const textPerStatement = 500_000

/**
 * Inserts rows with a few large statements. A row the database refuses for its own sake is left out, all others get in;
 * answers how many were refused. Between statements everything else in the process has its turn.
 * @throws what `insert` threw, when it is not a row's fault
 */
export const insertInPieces = async <Row extends Readonly<Record<string, unknown>>>(
  rows: readonly Row[],
  insert: (piece: readonly Row[]) => Promise<unknown>,
): Promise<number> => {
  let refused = 0
  for (const piece of pieces(rows)) {
    refused += await insertOrHalve(piece, insert)
    await turnOfOthers()
  }
  return refused
}

/** The same for a database in this process, which gains nothing from large statements. */
export const insertOneByOne = async <Row>(rows: readonly Row[], insert: (row: Row) => void): Promise<number> => {
  let refused = 0
  for (const [index, row] of rows.entries()) {
    if (index > 0 && index % rowsPerStatement === 0) await turnOfOthers()
    try {
      insert(row)
    } catch (error) {
      if (!isRefusedRow(error)) throw error
      refused++
    }
  }
  if (rows.length > 0) await turnOfOthers()
  return refused
}

const pieces = function* <Row extends Readonly<Record<string, unknown>>>(rows: readonly Row[]) {
  let piece: Row[] = []
  let text = 0
  for (const row of rows) {
    const rowText = textLength(row)
    if (piece.length === rowsPerStatement || (piece.length > 0 && text + rowText > textPerStatement)) {
      yield piece
      piece = []
      text = 0
    }
    piece.push(row)
    text += rowText
  }
  if (piece.length > 0) yield piece
}

const textLength = (row: Readonly<Record<string, unknown>>) => {
  let length = 0
  for (const value of Object.values(row)) if (typeof value === 'string') length += value.length
  return length
}

/** A refused statement leaves nothing behind in either database, and the transaction goes on. */
const insertOrHalve = async <Row>(
  rows: readonly Row[],
  insert: (piece: readonly Row[]) => Promise<unknown>,
): Promise<number> => {
  try {
    await insert(rows)
    return 0
  } catch (error) {
    if (!isRefusedRow(error)) throw error
    if (rows.length === 1) return 1
    const middle = rows.length >> 1
    return (await insertOrHalve(rows.slice(0, middle), insert)) + (await insertOrHalve(rows.slice(middle), insert))
  }
}

const turnOfOthers = () => new Promise<void>(resolve => setImmediate(resolve))
