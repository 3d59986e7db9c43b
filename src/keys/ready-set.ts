/**
 * A set of small integers that answers "which is the next member at or after n" in a few steps, however many there are:
 * a bitmap with a summary bitmap above it, and one above that, each 32 times smaller. 100,000 members are four levels.
 */
export class ReadySet {
  readonly #levels: Uint32Array[]

  constructor(capacity: number) {
    this.#levels = []
    let words = Math.max(1, Math.ceil(capacity / 32))
    for (;;) {
      this.#levels.push(new Uint32Array(words))
      if (words === 1) return
      words = Math.ceil(words / 32)
    }
  }

  /** A copy that changes on its own. */
  clone(): ReadySet {
    const copy = new ReadySet(0)
    copy.#levels.splice(0, 1, ...this.#levels.map(level => level.slice()))
    return copy
  }

  has(member: number): boolean {
    return (((this.#level(0)[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1
  }

  add(member: number): void {
    let index = member
    for (const level of this.#levels) {
      const word = index >>> 5
      level[word] = (level[word] ?? 0) | (1 << (index & 31))
      index = word
    }
  }

  delete(member: number): void {
    let index = member
    for (const level of this.#levels) {
      const word = index >>> 5
      const left = (level[word] ?? 0) & ~(1 << (index & 31))
      level[word] = left
      if (left !== 0) return
      index = word
    }
  }

  /** The smallest member that is `from` or more; -1 when there is none. */
  next(from: number): number {
    let index = from
    for (let height = 0; height < this.#levels.length; height++) {
      const level = this.#level(height)
      const word = index >>> 5
      if (word >= level.length) return -1
      const found = ((level[word] ?? 0) >>> (index & 31)) << (index & 31)
      if (found !== 0) return this.#descend(height, word * 32 + lowestBit(found))
      index = word + 1
    }
    return -1
  }

  #descend(height: number, at: number): number {
    let index = at
    for (let lower = height - 1; lower >= 0; lower--) index = index * 32 + lowestBit(this.#level(lower)[index] ?? 0)
    return index
  }

  #level(height: number): Uint32Array {
    const level = this.#levels[height]
    if (level === undefined) throw new RangeError(`a ready set has no level ${height}`)
    return level
  }
}

const lowestBit = (word: number) => 31 - Math.clz32(word & -word)
