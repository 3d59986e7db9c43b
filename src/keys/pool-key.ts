import type { Secret } from '../security/secret.ts'
import type { KeyKind } from '../storage/records.ts'
import type { QuotaUse } from './quota-use.ts'
import type { VerdictName } from './verdict.ts'

/** A key as it is handed to the pool. */
export type KeyEntry = {
  readonly keyId: string
  readonly secret: Secret
  readonly fingerprint: string
  readonly kind: KeyKind
  readonly source: 'environment' | 'database'
  /** Set by hand; null where nobody did. */
  readonly project: string | null
  /** Lower goes first; paid keys typically have 1. */
  readonly priority: number
  readonly enabled: boolean
}

/** `limit-reached`: by the pool's own count, and before Google had to say so. */
export type CoolingReason = VerdictName | 'limit-reached'

/** Not to be used before `until` (milliseconds since 1970 UTC). */
export type Cooling = {
  readonly until: number
  readonly reason: CoolingReason
  /** The model that was asked for when it happened; the bucket may have another name. */
  readonly model: string
  /** What Google said, where the pool's own count goes beyond it. */
  readonly beneath?: Cooling
}

/** Out of service until a check finds it well again. */
export type Death = {
  /** Milliseconds since 1970 UTC. */
  readonly since: number
  readonly reason: VerdictName
  readonly remedy: string
}

/** A project that the pool found out by itself. */
export type FoundProject = {
  readonly name: string
  /** `consumer`: Google named it in an error. `inferred`: several keys ran out of one quota at the same moment. */
  readonly how: 'consumer' | 'inferred'
}

/** A key with all that the pool knows of it. Changed by the pool only. */
export type PoolKey = {
  entry: KeyEntry
  owner: Owner
  found: FoundProject | null
  death: Death | null
  /** When a check last asked Google about it; null: never. Milliseconds since 1970 UTC. */
  checkedAt: number | null
  /** By bucket; only what concerns this key and not its whole project. */
  readonly cooling: Map<string, Cooling>
  inFlight: number
  served: number
  failed: number
  softFailures: number
  lastUsedAt: number | null
  /** Whether a count of it changed since it was last remembered. */
  isUnsaved: boolean
  /** Place in the order of all keys. */
  place: number
}

/** What a quota belongs to: a project where it is known, else one key by itself. */
export type Owner = {
  readonly name: string
  readonly kind: KeyKind
  readonly keys: PoolKey[]
  /** Place in the pool's bitmaps. */
  slot: number
  /** Whose turn it is among `keys`. */
  turn: number
  /** By bucket. */
  readonly cooling: Map<string, Cooling>
  readonly uses: Map<string, QuotaUse>
  /** All buckets at once: billing. */
  suspended: Cooling | null
  /** Whether its keys are known to share a quota. What is only inferred has to show: its daily count is not acted on. */
  isSure: boolean
}

/** Whether the key may be used for anything at all right now. */
export const isUsable = (key: PoolKey, mostInFlight: number): boolean =>
  key.entry.enabled && key.death === null && (mostInFlight === 0 || key.inFlight < mostInFlight)

/** Whether the owner has a key for this bucket right now. */
export const isOpen = (owner: Owner, bucket: string, mostInFlight: number): boolean =>
  !owner.cooling.has(bucket) && owner.keys.some(key => isUsable(key, mostInFlight) && !key.cooling.has(bucket))

/** The owner's next key for this bucket, in turn; undefined when none is open. */
export const takeTurn = (owner: Owner, bucket: string, mostInFlight: number): PoolKey | undefined => {
  for (let step = 0; step < owner.keys.length; step++) {
    const index = (owner.turn + step) % owner.keys.length
    const key = owner.keys[index]
    if (key === undefined || !isUsable(key, mostInFlight) || key.cooling.has(bucket)) continue
    owner.turn = (index + 1) % owner.keys.length
    return key
  }
  return undefined
}
