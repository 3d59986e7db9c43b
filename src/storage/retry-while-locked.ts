/** Another process may be bringing the same file up to date, which takes a while when its logs are long. Milliseconds. */
export const startLimitMs = 60_000

/**
 * Does something again and again while another process holds the lock of a SQLite file, up to a time in milliseconds. SQLite
 * can wait by itself, but then nothing else in this process moves, not even what holds the lock.
 * @throws what `run` threw, when it is not about the lock or the time is over
 */
export const retryWhileLocked = async <Value>(limitMs: number, run: () => Promise<Value>): Promise<Value> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error
      await Bun.sleep(20)
    }
  }
}

/** For a lock that SQLite reports in an answer instead of an error. */
export class DatabaseLockedError extends Error {
  override readonly name = 'DatabaseLockedError'
}

const isLocked = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseLockedError) return true
  return ('code' in error && String(error.code).startsWith('SQLITE_BUSY')) || isLocked(error.cause)
}
