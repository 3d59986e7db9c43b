import type { Kysely } from 'kysely'
import type { DatabaseKind } from '../connection.ts'
import type { Tables } from '../tables.ts'
import { convertTimes } from './convert-times.ts'

/** Fills in the times and takes the secrets out of the texts; a time-out's text, for example, holds the address with the key. */
export const convertErrors = async (
  database: Kysely<Tables>,
  kind: DatabaseKind,
  scrub: (text: string) => string,
): Promise<void> => {
  await convertTimes(database, kind, 't_error_logs', { local: 'request_time', utc: 'occurred_at' })
  let after = 0
  for (;;) {
    const rows = await database
      .selectFrom('t_error_logs')
      .select(['id', 'error_log', 'request_msg'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(rowsPerStep)
      .execute()
    for (const row of rows) await scrubRow(database, row, scrub)
    after = rows.at(-1)?.id ?? after
    if (rows.length < rowsPerStep) return
  }
}

const rowsPerStep = 200

type ErrorTexts = { readonly id: number; readonly error_log: string | null; readonly request_msg: string | null }

const scrubRow = async (database: Kysely<Tables>, row: ErrorTexts, scrub: (text: string) => string) => {
  const errorLog = row.error_log === null ? null : scrub(row.error_log)
  // Nothing is a JSON `null` in the original's JSON column.
  const requestMessage = row.request_msg === null || row.request_msg === 'null' ? null : scrub(row.request_msg)
  if (errorLog === row.error_log && requestMessage === row.request_msg) return
  const changes = { error_log: errorLog, request_msg: requestMessage }
  await database.updateTable('t_error_logs').set(changes).where('id', '=', row.id).execute()
}
