import { sql } from 'kysely'
import type { Logger } from '../logging/logger.ts'
import type { SecretBox } from '../security/secret-box.ts'
import { checkSecretBox } from './check-secret-box.ts'
import { connect } from './connect.ts'
import type { StorageConnection } from './connection.ts'
import { createFileStore, type FileStore } from './file-records.ts'
import { createKeyStore, type KeyStore } from './keys.ts'
import { createLogStore, type LogStore } from './logs.ts'
import { migrate } from './migrations/migrate.ts'
import { retryWhileLocked, startLimitMs } from './retry-while-locked.ts'
import { createSettingsStore, type SettingsStore } from './settings.ts'
import { createStatisticsStore, type StatisticsStore } from './statistics.ts'
import type { OpenDatabase } from './tables.ts'
import { eraseLeftovers } from './take-over/erase-leftovers.ts'
import { takeOver } from './take-over/take-over.ts'
import { within } from './within.ts'
import { type BatchStore, createBatchStore } from './write-batch.ts'

export type Storage = SettingsStore &
  KeyStore &
  LogStore &
  StatisticsStore &
  FileStore &
  BatchStore & {
    /** Whether the database answers within a time, milliseconds. Never throws. */
    readonly ping: (limitMs: number) => Promise<boolean>
    /** Ends all connections. Drain the write-behind queue first. */
    readonly close: () => Promise<void>
  }

export type StorageOptions = {
  readonly connection: StorageConnection
  readonly secretBox: SecretBox
  readonly logger: Logger
  /** Whether the value of a setting must be encrypted in its row. */
  readonly isSecretSetting: (name: string) => boolean
  /** How long to wait for a MySQL server that does not answer yet, milliseconds. Default: 30,000. */
  readonly connectLimitMs?: number
}

/**
 * Opens the database, brings its schema up to date, and takes over what a gemini-balance (Python) database holds.
 * @throws StorageUnavailableError when it cannot be opened or reached; SecretBoxError when it was encrypted with another
 *   key; Error when its schema cannot be brought up to date
 */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
  const { connection, logger, secretBox, connectLimitMs = 30_000 } = options
  const database = await connect(connection, { logger, connectLimitMs }, async opened => {
    await retryWhileLocked(startLimitMs, () => migrate(opened, takeOver(options)))
    await eraseLeftovers(opened, logger)
    await retryWhileLocked(startLimitMs, () => checkSecretBox(opened, secretBox))
    await retryWhileLocked(startLimitMs, () => forgetOldWriters(opened))
  })
  return {
    ...createSettingsStore(database, options),
    ...createKeyStore(database, secretBox, logger),
    ...createLogStore(database),
    ...createStatisticsStore(database),
    ...createFileStore(database),
    ...createBatchStore(database),
    ping: limitMs => ping(database, limitMs),
    close: () => close(database),
  }
}

const writerLifeMs = 7 * 86_400_000

const forgetOldWriters = async ({ queries }: OpenDatabase) => {
  await queries
    .deleteFrom('t_writers')
    .where('updated_at', '<', Date.now() - writerLifeMs)
    .execute()
}

const ping = async ({ queries }: OpenDatabase, limitMs: number) => {
  const answer = queries.selectFrom('t_installation').select('name').limit(1).execute()
  const answered = answer.then(
    () => true,
    () => false,
  )
  return within(limitMs, answered, false)
}

const closeLimitMs = 3_000

/** A server that is gone never says goodbye. */
const close = async ({ kind, queries }: OpenDatabase) => {
  if (kind === 'sqlite') await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(queries).catch(() => {})
  await within(closeLimitMs, queries.destroy(), undefined)
}
