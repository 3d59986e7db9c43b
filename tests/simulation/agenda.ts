/** What happens later, soonest first: a binary heap of moments (milliseconds since 1970 UTC) and what is due at them. */
export class Agenda<Item> {
  readonly #moments: number[] = []
  readonly #items: Item[] = []

  /** The soonest moment; infinity when nothing is to come. */
  get nextAt(): number {
    return this.#moments[0] ?? Number.POSITIVE_INFINITY
  }

  add(at: number, item: Item): void {
    let index = this.#moments.length
    this.#put(index, at, item)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#momentAt(parent) <= at) break
      this.#move(parent, index)
      index = parent
    }
    this.#put(index, at, item)
  }

  /** Takes what is due first. @throws RangeError when nothing is to come */
  take(): Item {
    const first = this.#items[0]
    const at = this.#moments.pop()
    const last = this.#items.pop()
    if (first === undefined || at === undefined || last === undefined) throw new RangeError('the agenda is empty')
    if (this.#moments.length > 0) this.#sink(at, last)
    return first
  }

  #sink(at: number, item: Item) {
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      const least = this.#momentAt(left + 1) < this.#momentAt(left) ? left + 1 : left
      if (this.#momentAt(least) >= at) break
      this.#move(least, index)
      index = least
    }
    this.#put(index, at, item)
  }

  #momentAt(index: number): number {
    return this.#moments[index] ?? Number.POSITIVE_INFINITY
  }

  #move(from: number, to: number) {
    const item = this.#items[from]
    if (item !== undefined) this.#put(to, this.#momentAt(from), item)
  }

  #put(index: number, at: number, item: Item) {
    this.#moments[index] = at
    this.#items[index] = item
  }
}
