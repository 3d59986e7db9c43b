/** The value below which `share` (0 to 1) of the values lie; NaN of nothing. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (lower + upper) / 2
}

/** The median of every figure over several rounds. */
export const mediansOf = <Name extends string>(rounds: readonly Readonly<Record<Name, number>>[]) =>
  Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map(name => [name, median(rounds.map(round => round[name as Name]))]),
  ) as Record<Name, number>

/** A table of text: the first column to the left, the others to the right. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const [head = [], ...body] = rows
  const rule = widths.map(width => '-'.repeat(width))
  return [head, rule, ...body].map(row => `  ${line(row).trimEnd()}\n`).join('')
}

export const whole = (value: number) => (Number.isFinite(value) ? String(Math.round(value)) : '-')

export const fixed = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : '-')
