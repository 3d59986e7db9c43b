import type { ImportPlan } from '../../keys/plan-import.ts'

const mostLines = 200

/** What became, or would become, of a text: a summary, and every piece that is not simply new. */
export const showImport = ({ counts, rows }: ImportPlan, dryRun: boolean): string => {
  const told = rows.filter(({ status }) => status !== 'new' && status !== 'known')
  const lines = told.slice(0, mostLines).map(row => {
    const why = row.status === 'refused' ? `refused: ${row.reason}` : row.reason
    return `  line ${row.line}  ${row.fingerprint}  ${why}`
  })
  if (told.length > mostLines) lines.push(`  and ${number(told.length - mostLines)} more; --json shows them all`)
  const kept = rows.filter(({ status, reason }) => status === 'known' && reason !== '').length
  const ofThem = kept === 0 ? '' : ` (${number(kept)} ${dryRun ? 'would then be' : 'now'} also kept in the database)`
  const parts = [
    `${number(counts.new)} new`,
    `${number(counts.known)} there already${ofThem}`,
    `${number(counts['duplicate-in-text'])} twice in the text`,
    `${number(counts['deleted-before'])} deleted before`,
    `${number(counts.refused)} refused`,
  ]
  const done = dryRun ? 'would be taken in; nothing was changed' : 'taken in'
  return `${[...lines, `${number(counts.total)} pieces: ${parts.join(', ')}.`, `${number(counts.imported)} ${counts.imported === 1 ? 'key' : 'keys'} ${done}.`].join('\n')}\n`
}

const number = (value: number) => value.toLocaleString('en')
