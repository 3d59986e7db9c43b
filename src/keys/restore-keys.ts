import type { KeyStateRecord } from '../storage/records.ts'
import type { BucketNames } from './bucket-names.ts'
import { type KeyState, readKeyState } from './key-state.ts'
import type { PoolKey } from './pool-key.ts'
import type { QuotaBook } from './quota-book.ts'
import type { Readiness } from './readiness.ts'

export type RestoreOptions = {
  readonly keys: ReadonlyMap<string, PoolKey>
  readonly readiness: Readiness
  readonly quotas: QuotaBook
  readonly names: BucketNames
  readonly now: number
}

/** Gives keys and owners back what was remembered of them. Records of keys that are not there any more are passed over. */
export const restoreKeys = (records: readonly KeyStateRecord[], options: RestoreOptions): void => {
  const { keys, readiness, quotas, names, now } = options
  const known = records.flatMap(({ keyId, state: text }): readonly (readonly [PoolKey, KeyState])[] => {
    const key = keys.get(keyId)
    const state = readKeyState(text, now)
    return key === undefined || state === null ? [] : [[key, state]]
  })
  // Projects first: what follows belongs to whoever the owner then is.
  for (const [key, { found }] of known) {
    if (found === null) continue
    readiness.change(key, () => {
      key.found = found
    })
  }
  for (const [key, state] of known) restoreKey(key, state, options)
  for (const owner of new Set(known.map(([key]) => key.owner))) {
    quotas.restored(owner, now)
    readiness.refresh(owner)
  }
  for (const [model, bucket] of new Map(known.flatMap(([, { buckets }]) => Object.entries(buckets)))) {
    names.learn(model, bucket)
    // Some were remembered before the other name was known.
    quotas.rename(readiness.roster.owners, model, bucket, now)
  }
}

const restoreKey = (key: PoolKey, state: KeyState, { readiness, quotas }: RestoreOptions) => {
  const { owner } = key
  key.checkedAt = state.checkedAt
  key.softFailures = state.softFailures
  if (state.death !== null) readiness.bury(key, state.death)
  if (state.suspended !== null) readiness.suspend(owner, state.suspended)
  for (const [coolings, saved] of [
    [key.cooling, state.cooling],
    [owner.cooling, state.ownerCooling],
  ] as const) {
    for (const [bucket, cooling] of Object.entries(saved)) readiness.cool(owner, coolings, bucket, cooling)
  }
  for (const [bucket, use] of Object.entries(state.uses)) quotas.use(owner, bucket).restore(use)
}
