import type { KeyKind } from '../storage/records.ts'
import { PacificCalendar, type PacificDay } from './pacific-day.ts'
import { isUsable, type Owner } from './pool-key.ts'
import { QuotaUse } from './quota-use.ts'
import type { LearnedLimit } from './verdict.ts'

/** What all owners of a kind together have used of a bucket today, and have left. */
export type BucketTotals = {
  readonly kind: KeyKind
  readonly bucket: string
  /** Requests sent up today, failed ones included. */
  requestsToday: number
  /** Requests for which no key could be found today. */
  missedToday: number
  /** Living owners whose daily limit is known; the others' is anybody's guess. */
  knownOwners: number
  /** Sum of the daily limits that are known. */
  limit: number
  /** What is left of that today. */
  left: number
}

/** An owner's part in the totals of a bucket. */
type Share = { readonly known: number; readonly limit: number; readonly left: number; readonly day: number }

const nothing: Share = { known: 0, limit: 0, left: 0, day: 0 }

/** Buckets that may come from model names which clients made up. */
const mostBuckets = 2000

/** Counts what owners use, and keeps the sums over all of them true with every change instead of adding up on demand. */
export class QuotaBook {
  readonly #calendar = new PacificCalendar()
  readonly #totals = new Map<string, { readonly totals: BucketTotals; day: number }>()
  readonly #shares = new WeakMap<QuotaUse, Share>()

  dayOf(now: number): PacificDay {
    return this.#calendar.dayOf(now)
  }

  use(owner: Owner, bucket: string): QuotaUse {
    const present = owner.uses.get(bucket)
    if (present !== undefined) return present
    const use = new QuotaUse()
    owner.uses.set(bucket, use)
    return use
  }

  /** What was counted under the name of a model belongs to the bucket that turned out to be its own. */
  rename(owner: Owner, model: string, bucket: string, now: number): void {
    const use = owner.uses.get(model)
    if (use === undefined || model === bucket) return
    owner.uses.delete(model)
    this.use(owner, bucket).absorb(use, now, this.dayOf(now))
    this.#restateAs(owner, model, use, now)
    this.restate(owner, bucket, now)
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
      const totals = this.#totalsOf(owner.kind, bucket, day)
      if (totals !== null) totals.requestsToday += use.requestsToday(now, day)
      this.restate(owner, bucket, now)
    }
  }

  /**
   * Counts a request that is about to be sent.
   * @returns until when the owner may send no further one, if this was the last
   */
  count(owner: Owner, bucket: string, now: number): number | null {
    const day = this.dayOf(now)
    const use = this.use(owner, bucket)
    use.count(now, day)
    const totals = this.#totalsOf(owner.kind, bucket, day)
    if (totals !== null) totals.requestsToday++
    if (use.limits === null) return null
    this.restate(owner, bucket, now)
    return use.fullUntil(now, day, owner.isSure)
  }

  /** Takes back a request that Google does not count. */
  takeBack(owner: Owner, bucket: string, now: number): void {
    const day = this.dayOf(now)
    this.use(owner, bucket).takeBack(now, day)
    const totals = this.#totalsOf(owner.kind, bucket, day)
    if (totals !== null) totals.requestsToday = Math.max(0, totals.requestsToday - 1)
    this.restate(owner, bucket, now)
  }

  /** @returns until when the owner may send no further request, if these tokens were the last */
  addTokens(owner: Owner, bucket: string, tokens: number, now: number): number | null {
    const day = this.dayOf(now)
    const use = this.use(owner, bucket)
    use.addTokens(tokens, now, day)
    return use.limits === null ? null : use.fullUntil(now, day, owner.isSure)
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
    const totals = this.#totalsOf(owner.kind, bucket, day)
    const usual = totals === null || totals.knownOwners === 0 ? 0 : totals.limit / totals.knownOwners
    const limit = use.limits?.requestsPerDay ?? usual
    return limit === 0 ? 1 : Math.max(0, 1 - use.requestsToday(now, day) / limit)
  }

  /** Somebody wanted the bucket and nobody was ready. */
  miss(kind: KeyKind, bucket: string, now: number): void {
    const totals = this.#totalsOf(kind, bucket, this.dayOf(now))
    if (totals !== null) totals.missedToday++
  }

  /** Sets the owner's part in the totals to what it is now; to be called when the owner's use, limits or state change. */
  restate(owner: Owner, bucket: string, now: number): void {
    const use = owner.uses.get(bucket)
    if (use !== undefined) this.#restateAs(owner, bucket, use, now)
  }

  #restateAs(owner: Owner, bucket: string, use: QuotaUse, now: number) {
    const day = this.dayOf(now)
    const totals = this.#totalsOf(owner.kind, bucket, day)
    if (totals === null) return
    const saved = this.#shares.get(use) ?? nothing
    // A new day gave everybody everything back.
    const before = saved.day === day.start ? saved : { ...saved, left: saved.limit }
    const after = shareOf(owner, bucket, use, now, day)
    totals.knownOwners += after.known - before.known
    totals.limit += after.limit - before.limit
    totals.left += after.left - before.left
    this.#shares.set(use, after)
  }

  /** The same for all its buckets, when it died, came back, or lost its last key. */
  restateAll(owner: Owner, now: number): void {
    for (const bucket of owner.uses.keys()) this.restate(owner, bucket, now)
  }

  totals(now: number): readonly BucketTotals[] {
    const day = this.dayOf(now)
    return [...this.#totals.values()]
      .map(({ totals: { kind, bucket } }) => this.#totalsOf(kind, bucket, day))
      .filter(totals => totals !== null)
  }

  #totalsOf(kind: KeyKind, bucket: string, day: PacificDay): BucketTotals | null {
    const name = `${kind}\n${bucket}`
    const entry = this.#totals.get(name)
    if (entry === undefined) {
      if (this.#totals.size >= mostBuckets) return null
      const totals = { kind, bucket, requestsToday: 0, missedToday: 0, knownOwners: 0, limit: 0, left: 0 }
      this.#totals.set(name, { totals, day: day.start })
      return totals
    }
    const { totals } = entry
    if (entry.day !== day.start) {
      entry.day = day.start
      totals.requestsToday = 0
      totals.missedToday = 0
      totals.left = totals.limit
    }
    return totals
  }
}

const shareOf = (owner: Owner, bucket: string, use: QuotaUse, now: number, day: PacificDay): Share => {
  const isAlive = owner.suspended === null && owner.keys.some(key => isUsable(key, 0))
  const cooling = owner.cooling.get(bucket)
  const limit = cooling?.reason === 'no-quota' ? 0 : (use.limits?.requestsPerDay ?? null)
  // A record that was taken out of the owner's hands (renamed) has no part any more.
  if (owner.uses.get(bucket) !== use) return { ...nothing, day: day.start }
  if (!isAlive || limit === null) return { ...nothing, day: day.start }
  const isOut = cooling !== undefined && cooling.until >= day.end
  return {
    known: 1,
    limit,
    left: isOut ? 0 : Math.max(0, limit - use.requestsToday(now, day)),
    day: day.start,
  }
}
