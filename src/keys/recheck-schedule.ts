import type { Logger } from '../logging/logger.ts'
import type { KeyChecker } from './key-checker.ts'
import type { KeyPool } from './key-pool.ts'
import type { PoolKey } from './pool-key.ts'
import type { VerdictName } from './verdict.ts'

export type RecheckScheduleOptions = {
  readonly pool: Pick<KeyPool, 'keys'>
  readonly checker: Pick<KeyChecker, 'check'>
  readonly logger: Logger
  /** `CHECK_INTERVAL_HOURS`; 0 is never. */
  readonly hours: () => number
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** 0 up to 1. */
  readonly random: () => number
  /** Calls `run` once, that many milliseconds from now; returns what prevents it. */
  readonly setTimer: (milliseconds: number, run: () => Promise<void>) => () => void
}

const hourMilliseconds = 3_600_000
const dayMilliseconds = 24 * hourMilliseconds

/** Several gateways that are started at once do not all ask Google in the same second. */
const firstDelay = { least: 10_000, spread: 50_000 }

/** So many answers in a row that say nothing mean that no answer will: the network is down, or Google is. */
const mostUnknownInRow = 40

/** Deaths of which Google gave the reason. They last, so asking once a day is enough. */
const provenDeaths: ReadonlySet<VerdictName> = new Set([
  'key-invalid',
  'key-suspended',
  'project-denied',
  'service-blocked',
])

/** Asks about dead keys from time to time: of those with a proven reason once a day, of the others at every run. */
export class RecheckSchedule {
  readonly #options: RecheckScheduleOptions
  #cancelTimer: (() => void) | undefined
  #run: AbortController | undefined
  #lastRunAt: number | undefined
  #isStopped = false

  constructor(options: RecheckScheduleOptions) {
    this.#options = options
    this.retime()
  }

  /** Sets the next run anew; call it when the interval has changed. A run under way goes on, unless it is never now. */
  retime(): void {
    const { hours, now, random } = this.#options
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (hours() === 0) this.#run?.abort()
    if (this.#isStopped || hours() === 0 || this.#run !== undefined) return
    const soon = firstDelay.least + random() * firstDelay.spread
    const interval = hours() * hourMilliseconds * (0.9 + random() * 0.2)
    const passed = now() - (this.#lastRunAt ?? Number.NEGATIVE_INFINITY)
    this.#wait(Math.max(soon, interval - passed))
  }

  /** No run begins any more, and one under way is ended. */
  stop(): void {
    this.#isStopped = true
    this.#cancelTimer?.()
    this.#run?.abort()
  }

  #wait(milliseconds: number) {
    const step = Math.min(milliseconds, longestTimer)
    this.#cancelTimer = this.#options.setTimer(step, async () => {
      if (step < milliseconds) this.#wait(milliseconds - step)
      else await this.#runOnce()
    })
  }

  async #runOnce(): Promise<void> {
    const { logger, now, checker } = this.#options
    const run = new AbortController()
    this.#run = run
    try {
      const due = this.#dueKeys()
      if (due.length > 0) {
        let unknownInRow = 0
        const { isComplete, ...counts } = await checker.check(due, {
          deep: false,
          signal: run.signal,
          onResult: ({ verdict }) => {
            unknownInRow = verdict === 'unknown' ? unknownInRow + 1 : 0
            if (unknownInRow >= mostUnknownInRow) run.abort()
          },
        })
        logger.info('dead keys were checked again', { due: due.length, ...counts, isComplete })
      }
    } catch (error) {
      logger.error('dead keys could not be checked', { error })
    }
    this.#run = undefined
    this.#lastRunAt = now()
    this.retime()
  }

  #dueKeys(): readonly string[] {
    const due: string[] = []
    for (const key of this.#options.pool.keys()) if (this.#isDue(key)) due.push(key.entry.keyId)
    return due
  }

  #isDue({ entry, death, checkedAt }: PoolKey): boolean {
    const { hours, now } = this.#options
    if (death === null || !entry.enabled) return false
    if (provenDeaths.has(death.reason)) return now() - Math.max(death.since, checkedAt ?? 0) >= dayMilliseconds
    // Shortly before a restart it may have been asked about; the first run after it comes soon.
    return checkedAt === null || now() - checkedAt >= 0.9 * hours() * hourMilliseconds
  }
}

/** A timer of 25 days or more would run at once: its delay is a 32-bit number of milliseconds. */
const longestTimer = 20 * dayMilliseconds

/** The timer of the real world; it does not keep the process alive. */
export const setRealTimer: RecheckScheduleOptions['setTimer'] = (milliseconds, run) => {
  const timer = setTimeout(() => void run(), milliseconds)
  timer.unref()
  return () => clearTimeout(timer)
}
