import { fixed } from '../figures.ts'

/** Milliseconds after each load that still count as its own: the log is written in the background. */
export const restMilliseconds = 500

/** One row of the table for the README; the values are those of direct, native and `/v1`. */
export type SummaryRow = { readonly title: string; readonly values: readonly number[]; readonly digits: number }

/** A table in Markdown. */
export const summaryOf = (rows: readonly SummaryRow[]): string =>
  [
    '| case | straight | native | `/v1` | `/v1` : native |',
    '|---|---|---|---|---|',
    ...rows.map(({ title, values, digits }) => {
      const [, native = Number.NaN, chat = Number.NaN] = values
      const cells = [title, ...values.map(value => fixed(value, digits).replace('-', '')), fixed(chat / native, 2)]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')
