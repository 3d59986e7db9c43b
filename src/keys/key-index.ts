import type { KeyCondition } from './key-view.ts'
import type { PoolKey } from './pool-key.ts'
import { ReadySet } from './ready-set.ts'

/** The keys in the order they came, and by condition, so that a page of them costs as much as the page is long. */
export class KeyIndex {
  readonly #keys: (PoolKey | undefined)[] = []
  readonly #free: number[] = []
  readonly #all = new ReadySet()
  readonly #byCondition: Readonly<Record<KeyCondition, ReadySet>> = {
    ready: new ReadySet(),
    cooling: new ReadySet(),
    dead: new ReadySet(),
    disabled: new ReadySet(),
  }

  add(key: PoolKey): void {
    const place = this.#free.pop() ?? this.#keys.length
    key.place = place
    this.#keys[place] = key
    this.#all.add(place)
    this.#byCondition[conditionOf(key)].add(place)
  }

  remove(key: PoolKey): void {
    const { place } = key
    key.place = nowhere
    this.#keys[place] = undefined
    this.#free.push(place)
    this.#all.delete(place)
    for (const set of Object.values(this.#byCondition)) set.delete(place)
  }

  /** To be called when the key may have another condition now. */
  update(key: PoolKey): void {
    const set = this.#byCondition[conditionOf(key)]
    if (set.has(key.place)) return
    for (const other of Object.values(this.#byCondition)) other.delete(key.place)
    set.add(key.place)
  }

  count(condition?: KeyCondition): number {
    return this.#set(condition).size
  }

  /** `limit` keys from the `offset`-th on, of that condition or of all. */
  page(condition: KeyCondition | undefined, offset: number, limit: number): readonly PoolKey[] {
    const set = this.#set(condition)
    const found: PoolKey[] = []
    for (let place = set.at(offset); place !== -1 && found.length < limit; place = set.next(place + 1)) {
      const key = this.#keys[place]
      if (key !== undefined) found.push(key)
    }
    return found
  }

  #set(condition: KeyCondition | undefined) {
    return condition === undefined ? this.#all : this.#byCondition[condition]
  }
}

/** The place of a key that is not in the pool. */
export const nowhere = -1

/** `cooling`: for at least one bucket, by itself or with its owner. */
export const conditionOf = ({ entry, death, cooling, owner }: PoolKey): KeyCondition => {
  if (!entry.enabled) return 'disabled'
  if (death !== null) return 'dead'
  return cooling.size > 0 || owner.cooling.size > 0 || owner.suspended !== null ? 'cooling' : 'ready'
}
