import type { PoolKey } from './pool-key.ts'

/** So many keys that are refused the same model have nothing to do with it: it is the model that nobody may use. */
const mostKeys = 3
/** Model names are the clients' to make up. */
const mostBuckets = 1000

/** Which keys Google refuses which models, so that a model nobody may use is not held against the keys. */
export class ForbiddenBuckets {
  readonly #keys = new Map<string, Set<PoolKey>>()

  note(bucket: string, key: PoolKey): void {
    const keys = this.#keys.get(bucket) ?? new Set<PoolKey>()
    if (keys.size < mostKeys) keys.add(key)
    // Those that were noted last are looked for first.
    this.#keys.delete(bucket)
    this.#keys.set(bucket, keys)
    if (this.#keys.size <= mostBuckets) return
    for (const oldest of this.#keys.keys()) {
      this.#keys.delete(oldest)
      return
    }
  }

  /** Models that Google refuses this key, and not everybody. */
  countOwn(key: PoolKey, now: number): number {
    let count = 0
    for (const [bucket, { reason, until }] of key.cooling) {
      if (reason === 'forbidden' && until > now && (this.#keys.get(bucket)?.size ?? 0) < mostKeys) count++
    }
    return count
  }
}
