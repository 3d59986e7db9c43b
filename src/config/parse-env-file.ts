/** What a `.env` file says, and what in it cannot be read, one sentence each without any value. */
export type EnvFile = { readonly values: ReadonlyMap<string, string>; readonly faults: readonly string[] }

/**
 * Reads the text of a `.env` file: `NAME=value`, `export`, comments, values in single, double or back quotes over
 * any number of lines. Escapes are those of python-dotenv, which the original reads the same files with; `$` stands
 * for itself, so that passwords need no escaping. Lines that are no assignment are skipped, as everywhere.
 */
export const parseEnvFile = (text: string): EnvFile => {
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const values = new Map<string, string>()
  const faults: string[] = []
  let position = 0
  while (position < source.length) {
    assignment.lastIndex = position
    const [start, name] = assignment.exec(source) ?? []
    if (start === undefined || name === undefined) {
      position = endOfLine(source, position) + 1
      continue
    }
    const read = readValueAt(source, position + start.length)
    if ('fault' in read) faults.push(`Line ${lineOf(source, position)} of the .env file: ${name} ${read.fault}.`)
    else values.set(name, read.value)
    position = read.end + 1
  }
  return { values, faults }
}

const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*/y

/** `end` is the position of the line break the value ends before. */
type ReadValue = { readonly end: number } & ({ readonly value: string } | { readonly fault: string })

const readValueAt = (source: string, start: number): ReadValue => {
  const quote = source[start]
  if (quote === "'" || quote === '"' || quote === '`') return readQuoted(source, start, quote)
  const end = endOfLine(source, start)
  const line = source.slice(start, end)
  const afterBlank = start > 0 && /[ \t]/.test(source.charAt(start - 1))
  if (afterBlank && line.startsWith('#')) return { value: '', end }
  return { value: line.replace(/[ \t]#.*$/, '').trim(), end }
}

const readQuoted = (source: string, start: number, quote: Quote): ReadValue => {
  let close = start + 1
  while (close < source.length && source[close] !== quote) close += source[close] === '\\' && quote !== '`' ? 2 : 1
  if (close >= source.length) return { fault: 'opens a quote that is never closed', end: source.length }
  const end = endOfLine(source, close)
  if (!/^[ \t]*(#.*)?$/.test(source.slice(close + 1, end))) {
    const advice = 'put single quotes around a value that holds double quotes'
    return { fault: `has text after its closing quote; ${advice}`, end }
  }
  return { value: decodeQuoted[quote](source.slice(start + 1, close)), end }
}

type Quote = "'" | '"' | '`'

const decodeQuoted: Readonly<Record<Quote, (text: string) => string>> = {
  "'": text => text.replace(/\\([\\'])/g, '$1'),
  '"': text => text.replace(/\\([\\'"$abfnrtv])/g, (_all, letter: string) => controls[letter] ?? letter),
  '`': text => text,
}

const controls: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const endOfLine = (source: string, position: number): number => {
  const end = source.indexOf('\n', position)
  return end < 0 ? source.length : end
}

const lineOf = (source: string, position: number): number => source.slice(0, position).split('\n').length
