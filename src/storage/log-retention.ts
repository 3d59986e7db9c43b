import { cron } from '@elysiajs/cron'
import type { Logger } from '../logging/logger.ts'
import type { LogStore } from './logs.ts'

/** The settings that say how long logs are kept; days. */
export type RetentionSettings = {
  readonly AUTO_DELETE_ERROR_LOGS_ENABLED: boolean
  readonly AUTO_DELETE_ERROR_LOGS_DAYS: number
  readonly AUTO_DELETE_REQUEST_LOGS_ENABLED: boolean
  readonly AUTO_DELETE_REQUEST_LOGS_DAYS: number
}

export type RetentionOptions = {
  readonly settings: RetentionSettings
  readonly store: Pick<LogStore, 'deleteErrorsBefore' | 'deleteRequestsBefore'>
  readonly logger: Logger
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

const dayMilliseconds = 86_400_000

/** Deletes what is older than the settings allow, every hour: a little at a time instead of much at midnight. */
export const logRetention = (options: RetentionOptions) =>
  cron({ name: 'log-retention', pattern: '7 * * * *', protect: true, unref: true, run: () => deleteOldLogs(options) })

/** One round. Never throws: the database may be away, and the next round is in an hour. */
export const deleteOldLogs = async ({ settings, store, logger, now }: RetentionOptions): Promise<void> => {
  try {
    if (settings.AUTO_DELETE_ERROR_LOGS_ENABLED) {
      await store.deleteErrorsBefore(now() - settings.AUTO_DELETE_ERROR_LOGS_DAYS * dayMilliseconds)
    }
    if (settings.AUTO_DELETE_REQUEST_LOGS_ENABLED) {
      await store.deleteRequestsBefore(now() - settings.AUTO_DELETE_REQUEST_LOGS_DAYS * dayMilliseconds)
    }
  } catch (error) {
    logger.warn('old logs could not be deleted', { error })
  }
}
