import { type ColumnName, readColumnName } from './field-names.ts'
import type { KeyFieldName, KeyFields } from './key-fields.ts'
import { makePieceWith, refuse } from './make-piece.ts'
import type { ParsedPiece } from './parsed-piece.ts'
import { endOfLine, readRecord } from './read-record.ts'
import { whyNoKey } from './why-no-key.ts'

const delimiters = [',', ';', '\t', '|']
const mostHeader = 2000

/** A table whose first row names its columns. */
export type Table = {
  readonly delimiter: string
  readonly columns: readonly (ColumnName | undefined)[]
  /** Position and line of the first row below the header. */
  readonly start: number
  readonly line: number
}

/** Looks for a header: two columns or more, one of them called `key` or the like, and none that could be a key itself. */
export const findTable = (text: string): Table | undefined => {
  let start = 0
  let line = 1
  while (start < text.length) {
    const end = endOfLine(text, start)
    // A spreadsheet's hint about its delimiter, as in `sep=;`.
    if (end - start > mostHeader || !/^\s*(#|sep=.\s*$|$)/.test(text.slice(start, end))) break
    start = end + 1
    line++
  }
  if (start >= text.length || endOfLine(text, start) - start > mostHeader) return undefined
  for (const delimiter of delimiters) {
    const { cells, end, lines, fault } = readRecord(text, start, delimiter)
    const columns = cells.map(readColumnName)
    if (fault !== undefined || cells.length < 2 || !columns.includes('key')) continue
    if (cells.every(cell => whyNoKey(cell) !== undefined)) return { delimiter, columns, start: end, line: line + lines }
  }
  return undefined
}

/** The pieces of a table: each row is one. */
export function* readTable(text: string, table: Table, base: KeyFields): Generator<ParsedPiece> {
  let { start, line } = table
  while (start < text.length) {
    const record = readRecord(text, start, table.delimiter)
    const isComment = text[start] === '#'
    if (isComment) {
      start = endOfLine(text, start) + 1
      line++
      continue
    }
    if (record.fault !== undefined) yield refuse(line, record.cells[0] ?? '', record.fault)
    else if (record.cells.some(cell => cell !== '')) yield readRow(line, record.cells, table.columns, base)
    start = record.end
    line += record.lines
  }
}

const readRow = (line: number, cells: readonly string[], columns: Table['columns'], base: KeyFields): ParsedPiece => {
  const said: Partial<Record<KeyFieldName, string>> = {}
  let key = ''
  for (const [index, cell] of cells.entries()) {
    const column = columns[index]
    if (index >= columns.length && cell !== '')
      return refuse(line, cells.join(), 'more cells than the table has columns')
    if (column === 'key') key = key === '' ? unguarded(cell).trim() : key
    else if (column !== undefined) said[column] = unguarded(cell)
  }
  return key === '' ? refuse(line, cells.join(), 'a row without a key') : makePieceWith(line, key, said, base)
}

/** Takes away the `'` that keeps a spreadsheet from running a cell as a formula; see `write-keys.ts`. */
export const unguarded = (cell: string): string => (/^'['=+\-@\t\r＝＋－＠]/.test(cell) ? cell.slice(1) : cell)
