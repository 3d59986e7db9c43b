import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from '../connection.ts'
import type { Tables } from '../tables.ts'
import { type LocalOffset, localOffsets } from './local-offsets.ts'

/** Sets a column of milliseconds since 1970 UTC from the original's column of local times. No time becomes 0. */
export const convertTimes = async (
  database: Kysely<Tables>,
  kind: DatabaseKind,
  table: keyof Tables & string,
  columns: { readonly local: string; readonly utc: string },
): Promise<void> => {
  const local = millisecondsOf(kind, columns.local)
  const range = sql<{ first: number | null; last: number | null }>`
    SELECT MIN(${local}) AS first, MAX(${local}) AS last FROM ${sql.table(table)}`
  const { first, last } = (await range.execute(database)).rows[0] ?? { first: null, last: null }
  if (first === null || last === null) return
  const offset = offsetOf(local, localOffsets(first, last + 1))
  await sql`UPDATE ${sql.table(table)} SET ${sql.ref(columns.utc)} = COALESCE(${local} - ${offset}, 0)`.execute(
    database,
  )
}

/** A local time in milliseconds, as if it were UTC. SQLite's are text: `2025-09-25 13:05:09.123456`, or without fraction. */
const millisecondsOf = (kind: DatabaseKind, column: string): RawBuilder<number> =>
  kind === 'mysql'
    ? sql`TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${sql.ref(column)}) DIV 1000`
    : sql`(CAST(strftime('%s', ${sql.ref(column)}) AS INTEGER) * 1000
        + CAST(substr(${sql.ref(column)} || '.000', 21, 3) AS INTEGER))`

const offsetOf = (local: RawBuilder<number>, offsets: readonly LocalOffset[]): RawBuilder<number> => {
  const cases = offsets.map(({ until, offset }) => sql`WHEN ${local} < ${sql.lit(until)} THEN ${sql.lit(offset)}`)
  return sql`(CASE ${sql.join(cases, sql` `)} END)`
}
