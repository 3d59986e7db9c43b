import type { LogFields, Logger, LogLevel } from '#src/logging/logger.ts'

export type LoggedLine = { readonly level: LogLevel; readonly message: string; readonly fields?: LogFields }

/** A logger that remembers its lines instead of writing them. */
export const memoryLogger = (): { readonly logger: Logger; readonly lines: LoggedLine[] } => {
  const lines: LoggedLine[] = []
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    lines.push(fields ? { level, message, fields } : { level, message })
  }
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}
