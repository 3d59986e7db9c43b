import type { KeyKind } from '../storage/records.ts'
import { type BucketTotals, TotalsTable } from './bucket-totals.ts'
import { PacificCalendar, type PacificDay } from './pacific-day.ts'
import { isUsable, type Owner } from './pool-key.ts'
import { QuotaUse } from './quota-use.ts'
import type { LearnedLimit } from './verdict.ts'

type Share = QuotaUse['share']

/** Models of one owner that are counted; some may be names which clients made up. */
const mostUses = 100

/** Counts what owners use, and keeps the sums over all of them true with every change instead of adding up on demand. */
export class QuotaBook {
  readonly #calendar = new PacificCalendar()
  readonly #totals = new TotalsTable()

  dayOf(now: number): PacificDay {
    return this.#calendar.dayOf(now)
  }

  use(owner: Owner, bucket: string): QuotaUse {
    const present = owner.uses.get(bucket)
    if (present !== undefined) return present
    const use = new QuotaUse()
    if (owner.uses.size >= mostUses) dropOne(owner)
    owner.uses.set(bucket, use)
    return use
  }

  /** What was counted of keys that turned out to be of different owners is nobody's. */
  drop(owner: Owner, now: number): void {
    for (const [bucket, use] of [...owner.uses]) {
      owner.uses.delete(bucket)
      this.#restateAs(owner, bucket, use, now)
    }
  }

  /** What was counted under the name of a model belongs to the bucket that turned out to be its own. */
  rename(owners: Iterable<Owner>, model: string, bucket: string, now: number): void {
    if (model === bucket) return
    const day = this.dayOf(now)
    for (const owner of owners) {
      const use = owner.uses.get(model)
      if (use === undefined) continue
      owner.uses.delete(model)
      this.use(owner, bucket).absorb(use, now, day)
      this.restate(owner, bucket, now)
    }
    this.#totals.rename(model, bucket, day)
  }

  /** Adds what was counted for an owner that is gone. */
  merge(into: Owner, from: Owner, now: number): void {
    const day = this.dayOf(now)
    for (const [bucket, use] of from.uses) {
      this.use(into, bucket).absorb(use, now, day)
      this.restate(from, bucket, now)
      this.restate(into, bucket, now)
    }
  }

  /** Takes what was remembered of an owner over a restart into the totals. */
  restored(owner: Owner, now: number): void {
    const day = this.dayOf(now)
    for (const [bucket, use] of owner.uses) {
      this.#totals.of(owner.kind, bucket, day).requestsToday += use.requestsToday(now, day)
      this.restate(owner, bucket, now)
    }
  }

  /**
   * Counts a request that is about to be sent.
   * @returns until when the owner may send no further one, if this was the last
   */
  count(owner: Owner, bucket: string, now: number): number | null {
    const day = this.dayOf(now)
    const totals = this.#totals.of(owner.kind, bucket, day)
    const use = this.use(owner, bucket)
    use.count(now, day)
    totals.requestsToday++
    if (use.limits === null) return null
    const { share } = use
    if (share.day !== day.start) this.restate(owner, bucket, now)
    else if (share.left > 0) {
      share.left--
      totals.left--
    }
    return this.fullUntil(owner, bucket, now)
  }

  /** When the owner may send the next request; null if it may now. Milliseconds since 1970 UTC. */
  fullUntil(owner: Owner, bucket: string, now: number): number | null {
    const use = owner.uses.get(bucket)
    if (use === undefined || use.limits === null) return null
    const until = use.fullUntil(now, this.dayOf(now), owner.isSure)
    // They were too old to go by.
    if (use.limits === null) this.restate(owner, bucket, now)
    return until
  }

  /** Takes back a request of the moment `lentAt` that Google does not count. */
  takeBack(owner: Owner, bucket: string, lentAt: number, now: number): void {
    const use = owner.uses.get(bucket)
    const day = this.dayOf(now)
    if (use === undefined || lentAt < day.start) return
    const before = use.requestsToday(now, day)
    use.takeBack(lentAt, now, day)
    this.#totals.of(owner.kind, bucket, day).requestsToday -= before - use.requestsToday(now, day)
    this.restate(owner, bucket, now)
  }

