import { isInferred, projectOf } from './key-roster.ts'
import type { PoolKey } from './pool-key.ts'

/** A key was refused because of a daily quota. */
export type DailyRefusal = {
  readonly key: PoolKey
  readonly bucket: string
  readonly quotaId: string
  /** What the quota allows in a day. */
  readonly value: number
  /** What the key's owner had used of it by the pool's count. */
  readonly used: number
}

/** What ran out of one quota: today, and within the second that is looked at. */
type Quota = {
  day: number
  /** Keys that ran out today before they had used the quota up alone. */
  readonly today: Set<string>
  startedAt: number
  lastAt: number
  /** Whether the burst came out of a quiet time. */
  isIsolated: boolean
  readonly burst: Map<string, DailyRefusal>
}

const windowMilliseconds = 1000
/** Where somebody runs out every few seconds, four within one second are no sign of anything. */
const quietMilliseconds = 10_000
/** Google counts a little differently than the pool. */
const toleranceShare = 0.05
/** Who has used as much of a quota alone needs nobody to share it with. */
const aloneShare = 0.75

/**
 * Infers who shares a project: keys that run out of the same daily quota within the same second. Keys of different
 * projects do that too: when they are used evenly, when somebody else used them up, and by chance. So arithmetic has to
 * agree: what is shared was used up by all of them together, and by none of them alone. Where their counts do not add up
 * to the quota, because others use it as well, nobody else may have run out early that day; and a burst of more than
 * half of the pool says nothing.
 */
export class ProjectBursts {
  readonly #quotas = new Map<string, Quota>()
  /** Keys that were once taken for siblings and proved not to be. */
  readonly #apart = new WeakSet<PoolKey>()
  #isPending = false

  /** Notes a refusal on the Pacific day that began at `day`. */
  note(refusal: DailyRefusal, day: number, now: number): void {
    const { key, bucket, quotaId, value, used } = refusal
    if (used > value * aloneShare) return
    const name = `${key.entry.kind}\n${bucket}\n${quotaId}\n${value}`
    const quota = this.#quotas.get(name) ?? newQuota(day, now)
    this.#quotas.set(name, quota)
    if (quota.day !== day) quota.today.clear()
    quota.day = day
    quota.today.add(key.entry.keyId)
    if (Math.abs(now - quota.startedAt) > windowMilliseconds) {
      quota.isIsolated = Math.abs(now - quota.lastAt) > quietMilliseconds
      quota.startedAt = now
      quota.burst.clear()
    }
    quota.lastAt = now
    if (!quota.burst.has(key.entry.keyId)) quota.burst.set(key.entry.keyId, refusal)
    this.#isPending = true
  }

  /** Judges the bursts whose second is over. @returns groups of keys that seem to be of one project each */
  judge(now: number, alive: (kind: PoolKey['entry']['kind']) => number): readonly (readonly PoolKey[])[] {
    if (!this.#isPending) return []
    this.#isPending = false
    const found: (readonly PoolKey[])[] = []
    for (const quota of this.#quotas.values()) {
      if (quota.burst.size === 0) continue
      if (Math.abs(now - quota.startedAt) <= windowMilliseconds) {
        this.#isPending = true
        continue
      }
      const keys = this.#siblingsIn(quota, alive)
      quota.burst.clear()
      if (keys !== null) found.push(keys)
    }
    return found
  }

  /** These are no siblings, whatever it looks like. */
  keepApart(keys: readonly PoolKey[]): void {
    for (const key of keys) this.#apart.add(key)
  }

  #siblingsIn(quota: Quota, alive: (kind: PoolKey['entry']['kind']) => number): readonly PoolKey[] | null {
    const refusals = [...quota.burst.values()]
    const [first] = refusals
    if (first === undefined || !refusals.every(({ key }) => isOpenToInference(key) && !this.#apart.has(key)))
      return null
    const owners = new Map(refusals.map(refusal => [refusal.key.owner, refusal.used]))
    const keys = [...owners.keys()].flatMap(owner => owner.keys)
    if (owners.size < 2 || keys.length * 2 > alive(first.key.entry.kind)) return null
    const sum = [...owners.values()].reduce((total, one) => total + one, 0)
    const tolerance = first.value * toleranceShare + 1
    const addsUp = quota.isIsolated && sum >= first.value - tolerance
    if (sum > first.value + tolerance || !(addsUp || quota.today.size === quota.burst.size)) return null
    return keys
  }
}

const newQuota = (day: number, now: number): Quota => ({
  day,
  today: new Set(),
  startedAt: now,
  lastAt: now,
  isIsolated: true,
  burst: new Map(),
})

/** What is known for certain is not guessed at. */
const isOpenToInference = (key: PoolKey) => projectOf(key) === null || isInferred(key)
