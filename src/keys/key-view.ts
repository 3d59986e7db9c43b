import type { KeyKind } from '../storage/records.ts'

/** What a key can be to a person looking at it. `cooling`: for at least one model; other models may use it. */
export type KeyCondition = 'ready' | 'cooling' | 'dead' | 'disabled'

/** One model (quota bucket) a key may not be used for right now. */
export type CoolingView = {
  readonly bucket: string
  /** Milliseconds since 1970 UTC. */
  readonly until: number
  /** Name of the verdict, for example `quota-per-day`. */
  readonly reason: string
}

/** A key as people may see it: nothing here is any part of the secret. */
export type KeyView = {
  readonly keyId: string
  readonly fingerprint: string
  readonly kind: KeyKind
  readonly source: 'environment' | 'database'
  readonly project: string | null
  readonly priority: number
  readonly condition: KeyCondition
  /** Why it is dead, with the remedy; null otherwise. */
  readonly reason: string | null
  readonly cooling: readonly CoolingView[]
  readonly inFlight: number
  /** Since the process started. */
  readonly served: number
  readonly failed: number
  readonly lastUsedAt: number | null
}

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
}

/** What the dashboard needs of the pool; answers from memory. */
export type KeyOverview = {
  readonly counts: () => KeyCounts
  readonly page: (wish: {
    readonly offset: number
    readonly limit: number
    readonly condition?: KeyCondition
  }) => KeyPage
}
