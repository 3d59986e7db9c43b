import { sql } from 'kysely'
import type { Logger } from '../../logging/logger.ts'
import { DatabaseLockedError, retryWhileLocked, startLimitMs } from '../retry-while-locked.ts'
import type { OpenDatabase } from '../tables.ts'
import { hasLeftovers, markErased } from './mark.ts'

/**
 * Rewrites a SQLite file that was taken over: the original left deleted rows in its unused pages, keys among them. What
 * stands in the files of a MySQL server is the server's business. When it fails (disk full), the next start tries again.
 */
export const eraseLeftovers = async ({ kind, queries }: OpenDatabase, logger: Logger): Promise<void> => {
  if (!(await hasLeftovers(queries))) return
  try {
    if (kind === 'sqlite') await retryWhileLocked(startLimitMs, () => rewriteFile({ kind, queries }))
    await retryWhileLocked(startLimitMs, () => markErased(queries))
  } catch (error) {
    const message = 'The database file could not be rewritten after the take-over; old secrets may still stand in it'
    logger.warn(message, { error })
  }
}

/** @throws DatabaseLockedError while another process is reading: the old pages stay in the file until it has finished */
const rewriteFile = async ({ queries }: OpenDatabase) => {
  await sql`VACUUM`.execute(queries)
  const { rows } = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(queries)
  if (rows[0]?.busy !== 0) throw new DatabaseLockedError('Another process is using the database')
}
