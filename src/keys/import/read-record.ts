/** One row of a table and where it ends. `fault`: a quote that is not closed, or text behind a closing one. */
export type TableRecord = {
  readonly cells: readonly string[]
  /** Position of the first character of the next row. */
  readonly end: number
  /** Line breaks up to there. */
  readonly lines: number
  readonly fault: string | undefined
}

/** A quoted cell that is longer has lost its closing quote, and must not swallow the rest of the text. */
const mostQuoted = 10_000

/** Reads the row of a CSV text (RFC 4180, any delimiter of one character) that begins at a position. */
export const readRecord = (text: string, start: number, delimiter: string): TableRecord => {
  const cells: string[] = []
  let position = start
  let lines = 0
  const broken = (fault: string): TableRecord => {
    const end = endOfLine(text, start)
    return { cells: [text.slice(start, end)], end: end + 1, lines: 1, fault }
  }
  for (;;) {
    while (text[position] === ' ') position++
    if (text[position] === '"') {
      const quoted = readQuoted(text, position)
      if (quoted === undefined) return broken('a quote in this row is never closed')
      cells.push(quoted.cell)
      for (const sign of quoted.cell) if (sign === '\n') lines++
      position = quoted.end
      while (text[position] === ' ') position++
    } else {
      const end = endOfCell(text, position, delimiter)
      cells.push(text.slice(position, end).trim())
      position = end
    }
    if (text[position] === delimiter) {
      position++
      continue
    }
    if (text[position] === '\r') position++
    if (position < text.length && text[position] !== '\n') return broken('there is text behind a closing quote')
    return { cells, end: position + 1, lines: lines + 1, fault: undefined }
  }
}

const readQuoted = (text: string, start: number): { readonly cell: string; readonly end: number } | undefined => {
  let cell = ''
  for (let from = start + 1; ; ) {
    const close = text.indexOf('"', from)
    if (close < 0 || close - start > mostQuoted) return undefined
    cell += text.slice(from, close)
    if (text[close + 1] !== '"') return { cell, end: close + 1 }
    cell += '"'
    from = close + 2
  }
}

const endOfCell = (text: string, start: number, delimiter: string): number => {
  for (let end = start; end < text.length; end++) {
    const sign = text[end]
    if (sign === delimiter || sign === '\n') return end
    if (sign === '\r' && (text[end + 1] === '\n' || end + 1 === text.length)) return end
  }
  return text.length
}

export const endOfLine = (text: string, start: number): number => {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}
