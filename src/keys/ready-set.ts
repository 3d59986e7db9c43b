/**
 * A set of small integers that answers "which is the next member at or after n" in a few steps, however many there are:
 * a bitmap with a summary bitmap above it, and one above that, each 32 times smaller. 100,000 members are four levels.
 * Grows as needed.
 */
export class ReadySet {
  #levels: Uint32Array[]
  #size = 0

  constructor(capacity = 0) {
    this.#levels = emptyLevels(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** Members are below this. */
  get capacity(): number {
    return this.#level(0).length * 32
  }

  /** A copy that changes on its own. */
  clone(): ReadySet {
    const copy = new ReadySet()
    copy.#levels = this.#levels.map(level => level.slice())
    copy.#size = this.#size
    return copy
  }

  has(member: number): boolean {
    return (((this.#level(0)[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1
  }

  add(member: number): void {
    if (this.has(member)) return
    if (member >= this.capacity) this.#grow(Math.max(member + 1, this.capacity * 2))
    this.#size++
    let index = member
    for (const level of this.#levels) {
      const word = index >>> 5
      level[word] = (level[word] ?? 0) | (1 << (index & 31))
      index = word
    }
  }

  delete(member: number): void {
    if (!this.has(member)) return
    this.#size--
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

  /** The member that has `rank` smaller ones; -1 when there are not so many. Passes over 32 members in a step. */
  at(rank: number): number {
    let left = rank
    const words = this.#level(0)
    for (let word = 0; word < words.length; word++) {
      let bits = words[word] ?? 0
      const count = bitCount(bits)
      if (left >= count) {
        left -= count
        continue
      }
      for (; left > 0; left--) bits &= bits - 1
      return word * 32 + lowestBit(bits)
    }
    return -1
  }

  #grow(capacity: number) {
    const levels = emptyLevels(capacity)
    let below = this.#level(0)
    levels[0]?.set(below)
    for (const level of levels.slice(1)) {
      for (let word = 0; word < below.length; word++) {
        if (below[word] !== 0) level[word >>> 5] = (level[word >>> 5] ?? 0) | (1 << (word & 31))
      }
      below = level
    }
    this.#levels = levels
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

const emptyLevels = (capacity: number): Uint32Array[] => {
  const levels: Uint32Array[] = []
  let words = Math.max(1, Math.ceil(capacity / 32))
  for (;;) {
    levels.push(new Uint32Array(words))
    if (words === 1) return levels
    words = Math.ceil(words / 32)
  }
}

const lowestBit = (word: number) => 31 - Math.clz32(word & -word)

/** Hacker's Delight, 2nd edition, figure 5-2. */
const bitCount = (word: number): number => {
  let count = word - ((word >>> 1) & 0x55555555)
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333)
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
