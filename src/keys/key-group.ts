import type { Owner } from './pool-key.ts'
import { ReadySet } from './ready-set.ts'

/** Goes round the ready members of a set. */
export class Rotation {
  readonly #ready: ReadySet
  #cursor: number

  constructor(ready: ReadySet, cursor = 0) {
    this.#ready = ready
    this.#cursor = cursor
  }

  get cursor(): number {
    return this.#cursor
  }

  clone(): Rotation {
    return new Rotation(this.#ready.clone(), this.#cursor)
  }

  set(slot: number, isReady: boolean): void {
    if (isReady) this.#ready.add(slot)
    else this.#ready.delete(slot)
  }

  /** The next ready slot that `accepts` says yes to, once round; -1 when there is none. */
  take(accepts: (slot: number) => boolean): number {
    let slot = this.#ready.next(this.#cursor)
    let wrapped = false
    for (;;) {
      if (slot === -1 || (wrapped && slot >= this.#cursor)) {
        if (wrapped) return -1
        wrapped = true
        slot = this.#ready.next(0)
        if (slot === -1 || slot >= this.#cursor) return -1
      }
      if (accepts(slot)) {
        this.#cursor = slot + 1
        return slot
      }
      slot = this.#ready.next(slot + 1)
    }
  }
}

/** The owners of one kind and priority. Buckets in which somebody cools have a rotation of their own. */
export class KeyGroup {
  readonly priority: number
  readonly #base: Rotation
  readonly #byBucket = new Map<string, Rotation>()

  constructor(priority: number, capacity: number, cursor: number) {
    this.priority = priority
    this.#base = new Rotation(new ReadySet(capacity), cursor)
  }

  get cursor(): number {
    return this.#base.cursor
  }

  rotation(bucket: string): Rotation {
    return this.#byBucket.get(bucket) ?? this.#base
  }

  /** Gives the bucket a rotation of its own: from now on it differs from the others. */
  open(bucket: string): void {
    if (!this.#byBucket.has(bucket)) this.#byBucket.set(bucket, this.#base.clone())
  }

  /** Nobody cools in the bucket any more. */
  close(bucket: string): void {
    this.#byBucket.delete(bucket)
  }

  refresh(owner: Owner, isUsable: boolean, isOpenFor: (bucket: string) => boolean): void {
    this.#base.set(owner.slot, isUsable)
    for (const [bucket, rotation] of this.#byBucket) rotation.set(owner.slot, isUsable && isOpenFor(bucket))
  }
}
