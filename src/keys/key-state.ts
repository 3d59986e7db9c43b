import type { BucketNames } from './bucket-names.ts'
import type { Cooling, Death, FoundProject, PoolKey } from './pool-key.ts'
import type { QuotaLimits, SavedUse } from './quota-use.ts'

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
 * Reads a stored state; coolings that lie in the past at `now`, and whatever has another form than it was written in, are
 * left out: a damaged row must not keep the server from starting.
 * @returns null when the text is not a state: the key then starts fresh
 */
export const readKeyState = (text: string, now: number): KeyState | null => {
  const state = parse(text)
  if (state === null) return null
  const isAhead = (value: unknown): value is Cooling => isCooling(value) && value.until > now
  return {
    death: readDeath(state.death),
    checkedAt: isNumber(state.checkedAt) ? state.checkedAt : null,
    softFailures: isNumber(state.softFailures) ? state.softFailures : 0,
    found: isFoundProject(state.found) ? state.found : null,
    cooling: membersThat(isAhead, state.cooling),
    ownerCooling: membersThat(isAhead, state.ownerCooling),
    suspended: isAhead(state.suspended) ? state.suspended : null,
    uses: membersThat(isSavedUse, state.uses),
    buckets: membersThat(isText, state.buckets),
  }
}

/** Before version 0.2 a death had an end, a day after it began. */
const readDeath = (death: unknown): Death | null => {
  if (!isRecord(death) || !isText(death.reason)) return null
  const since = isNumber(death.since) ? death.since : isNumber(death.until) ? death.until - 86_400_000 : 0
  return { since, reason: death.reason as Death['reason'], remedy: isText(death.remedy) ? death.remedy : '' }
}

const parse = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

const membersThat = <Member>(
  fits: (value: unknown) => value is Member,
  values: unknown,
): Readonly<Record<string, Member>> =>
  isRecord(values)
    ? Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Member] => fits(entry[1])))
    : {}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === 'number'

const isText = (value: unknown): value is string => typeof value === 'string'

const isCooling = (value: unknown): value is Cooling =>
  isRecord(value) && isNumber(value.until) && isText(value.reason) && isText(value.model)

const isFoundProject = (value: unknown): value is FoundProject =>
  isRecord(value) && isText(value.name) && (value.how === 'consumer' || value.how === 'inferred')

const isSavedUse = (value: unknown): value is SavedUse =>
  Array.isArray(value) && value.slice(0, 3).every(isNumber) && (value[3] === null || isQuotaLimits(value[3]))

const isQuotaLimits = (value: unknown): value is QuotaLimits =>
  isRecord(value) &&
  isNumber(value.learnedAt) &&
  [value.requestsPerMinute, value.requestsPerDay, value.tokensPerMinute, value.tokensPerDay].every(
    limit => limit === null || isNumber(limit),
  )
