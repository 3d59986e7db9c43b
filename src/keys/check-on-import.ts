import type { Logger } from '../logging/logger.ts'
import type { KeyChecker } from './key-checker.ts'

/**
 * Checks new keys in the background, a few at once: `checkOnImport(keyIds)` returns at once and never throws. What comes
 * while a run is under way is checked after it, each key once. `KeyChecker.stop` ends it.
 */
export const createCheckOnImport = (checker: Pick<KeyChecker, 'check'>, logger: Logger) => {
  const waiting = new Set<string>()
  let isRunning = false
  const run = async () => {
    isRunning = true
    try {
      const { isComplete, ...counts } = await checker.check(takeFrom(waiting), { deep: false })
      logger.info('new keys were checked', { ...counts, isComplete })
    } catch (error) {
      logger.error('new keys could not be checked', { error })
    }
    isRunning = false
    waiting.clear()
  }
  return (keyIds: Iterable<string>): void => {
    for (const keyId of keyIds) waiting.add(keyId)
    if (!isRunning && waiting.size > 0) void run()
  }
}

/** Goes on for as long as something is waiting, also what came after it was begun. */
function* takeFrom(waiting: Set<string>): Generator<string> {
  for (const keyId of waiting) {
    waiting.delete(keyId)
    yield keyId
  }
}
