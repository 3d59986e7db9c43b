import type { EmulatorClock } from './emulator-clock.ts'
import type { KeyState } from './key-ring.ts'
import { pacificDayOf } from './pacific-day.ts'
import { type QuotaViolation, quotaExceeded } from './quota-refusals.ts'

export type QuotaUse = {
  readonly project: string
  readonly bucket: string
  readonly requestsThisMinute: number
  readonly inputTokensThisMinute: number
  readonly requestsToday: number
}

type Counter = { minute: number; requests: number; inputTokens: number; day: string; requestsOfDay: number }

const minuteMs = 60_000

/** Counts requests and input tokens per project and model bucket, in minutes and Pacific days of the emulator's clock. */
export class QuotaLedger {
  readonly #clock: EmulatorClock
  readonly #counters = new Map<string, Counter>()

  constructor(clock: EmulatorClock) {
    this.#clock = clock
  }

  /**
   * Books one request. Requests that fail later stay booked, as at Google; refused ones are not booked.
   * @throws GoogleError 429 when it would exceed a limit of the key's project
   */
  book(key: KeyState, family: 'generate' | 'embed', bucket: string, inputTokens: number): void {
    const { perMinute, perDay, inputTokensPerMinute } = key.limits
    const counter = this.#counterOf(key.project, bucket)
    const violations: QuotaViolation[] = []
    if (perDay !== undefined && counter.requestsOfDay + 1 > perDay)
      violations.push({ kind: 'requests-per-day', limit: perDay })
    if (perMinute !== undefined && counter.requests + 1 > perMinute)
      violations.push({ kind: 'requests-per-minute', limit: perMinute })
    if (inputTokensPerMinute !== undefined && counter.inputTokens + inputTokens > inputTokensPerMinute)
      violations.push({ kind: 'input-tokens-per-minute', limit: inputTokensPerMinute })
    if (violations.length > 0)
      throw quotaExceeded({ violations, tier: key.tier, family, bucket, retryAfterMs: this.untilNextMinute() })
    counter.requests += 1
    counter.requestsOfDay += 1
    counter.inputTokens += inputTokens
  }

  /** At least a millisecond; Google's hint for every quota, a daily one included. */
  untilNextMinute(): number {
    return Math.ceil(minuteMs - (this.#clock.now() % minuteMs))
  }

  get use(): readonly QuotaUse[] {
    return [...this.#counters.keys()].map(name => {
      const [project = '', bucket = ''] = name.split('\n')
      const counter = this.#counterOf(project, bucket)
      return {
        project,
        bucket,
        requestsThisMinute: counter.requests,
        inputTokensThisMinute: counter.inputTokens,
        requestsToday: counter.requestsOfDay,
      }
    })
  }

  #counterOf(project: string, bucket: string): Counter {
    const now = this.#clock.now()
    const minute = Math.floor(now / minuteMs)
    const day = pacificDayOf(now)
    const name = `${project}\n${bucket}`
    let counter = this.#counters.get(name)
    if (counter === undefined) {
      counter = { minute, requests: 0, inputTokens: 0, day, requestsOfDay: 0 }
      this.#counters.set(name, counter)
    }
    if (counter.minute !== minute) Object.assign(counter, { minute, requests: 0, inputTokens: 0 })
    if (counter.day !== day) Object.assign(counter, { day, requestsOfDay: 0 })
    return counter
  }
}
