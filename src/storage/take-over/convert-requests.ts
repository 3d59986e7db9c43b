import { type Kysely, sql } from 'kysely'
import type { DatabaseKind } from '../connection.ts'
import type { Tables } from '../tables.ts'
import { convertTimes } from './convert-times.ts'

/** Fills what the original's request log did not have, as far as it can be known. Keys are replaced elsewhere. */
export const convertRequests = async (database: Kysely<Tables>, kind: DatabaseKind): Promise<void> => {
  await convertTimes(database, kind, 't_request_log', { local: 'request_time', utc: 'started_at' })
  // After a network error the original wrote the error's text here, key and all; SQLite takes it, MySQL did not.
  if (kind === 'sqlite')
    await sql`UPDATE t_request_log SET status_code = 0 WHERE typeof(status_code) NOT IN ('integer', 'null')`.execute(
      database,
    )
  // A client that left in mid-stream has neither success nor status.
  await sql`
    UPDATE t_request_log SET outcome =
      CASE WHEN is_success = 1 THEN 'finished' WHEN status_code IS NULL THEN 'abandoned' ELSE 'failed' END`.execute(
    database,
  )
}
