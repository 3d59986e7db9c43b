import { fixed } from '../figures.ts'

/** Milliseconds after each load that still count as its own: the log is written in the background. */
export const restMilliseconds = 500

/** One row of the table for the README. */
export type SummaryRow = {
  readonly title: string
  /** Of a time it is told what `/v1` adds to it, of the others only the ratio. */
  readonly unit: 'ms' | 'µs' | 'a second'
  readonly digits: number
  readonly direct: number
  readonly native: number
  readonly chat: number
}

/** A table in Markdown. */
export const summaryOf = (rows: readonly SummaryRow[]): string =>
  [
    '| case | straight | native | `/v1` | `/v1` : native | added by `/v1` |',
    '|---|---|---|---|---|---|',
    ...rows.map(({ title, unit, digits, direct, native, chat }) => {
      const values = [direct, native, chat].map(value => shown(value, digits))
      const added = unit === 'a second' ? '' : `${shown(chat - native, digits)} ${unit}`
      return `| ${[title, ...values, fixed(chat / native, 2), added].join(' | ')} |`
    }),
  ].join('\n')

const shown = (value: number, digits: number) =>
  Number.isFinite(value)
    ? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : ''
