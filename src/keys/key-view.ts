import type { KeyKind } from '../storage/records.ts'
import type { BucketForecast } from './forecast.ts'
import type { FoundProject } from './pool-key.ts'
import type { QuotaView } from './quota-use.ts'

/** What a key can be to a person looking at it. `cooling`: for at least one model; other models may use it. */
export type KeyCondition = 'ready' | 'cooling' | 'dead' | 'disabled'

/** One model (quota bucket) a key may not be used for right now; `*` stands for all. */
export type CoolingView = {
  readonly bucket: string
  /** Milliseconds since 1970 UTC. */
  readonly until: number
  /** Name of the verdict, for example `quota-per-day`. */
  readonly reason: string
}

/** What the owner of a key has used of a bucket and has left; `left` is null where the limit is not known. */
export type BucketView = QuotaView & {
  readonly bucket: string
  readonly requestsLeftThisMinute: number | null
  readonly requestsLeftToday: number | null
}

/** A key as people may see it: nothing here is any part of the secret. */
export type KeyView = {
  readonly keyId: string
  readonly fingerprint: string
  readonly kind: KeyKind
  readonly source: 'environment' | 'database'
  /** What its quota belongs to; null where nothing is known, and it counts for itself. */
  readonly project: string | null
  readonly projectIs: 'set' | FoundProject['how'] | 'unknown'
  readonly priority: number
  readonly condition: KeyCondition
  /** Why it is dead, with the remedy; null otherwise. */
  readonly reason: string | null
  /** Name of the verdict that took it out; null when it is alive. */
  readonly verdict: string | null
  readonly deadSince: number | null
  readonly checkedAt: number | null
  readonly cooling: readonly CoolingView[]
  readonly buckets: readonly BucketView[]
  readonly inFlight: number
  /** Since the process started. */
  readonly served: number
  readonly failed: number
  readonly lastUsedAt: number | null
}

/** What quotas belong to: a project, or a key that stands for itself because nobody knows its project. */
export type OwnerView = {
  /** Null for a key that stands for itself. */
  readonly project: string | null
  readonly projectIs: KeyView['projectIs']
  readonly kind: KeyKind
  /** Fingerprints of its keys, the first hundred. */
  readonly keys: readonly string[]
  readonly keyCount: number
  readonly aliveCount: number
  readonly cooling: readonly CoolingView[]
  readonly buckets: readonly BucketView[]
}

export type OwnerPage = { readonly rows: readonly OwnerView[]; readonly matching: number }

export type KeyCounts = {
  readonly total: number
  readonly ready: number
  readonly cooling: number
  readonly dead: number
  readonly disabled: number
}

export type KeyPage = {
  readonly rows: readonly KeyView[]
  /** Rows that match the filter, over all pages. */
  readonly matching: number
  readonly counts: KeyCounts
  /** When this was so, by the clock of the pool; milliseconds since 1970 UTC. */
  readonly at: number
}

/** What the dashboard needs of the pool; answers from memory, in the time that the answer is long. */
export type KeyOverview = {
  readonly counts: () => KeyCounts
  readonly page: (wish: {
    readonly offset: number
    readonly limit: number
    readonly condition?: KeyCondition
  }) => KeyPage
  /** These keys, in the order asked for; ids of keys that are not there are passed over. */
  readonly rows: (keyIds: readonly string[]) => readonly KeyView[]
  readonly owners: (wish: { readonly offset: number; readonly limit: number }) => OwnerPage
  /** Every bucket that was used: what is left of it today, over all keys, and when it runs out. */
  readonly capacity: () => readonly BucketForecast[]
}
