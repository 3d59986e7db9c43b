import type { ListedKeys } from '../../admin/list-keys.ts'
import { harmless } from './terminal.ts'

type Row = ListedKeys['rows'][number]

const titles = ['KEY', 'CONDITION', 'KIND', 'SOURCE', 'PRIORITY', 'PROJECT', 'TAGS', 'REASON', 'NOTE']

/** A page of keys as a table; the first one has titles. `columns`: how wide a line may be, undefined for any. */
export const showList = (rows: readonly Row[], isFirst: boolean, columns: number | undefined): string => {
  const table = [...(isFirst ? [titles] : []), ...rows.map(cellsOf)]
  const widths = titles.map((_title, index) => Math.max(...table.map(cells => cells[index]?.length ?? 0)))
  return table
    .map(cells =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${columns === undefined ? line : line.slice(0, columns)}\n`)
    .join('')
}

const cellsOf = (row: Row): readonly string[] =>
  [
    row.fingerprint,
    row.condition,
    row.kind,
    row.source,
    String(row.priority),
    row.project ?? '',
    row.tags.join(','),
    row.verdict ?? row.cooling.map(({ bucket, reason }) => `${bucket}: ${reason}`).join(', '),
    row.note,
  ].map(harmless)
