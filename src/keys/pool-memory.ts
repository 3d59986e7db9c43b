import type { KeyStateRecord } from '../storage/records.ts'
import type { BucketNames } from './bucket-names.ts'
import { nowhere } from './key-index.ts'
import { writeKeyState } from './key-state.ts'
import type { PoolKey } from './pool-key.ts'

/** Where the pool's memory goes. Called with every change; must not wait. */
export type KeyStateSink = { readonly recordKeyState: (record: KeyStateRecord) => void }

/** Hands what changed to the sink: states at once, mere counts when `flush` is called. */
export class PoolMemory {
  readonly #sink: KeyStateSink
  readonly #names: BucketNames
  readonly #now: () => number
  #counted: PoolKey[] = []

  constructor(sink: KeyStateSink, names: BucketNames, now: () => number) {
    this.#sink = sink
    this.#names = names
    this.#now = now
  }

  toRecord(key: PoolKey): KeyStateRecord {
    return { keyId: key.entry.keyId, state: writeKeyState(key, this.#names), updatedAt: this.#now() }
  }

  /** A count of the key changed. */
  noteCount(key: PoolKey): void {
    // A flag in place of a set: with 100,000 keys, looking into a set is half of what a lease costs (measured).
    if (key.isUnsaved) return
    key.isUnsaved = true
    this.#counted.push(key)
  }

  /** The key's state changed. */
  remember(key: PoolKey): void {
    key.isUnsaved = false
    this.#sink.recordKeyState(this.toRecord(key))
  }

  /** Hands over the counts that changed since the last call, of `most` keys at most; the rest waits for the next. */
  flush(most: number): void {
    for (const key of this.#counted.splice(0, most)) {
      if (key.isUnsaved && key.place !== nowhere) this.remember(key)
    }
  }
}
