import { DueQueue } from './due-queue.ts'
import type { Owner } from './pool-key.ts'

/** When who comes back: one queue per bucket in which somebody cools, one for whole owners. */
export class Calendar {
  readonly #buckets = new Map<string, DueQueue<Owner>>()
  readonly #suspended = new DueQueue<Owner>()

  get buckets(): readonly string[] {
    return [...this.#buckets.keys()]
  }

  get bucketCount(): number {
    return this.#buckets.size
  }

  has(bucket: string): boolean {
    return this.#buckets.has(bucket)
  }

  /** Notes that the owner, or one of its keys, is back for the bucket at that moment. */
  note(bucket: string, at: number, owner: Owner): void {
    const queue = this.#buckets.get(bucket) ?? new DueQueue<Owner>()
    this.#buckets.set(bucket, queue)
    queue.add(at, owner)
  }

  /** The same for all buckets. */
  noteSuspension(at: number, owner: Owner): void {
    this.#suspended.add(at, owner)
  }

  takeDueEverywhere(now: number): Owner | undefined {
    return this.#suspended.takeDue(now)
  }

  takeDue(bucket: string, now: number): Owner | undefined {
    return this.#buckets.get(bucket)?.takeDue(now)
  }

  /** Drops the bucket if nobody cools in it any more; says whether it did. */
  closeIfEmpty(bucket: string): boolean {
    return this.#buckets.get(bucket)?.size === 0 && this.#buckets.delete(bucket)
  }

  /**
   * The soonest return for the bucket; undefined when nobody is expected.
   * @param returnOf when the owner of an entry is really back, which may be later than the entry says; null for an entry
   *   that means nothing any more: it is thrown away
   */
  soonest(bucket: string, returnOf: (owner: Owner, at: number) => number | null): number | undefined {
    const one = firstReturn(this.#buckets.get(bucket), returnOf)
    const other = firstReturn(this.#suspended, returnOf)
    return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
  }
}

const firstReturn = (
  queue: DueQueue<Owner> | undefined,
  returnOf: (owner: Owner, at: number) => number | null,
): number | undefined => {
  for (let first = queue?.first; queue !== undefined && first !== undefined; first = queue.first) {
    const at = returnOf(first.item, first.at)
    if (at !== null) return at
    queue.takeDue(first.at)
  }
  return undefined
}
