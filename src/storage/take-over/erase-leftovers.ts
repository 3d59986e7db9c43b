import { sql } from 'kysely'
import type { Logger } from '../../logging/logger.ts'
import type { OpenDatabase } from '../tables.ts'
import { hasLeftovers, markErased } from './mark.ts'

/**
 * Rewrites a SQLite file that was taken over: the original left deleted rows in its unused pages, keys among them. What
 * stands in the files of a MySQL server is the server's business. When it fails (disk full), the next start tries again.
 */
export const eraseLeftovers = async ({ kind, queries }: OpenDatabase, logger: Logger): Promise<void> => {
  if (!(await hasLeftovers(queries))) return
  try {
    if (kind === 'sqlite') {
      await sql`VACUUM`.execute(queries)
      await emptyWriteAheadLog({ kind, queries })
    }
    await markErased(queries)
  } catch (error) {
    logger.warn('The database file could not be rewritten after the take-over; old secrets may still stand in it', {
      error,
    })
  }
}

/** @throws Error when another process is reading: the old pages would stay in the file until it has finished */
const emptyWriteAheadLog = async ({ queries }: OpenDatabase) => {
  const { rows } = await sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(queries)
  if (rows[0]?.busy !== 0) throw new Error('Another process is using the database')
}
