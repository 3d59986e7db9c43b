import type { BucketNames } from './bucket-names.ts'
import type { Cooling, Death, FoundProject, PoolKey } from './pool-key.ts'
import type { SavedUse } from './quota-use.ts'

/** What is remembered of a key over a restart. What belongs to its owner is kept with each key that saw it change. */
export type KeyState = {
  readonly death: Death | null
  readonly checkedAt: number | null
  readonly softFailures: number
  readonly found: FoundProject | null
  readonly cooling: Readonly<Record<string, Cooling>>
  readonly ownerCooling: Readonly<Record<string, Cooling>>
  readonly suspended: Cooling | null
  /** By bucket. */
  readonly uses: Readonly<Record<string, SavedUse>>
  /** Requested model → bucket, where they differ. */
  readonly buckets: Readonly<Record<string, string>>
}

export const writeKeyState = (key: PoolKey, names: BucketNames): string => {
  const { owner } = key
  const state: KeyState = {
    death: key.death,
    checkedAt: key.checkedAt,
    softFailures: key.softFailures,
    found: key.found,
    cooling: Object.fromEntries(key.cooling),
    ownerCooling: Object.fromEntries(owner.cooling),
    suspended: owner.suspended,
    uses: Object.fromEntries([...owner.uses].map(([bucket, use]) => [bucket, use.save()])),
    buckets: Object.fromEntries(names.entries.filter(([, bucket]) => owner.uses.has(bucket))),
  }
  return JSON.stringify(state)
}

/**
 * Reads a stored state; coolings that lie in the past at `now` are left out.
 * @returns null when the text is not a state: the key then starts fresh
 */
export const readKeyState = (text: string, now: number): KeyState | null => {
  try {
    const state = JSON.parse(text) as Partial<KeyState> | null
    const isAhead = (moment: { readonly until: number } | null | undefined) => (moment?.until ?? 0) > now
    const ahead = (coolings: Readonly<Record<string, Cooling>> | undefined) =>
      Object.fromEntries(Object.entries(coolings ?? {}).filter(([, cooling]) => isAhead(cooling)))
    return {
      death: readDeath(state?.death),
      checkedAt: state?.checkedAt ?? null,
      softFailures: state?.softFailures ?? 0,
      found: state?.found ?? null,
      cooling: ahead(state?.cooling),
      ownerCooling: ahead(state?.ownerCooling),
      suspended: isAhead(state?.suspended) ? (state?.suspended ?? null) : null,
      uses: state?.uses ?? {},
      buckets: state?.buckets ?? {},
    }
  } catch {
    return null
  }
}

/** Before version 0.3 a death had an end, a day after it began. */
const readDeath = (death: (Partial<Death> & { readonly until?: number }) | null | undefined): Death | null => {
  if (death === null || death === undefined) return null
  const since = death.since ?? (death.until ?? 0) - 86_400_000
  return { since, reason: death.reason ?? 'unclassified', remedy: death.remedy ?? '' }
}
