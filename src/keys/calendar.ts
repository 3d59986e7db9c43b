import { DueQueue } from './due-queue.ts'
import type { Owner } from './pool-key.ts'

/** When who comes back: one queue per bucket in which somebody cools, one for suspensions, one for the dead. */
export class Calendar {
  readonly #buckets = new Map<string, DueQueue<Owner>>()
  readonly #suspended = new DueQueue<Owner>()
  readonly #dead = new DueQueue<Owner>()

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

  noteDeath(at: number, owner: Owner): void {
    this.#dead.add(at, owner)
  }

  takeDueEverywhere(now: number): Owner | undefined {
    return this.#suspended.takeDue(now) ?? this.#dead.takeDue(now)
  }

  takeDue(bucket: string, now: number): Owner | undefined {
    return this.#buckets.get(bucket)?.takeDue(now)
  }

  /** Drops the bucket if nobody cools in it any more; says whether it did. */
  closeIfEmpty(bucket: string): boolean {
    return this.#buckets.get(bucket)?.size === 0 && this.#buckets.delete(bucket)
  }

  /** The soonest return for the bucket, of the living; undefined when nobody is expected. */
  soonest(bucket: string): number | undefined {
    const one = this.#buckets.get(bucket)?.soonest
    const other = this.#suspended.soonest
    return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
  }
}
