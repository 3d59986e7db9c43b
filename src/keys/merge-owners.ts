import type { Owner } from './pool-key.ts'
import type { QuotaBook } from './quota-book.ts'
import { laterOf } from './readiness.ts'

/** Gives what is known of an owner that is gone to the one its keys belong to now. Of two coolings the longer one holds. */
export const mergeOwners = (into: Owner, from: Owner, quotas: QuotaBook, now: number): void => {
  for (const [bucket, cooling] of from.cooling) {
    into.cooling.set(bucket, laterOf(into.cooling.get(bucket) ?? null, cooling) ?? cooling)
  }
  into.suspended = laterOf(into.suspended, from.suspended)
  quotas.merge(into, from, now)
}
