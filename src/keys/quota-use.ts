import type { PacificDay } from './pacific-day.ts'
import type { LearnedLimit } from './verdict.ts'

/** What Google said an owner may use of a bucket; null where it said nothing. */
export type QuotaLimits = {
  readonly requestsPerMinute: number | null
  readonly requestsPerDay: number | null
  readonly tokensPerMinute: number | null
  readonly tokensPerDay: number | null
  /** When Google said so, or confirmed it; milliseconds since 1970 UTC. */
  readonly learnedAt: number
}

const minute = 60_000

/**
 * A limit that is kept is never heard of again, so a higher one would never be noticed: after a week it is forgotten, and
 * the next refusal teaches it anew.
 */
export const limitLifeMilliseconds = 7 * 24 * 3_600_000

/**
 * What one owner has used of one bucket: this minute and this Pacific day. Google's minutes follow the clock, or whatever
 * the hint of its last refusal says ("retry in 15.06s").
 */
export class QuotaUse {
  limits: QuotaLimits | null = null
  /** Its part in the sums over all owners; kept by the `QuotaBook`. */
  readonly share = { known: 0, limit: 0, left: 0, day: 0 }
  /** Milliseconds by which Google's minutes begin after the clock's. */
  #phase = 0
  #minute = 0
  #requests = 0
  #tokens = 0
  #day = 0
  #requestsOfDay = 0
  #tokensOfDay = 0

  /** Counts one request that is about to be sent. */
  count(now: number, day: PacificDay): void {
    this.#turn(now, day)
    this.#requests++
    this.#requestsOfDay++
  }

  /** Takes back a request of the moment `lentAt`: it never reached Google, or Google does not count it. */
  takeBack(lentAt: number, now: number, day: PacificDay): void {
    this.#turn(now, day)
    if (this.#minuteOf(lentAt) === this.#minute) this.#requests = Math.max(0, this.#requests - 1)
    if (lentAt >= day.start) this.#requestsOfDay = Math.max(0, this.#requestsOfDay - 1)
  }

  /** Input tokens become known with the answer. */
  addTokens(tokens: number, now: number, day: PacificDay): void {
    this.#turn(now, day)
    this.#tokens += tokens
    this.#tokensOfDay += tokens
  }

  /** Google said that a new minute begins for this owner at `moment`, milliseconds since 1970 UTC. */
  alignMinute(moment: number): void {
    this.#phase = Math.ceil(moment) % minute
  }

  learn(learned: readonly LearnedLimit[], now: number): void {
    const value = (unit: LearnedLimit['unit'], per: LearnedLimit['per']) =>
      learned.find(limit => limit.unit === unit && limit.per === per)?.value
    const kept = this.limits !== null && !isForgotten(this.limits, now) ? this.limits : null
    this.limits = {
      requestsPerMinute: value('requests', 'minute') ?? kept?.requestsPerMinute ?? null,
      requestsPerDay: value('requests', 'day') ?? kept?.requestsPerDay ?? null,
      tokensPerMinute: value('input-tokens', 'minute') ?? kept?.tokensPerMinute ?? null,
      tokensPerDay: value('input-tokens', 'day') ?? kept?.tokensPerDay ?? null,
      learnedAt: now,
    }
  }

  /**
   * When the next request may go without exceeding what Google allows; null when it may go now.
   * @param enforcesDay false where it is not sure that the day's count is of one project
   */
  fullUntil(now: number, day: PacificDay, enforcesDay: boolean): number | null {
    if (this.limits === null) return null
    if (isForgotten(this.limits, now)) {
      this.limits = null
      return null
    }
    this.#turn(now, day)
    const { requestsPerDay, tokensPerDay, requestsPerMinute, tokensPerMinute } = this.limits
    const isOfDay = isReached(requestsPerDay, this.#requestsOfDay) || isReached(tokensPerDay, this.#tokensOfDay)
    if (enforcesDay && isOfDay) return day.end + dayMarginMilliseconds
    if (isReached(requestsPerMinute, this.#requests) || isReached(tokensPerMinute, this.#tokens)) {
      return (this.#minute + 1) * minute + this.#phase + marginMilliseconds
    }
    return null
  }

  /** What is used; limits where they are known. */
  view(now: number, day: PacificDay): QuotaView {
    this.#turn(now, day)
    return {
      requestsThisMinute: this.#requests,
      tokensThisMinute: this.#tokens,
      requestsToday: this.#requestsOfDay,
      tokensToday: this.#tokensOfDay,
      limits: this.limits,
    }
  }

  requestsToday(now: number, day: PacificDay): number {
    this.#turn(now, day)
    return this.#requestsOfDay
  }

  /** Adds what was counted for another owner that turned out to be the same one. */
  absorb(other: QuotaUse, now: number, day: PacificDay): void {
    // A new owner of the same name knows nothing of Google's minutes yet.
    if (this.#minute === 0) this.#phase = other.#phase
    this.#turn(now, day)
    other.#turn(now, day)
    this.#requests += other.#requests
    this.#tokens += other.#tokens
    this.#requestsOfDay += other.#requestsOfDay
    this.#tokensOfDay += other.#tokensOfDay
    if (other.limits !== null && other.limits.learnedAt > (this.limits?.learnedAt ?? 0)) this.limits = other.limits
  }

  /** What is worth remembering over a restart. */
  save(): SavedUse {
    return [this.#day, this.#requestsOfDay, this.#tokensOfDay, this.limits]
  }

  /** Takes over what was saved; of two counts of one day the higher one holds. */
  restore([day, requests, tokens, limits]: SavedUse): void {
    if (day > this.#day) {
      this.#day = day
      this.#requestsOfDay = requests
      this.#tokensOfDay = tokens
    } else if (day === this.#day) {
      this.#requestsOfDay = Math.max(this.#requestsOfDay, requests)
      this.#tokensOfDay = Math.max(this.#tokensOfDay, tokens)
    }
    if (limits !== null && limits.learnedAt > (this.limits?.learnedAt ?? 0)) this.limits = limits
  }

  #turn(now: number, day: PacificDay) {
    const current = this.#minuteOf(now)
    if (current !== this.#minute) {
      this.#minute = current
      this.#requests = 0
      this.#tokens = 0
    }
    if (this.#day !== day.start) {
      this.#day = day.start
      this.#requestsOfDay = 0
      this.#tokensOfDay = 0
    }
  }

  #minuteOf(moment: number) {
    return Math.floor((moment - this.#phase) / minute)
  }
}

export type QuotaView = {
  readonly requestsThisMinute: number
  readonly tokensThisMinute: number
  readonly requestsToday: number
  readonly tokensToday: number
  readonly limits: QuotaLimits | null
}

/** Start of the day, requests, tokens, limits. */
export type SavedUse = readonly [number, number, number, QuotaLimits | null]

const isForgotten = ({ learnedAt }: QuotaLimits, now: number) => now - learnedAt > limitLifeMilliseconds

/** The clocks of Google and of this machine differ a little. */
const marginMilliseconds = 250
/** A request that is early for the new day would be refused for the whole of it. */
const dayMarginMilliseconds = 5000

const isReached = (limit: number | null, used: number) => limit !== null && used >= limit