  /** There is no such model: what a client made up must not stay in memory. */
  forget(owner: Owner, bucket: string, now: number): void {
    const use = owner.uses.get(bucket)
    if (use !== undefined && use.limits === null && use.requestsToday(now, this.dayOf(now)) === 0) {
      owner.uses.delete(bucket)
    }
    this.#totals.dropIfEmpty(owner.kind, bucket)
  }

  /** @returns until when the owner may send no further request, if these tokens were the last */
  addTokens(owner: Owner, bucket: string, tokens: number, now: number): number | null {
    const day = this.dayOf(now)
    owner.uses.get(bucket)?.addTokens(tokens, now, day)
    return this.fullUntil(owner, bucket, now)
  }

  learn(owner: Owner, bucket: string, limits: readonly LearnedLimit[], now: number): void {
    this.use(owner, bucket).learn(limits, now)
    this.restate(owner, bucket, now)
  }

  /**
   * The share of the day's requests that the owner has left, 0 to 1. Where its limit is not known it is taken for as
   * large as the known ones are on average: an unknown one would always seem to have most.
   */
  shareLeft(owner: Owner, bucket: string, now: number): number {
    const use = owner.uses.get(bucket)
    if (use === undefined) return 1
    const day = this.dayOf(now)
    const totals = this.#totals.of(owner.kind, bucket, day)
    const usual = totals.knownOwners === 0 ? 0 : totals.limit / totals.knownOwners
    const limit = use.limits?.requestsPerDay ?? usual
    return limit === 0 ? 1 : Math.max(0, 1 - use.requestsToday(now, day) / limit)
  }

  /** Somebody wanted the bucket and nobody was ready. */
  miss(kind: KeyKind, bucket: string, now: number): void {
    this.#totals.of(kind, bucket, this.dayOf(now)).missedToday++
  }

  /** Sets the owner's part in the totals to what it is now; to be called when the owner's use, limits or state change. */
  restate(owner: Owner, bucket: string, now: number): void {
    const use = owner.uses.get(bucket)
    if (use !== undefined) this.#restateAs(owner, bucket, use, now)
  }

  #restateAs(owner: Owner, bucket: string, use: QuotaUse, now: number) {
    const day = this.dayOf(now)
    const totals = this.#totals.of(owner.kind, bucket, day)
    const { share } = use
    // A new day gave everybody everything back.
    const leftBefore = share.day === day.start ? share.left : share.limit
    const after = shareOf(owner, bucket, use, now, day)
    totals.knownOwners += after.known - share.known
    totals.limit += after.limit - share.limit
    totals.left += after.left - leftBefore
    Object.assign(share, after)
  }

  /** The same for all its buckets, when it died, came back, or lost its last key. */
  restateAll(owner: Owner, now: number): void {
    for (const bucket of owner.uses.keys()) this.restate(owner, bucket, now)
  }

  totals(now: number): readonly BucketTotals[] {
    const day = this.dayOf(now)
    return this.#totals.all(day)
  }
}

/** Of the oldest whose limits nobody knows: it has no part in the sums of limits. */
const dropOne = (owner: Owner) => {
  for (const [bucket, { limits }] of owner.uses) {
    if (limits !== null) continue
    owner.uses.delete(bucket)
    return
  }
}

const shareOf = (owner: Owner, bucket: string, use: QuotaUse, now: number, { start, end }: PacificDay): Share => {
  const nothing = { known: 0, limit: 0, left: 0, day: start }
  // A record that was taken out of the owner's hands (renamed, or gone with it) has no part any more.
  if (owner.uses.get(bucket) !== use) return nothing
  if (owner.suspended !== null || !owner.keys.some(key => isUsable(key, 0))) return nothing
  const cooling = owner.cooling.get(bucket)
  const limit = cooling?.reason === 'no-quota' ? 0 : (use.limits?.requestsPerDay ?? null)
  if (limit === null) return nothing
  const isOut = cooling !== undefined && cooling.until >= end
  const left = isOut ? 0 : Math.max(0, limit - use.requestsToday(now, { start, end }))
  return { known: 1, limit, left, day: start }
}
