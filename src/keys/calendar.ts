import { DueQueue } from './due-queue.ts'
import type { Owner } from './pool-key.ts'

/** When who comes back: one queue per bucket in which somebody cools, and one for what concerns all buckets. */
export class Calendar {
  readonly #buckets = new Map<string, DueQueue<Owner>>()
  readonly #everywhere = new DueQueue<Owner>()

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

  /** The same for a death or a suspension. */
  noteEverywhere(at: number, owner: Owner): void {
    this.#everywhere.add(at, owner)
  }

  takeDueEverywhere(now: number): Owner | undefined {
    return this.#everywhere.takeDue(now)
  }

  takeDue(bucket: string, now: number): Owner | undefined {
    return this.#buckets.get(bucket)?.takeDue(now)
  }

  /** Drops the bucket if nobody cools in it any more; says whether it did. */
  closeIfEmpty(bucket: string): boolean {
    return this.#buckets.get(bucket)?.size === 0 && this.#buckets.delete(bucket)
  }

  /** The soonest return for the bucket; undefined when nobody is expected. */
  soonest(bucket: string): number | undefined {
    const one = this.#buckets.get(bucket)?.soonest
    const other = this.#everywhere.soonest
    return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
  }
}
