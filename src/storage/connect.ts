import { sql } from 'kysely'
import type { Logger } from '../logging/logger.ts'
import type { MysqlConnection, SqliteConnection, StorageConnection } from './connection.ts'
import { openMysql } from './open-mysql.ts'
import { openSqlite } from './open-sqlite.ts'
import { retryWhileLocked, startLimitMs } from './retry-while-locked.ts'
import type { OpenDatabase } from './tables.ts'

export type ConnectOptions = {
  readonly logger: Logger
  /** How long to wait for a server that does not answer yet, milliseconds. */
  readonly connectLimitMs: number
}

/**
 * Opens the database, has it made ready by `prepare`, and gives it back tuned for serving.
 * A MySQL server that does not answer is tried again until the limit; one that refuses us is not.
 * @throws StorageUnavailableError saying which database it is and what to look at
 */
export const connect = (
  connection: StorageConnection,
  options: ConnectOptions,
  prepare: (database: OpenDatabase) => Promise<void>,
): Promise<OpenDatabase> =>
  connection.kind === 'sqlite' ? connectSqlite(connection, prepare) : connectMysql(connection, options, prepare)

export class StorageUnavailableError extends Error {
  override readonly name = 'StorageUnavailableError'
}

/** Waiting for a lock blocks every client; the write-behind queue tries again by itself. */
const busyLimitMs = 250

const connectSqlite = async ({ file }: SqliteConnection, prepare: (database: OpenDatabase) => Promise<void>) => {
  const database = await openSqliteOrExplain(file)
  await preparedOrClosed(database, prepare)
  return database
}

const openSqliteOrExplain = async (file: string) => {
  try {
    return await retryWhileLocked(startLimitMs, async () => openSqlite(file, busyLimitMs))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StorageUnavailableError(`The SQLite database ${file} cannot be opened: ${reason}`, { cause: error })
  }
}

const connectMysql = async (
  connection: MysqlConnection,
  options: ConnectOptions,
  prepare: (database: OpenDatabase) => Promise<void>,
) => {
  // Rebuilding a large log table takes longer than any statement may while serving.
  const unhurried = openMysql(connection, { connections: 1, queryLimitMs: 0 })
  await preparedOrClosed(unhurried, async database => {
    await untilReachable(database, connection, options)
    await prepare(database)
  })
  await unhurried.queries.destroy()
  return openMysql(connection, { connections: 8, queryLimitMs: 15_000 })
}

const preparedOrClosed = async (database: OpenDatabase, prepare: (database: OpenDatabase) => Promise<void>) => {
  try {
    await prepare(database)
  } catch (error) {
    await database.queries.destroy().catch(() => {})
    throw error
  }
}

const untilReachable = async (database: OpenDatabase, connection: MysqlConnection, options: ConnectOptions) => {
  const place = `${connection.database} at ${connection.socket ?? `${connection.host}:${connection.port}`}`
  const deadline = performance.now() + options.connectLimitMs
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      await sql`SELECT 1`.execute(database.queries)
      return
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (isRefusal(error) || performance.now() + pauseMs > deadline)
        throw new StorageUnavailableError(`The MySQL database ${place} cannot be reached: ${reason}`, { cause: error })
      options.logger.warn('The MySQL database does not answer yet, trying again', { database: place, reason })
      await Bun.sleep(pauseMs)
    }
  }
}

/** Wrong user or password, no right to the database, no such database: waiting does not help. */
const isRefusal = (error: unknown) =>
  error instanceof Error && 'errno' in error && [1044, 1045, 1049, 1698].includes(Number(error.errno))
