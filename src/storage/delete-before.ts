import { sql } from 'kysely'
import type { OpenDatabase } from './tables.ts'

const rowsPerStep = 500

/**
 * Deletes the rows older than a time in steps that hold no lock for long, and lets others have their turn in between.
 * Answers how many rows it were.
 */
export const deleteBefore = async (
  database: OpenDatabase,
  table: 't_request_log' | 't_error_logs',
  column: 'started_at' | 'occurred_at',
  time: number,
): Promise<number> => {
  let deleted = 0
  for (;;) {
    // SQLite knows no DELETE … LIMIT, MySQL no LIMIT inside IN (SELECT …): two statements serve both.
    const oldest = sql<{ id: number }>`
      SELECT id FROM ${sql.table(table)} WHERE ${sql.ref(column)} < ${time} ORDER BY ${sql.ref(column)} LIMIT ${rowsPerStep}`
    const ids = (await oldest.execute(database.queries)).rows.map(row => row.id)
    if (ids.length > 0)
      await sql`DELETE FROM ${sql.table(table)} WHERE id IN (${sql.join(ids)})`.execute(database.queries)
    deleted += ids.length
    if (ids.length < rowsPerStep) return deleted
    await Bun.sleep(5)
  }
}
