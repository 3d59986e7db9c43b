import type { KeyKind } from '../storage/records.ts'
import type { PacificDay } from './pacific-day.ts'

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

type Entry = { readonly totals: BucketTotals; day: number }

/** Some may come from model names which clients made up. */
const mostBuckets = 2000

/** The sums of every bucket, by kind. What is of a day begins anew with the next. */
export class TotalsTable {
  readonly #entries = new Map<KeyKind, Map<string, Entry>>()

  of(kind: KeyKind, bucket: string, day: PacificDay): BucketTotals {
    const entry = this.#entries.get(kind)?.get(bucket)
    if (entry === undefined) return this.#make(kind, bucket, day)
    const { totals } = entry
    if (entry.day !== day.start) {
      entry.day = day.start
      totals.requestsToday = 0
      totals.missedToday = 0
      totals.left = totals.limit
    }
    return totals
  }

  all(day: PacificDay): readonly BucketTotals[] {
    return [...this.#entries].flatMap(([kind, buckets]) =>
      [...buckets.keys()].map(bucket => this.of(kind, bucket, day)),
    )
  }

  /** What was counted under the name of a model belongs to the bucket; the owners' parts are restated one by one. */
  rename(model: string, bucket: string, day: PacificDay): void {
    for (const [kind, buckets] of this.#entries) {
      if (!buckets.has(model)) continue
      const { requestsToday, missedToday } = this.of(kind, model, day)
      const totals = this.of(kind, bucket, day)
      totals.requestsToday += requestsToday
      totals.missedToday += missedToday
      buckets.delete(model)
    }
  }

  /** Forgets a bucket that nobody has anything to do with. */
  dropIfEmpty(kind: KeyKind, bucket: string): void {
    const ofKind = this.#entries.get(kind)
    const totals = ofKind?.get(bucket)?.totals
    if (totals !== undefined && totals.requestsToday + totals.missedToday + totals.knownOwners === 0) {
      ofKind?.delete(bucket)
    }
  }

  #make(kind: KeyKind, bucket: string, day: PacificDay): BucketTotals {
    const ofKind = this.#entries.get(kind) ?? new Map<string, Entry>()
    this.#entries.set(kind, ofKind)
    if (ofKind.size >= mostBuckets) {
      // One of which nothing is known but that somebody asked for it.
      for (const [name, { totals }] of ofKind) if (totals.knownOwners === 0 && ofKind.delete(name)) break
    }
    const totals = { kind, bucket, requestsToday: 0, missedToday: 0, knownOwners: 0, limit: 0, left: 0 }
    ofKind.set(bucket, { totals, day: day.start })
    return totals
  }
}
