import { ReadySet } from './ready-set.ts'

/** The ready members of a set, and whose turn it is. A policy chooses among them (`policies.ts`). */
export class Rotation {
  readonly ready: ReadySet
  /** The slot from which on the round goes. */
  cursor: number

  constructor(ready = new ReadySet(), cursor = 0) {
    this.ready = ready
    this.cursor = cursor
  }

  clone(): Rotation {
    return new Rotation(this.ready.clone(), this.cursor)
  }

  set(slot: number, isReady: boolean): void {
    if (isReady) this.ready.add(slot)
    else this.ready.delete(slot)
  }
}

/** The owners of one kind and priority. Buckets in which somebody cools have a rotation of their own. */
export class KeyGroup {
  readonly priority: number
  readonly #base = new Rotation()
  readonly #byBucket = new Map<string, Rotation>()

  constructor(priority: number) {
    this.priority = priority
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

  refresh(slot: number, isUsable: boolean, isOpenFor: (bucket: string) => boolean): void {
    this.#base.set(slot, isUsable)
    for (const [bucket, rotation] of this.#byBucket) rotation.set(slot, isUsable && isOpenFor(bucket))
  }

  get cursors(): Cursors {
    return {
      base: this.#base.cursor,
      buckets: Object.fromEntries([...this.#byBucket].map(([bucket, { cursor }]) => [bucket, cursor])),
    }
  }

  /** Puts the round back to where it stood. */
  turnTo({ base, buckets }: Cursors): void {
    this.#base.cursor = base
    for (const [bucket, rotation] of this.#byBucket) rotation.cursor = buckets[bucket] ?? base
  }

  /** Owners that are ready for whatever nobody cools in. */
  get readyCount(): number {
    return this.#base.ready.size
  }
}

/** Whose turn it is. */
export type Cursors = { readonly base: number; readonly buckets: Readonly<Record<string, number>> }
