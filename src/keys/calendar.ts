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
   * The soonest return for the bucket that `isAwaited` says yes to; undefined when nobody is expected. Entries of owners
   * that are gone, or that cool for longer by now, are thrown away on the way.
   */
  soonest(bucket: string, isAwaited: (owner: Owner, at: number) => boolean): number | undefined {
    const one = firstAwaited(this.#buckets.get(bucket), isAwaited)
    const other = firstAwaited(this.#suspended, isAwaited)
    return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
  }
}

const firstAwaited = (
  queue: DueQueue<Owner> | undefined,
  isAwaited: (owner: Owner, at: number) => boolean,
): number | undefined => {
  for (let first = queue?.first; queue !== undefined && first !== undefined; first = queue.first) {
    if (isAwaited(first.item, first.at)) return first.at
    queue.takeDue(first.at)
  }
  return undefined
}
