import type { Accounting } from './accounting.ts'
import { mergeOwners } from './merge-owners.ts'
import type { PoolMemory } from './pool-memory.ts'
import type { QuotaBook } from './quota-book.ts'
import type { ReadinessOptions } from './readiness.ts'

export type OwnerFollowers = {
  readonly quotas: QuotaBook
  readonly accounting: Accounting
  readonly memory: PoolMemory
  readonly now: () => number
}

/** Keeps sums, counts and what is remembered true when owners come back, and when keys move between them. */
export const ownerEvents = (
  followers: () => OwnerFollowers,
): Pick<ReadinessOptions, 'onReturn' | 'onResume' | 'onMove' | 'onLeave'> => ({
  onReturn: (owner, bucket) => {
    const { quotas, now } = followers()
    quotas.restate(owner, bucket, now())
  },
  onResume: owner => {
    const { quotas, now } = followers()
    quotas.restateAll(owner, now())
  },
  onMove: (key, from) => {
    const { quotas, accounting, memory, now } = followers()
    if (from.keys.length === 0) mergeOwners(key.owner, from, quotas, now())
    accounting.review(key.owner)
    memory.noteCount(key)
  },
  onLeave: from => {
    const { quotas, memory, now } = followers()
    quotas.restateAll(from, now())
    // What is remembered of the owner may have been remembered with the key that is gone.
    const [first] = from.keys
    if (first !== undefined) memory.noteCount(first)
  },
})
