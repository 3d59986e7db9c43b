import { Secret } from '../security/secret.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, unknown>>

export type Logger = {
  readonly debug: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
}

export type LoggerOptions = {
  /** Lines below this level are not written. Read at every line, so a change of the setting is live. */
  readonly level: () => LogLevel
  /** `json`: one JSON line per event; `pretty`: for a person at a terminal. */
  readonly format: 'json' | 'pretty'
  readonly write: (line: string) => void
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 }

/** Writes structured lines. Values of type `Secret` print as `[secret]`; errors print as name, message and stack. */
export const createLogger = ({ level, format, write }: LoggerOptions): Logger => {
  const log = (lineLevel: LogLevel, message: string, fields: LogFields = {}) => {
    if (ranks[lineLevel] < ranks[level()]) return
    const time = new Date().toISOString()
    write(
      format === 'json' ? toJsonLine(time, lineLevel, message, fields) : toPrettyLine(time, lineLevel, message, fields),
    )
  }
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  }
}

/** Swallows every line; for code that runs without a process around it. */
export const silentLogger: Logger = createLogger({ level: () => 'error', format: 'json', write: () => {} })

const toJsonLine = (time: string, level: LogLevel, message: string, fields: LogFields) =>
  `${JSON.stringify({ time, level, message, ...fields }, printable)}\n`

const colours: Readonly<Record<LogLevel, string>> = { debug: '90', info: '36', warn: '33', error: '31' }

const toPrettyLine = (time: string, level: LogLevel, message: string, fields: LogFields) => {
  const details = Object.entries(fields)
    .map(([name, value]) => ` \u001b[90m${name}=\u001b[0m${prettyValue(value)}`)
    .join('')
  return `${time.slice(11, 19)} \u001b[${colours[level]}m${level.padEnd(5)}\u001b[0m ${oneLine(message)}${details}\n`
}

const prettyValue = (value: unknown) => {
  const shown = printable('', value)
  return oneLine(typeof shown === 'string' ? shown : (JSON.stringify(shown, printable) ?? 'undefined'))
}

/** A line break in a value from outside would let a caller forge log lines on a terminal. */
const oneLine = (text: string) =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const printable = (_name: string, value: unknown): unknown => {
  if (value instanceof Secret) return value.toString()
  if (value instanceof Error)
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
  if (typeof value === 'bigint') return value.toString()
  return value
}
