type Entry<Item> = { readonly at: number; readonly item: Item }

/** Items by the moment they fall due, soonest first: a binary heap. */
export class DueQueue<Item> {
  readonly #heap: Entry<Item>[] = []

  get size(): number {
    return this.#heap.length
  }

  /** The soonest item with its moment, or undefined when nothing waits. */
  get first(): { readonly at: number; readonly item: Item } | undefined {
    return this.#heap[0]
  }

  add(at: number, item: Item): void {
    const heap = this.#heap
    let index = heap.push({ at, item }) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent) <= at) break
      this.#swap(index, parent)
      index = parent
    }
  }

  /** Takes the soonest item if it is due at `now`. */
  takeDue(now: number): Item | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) {
      this.#heap[0] = last
      this.#sink()
    }
    return first.item
  }

  #sink() {
    let index = 0
    for (;;) {
      const left = index * 2 + 1
      const right = left + 1
      let least = index
      if (this.#at(left) < this.#at(least)) least = left
      if (this.#at(right) < this.#at(least)) least = right
      if (least === index) return
      this.#swap(index, least)
      index = least
    }
  }

  #at(index: number): number {
    return this.#heap[index]?.at ?? Number.POSITIVE_INFINITY
  }

  #swap(left: number, right: number) {
    const one = this.#heap[left]
    const other = this.#heap[right]
    if (one === undefined || other === undefined) return
    this.#heap[left] = other
    this.#heap[right] = one
  }
}
