/** First in, first out, with an end: when it is full, the oldest give way. All operations take constant time. */
export class BoundedQueue<Value> {
  readonly #limits: { readonly count: number; readonly weight: number }
  readonly #weigh: (value: Value) => number
  #values: (Value | undefined)[] = []
  /** Index of the oldest value; slots before it are empty. */
  #head = 0
  #weight = 0

  /** @param weigh what a value costs of `limits.weight`, for example its length in characters */
  constructor(limits: { readonly count: number; readonly weight: number }, weigh: (value: Value) => number) {
    this.#limits = limits
    this.#weigh = weigh
  }

  get size(): number {
    return this.#values.length - this.#head
  }

  /** Adds a value; answers how many old ones were dropped for it. */
  push(value: Value): number {
    this.#values.push(value)
    this.#weight += this.#weigh(value)
    let dropped = 0
    while (this.size > this.#limits.count || (this.#weight > this.#limits.weight && this.size > 1)) {
      this.#shift()
      dropped += 1
    }
    return dropped
  }

  /** Takes out up to `count` values, oldest first. */
  take(count: number): Value[] {
    return Array.from({ length: Math.min(count, this.size) }, () => this.#shift() as Value)
  }

  #shift(): Value | undefined {
    const value = this.#values[this.#head]
    if (value === undefined) return undefined
    this.#values[this.#head] = undefined
    this.#head += 1
    this.#weight -= this.#weigh(value)
    if (this.#head > 1_000 && this.#head * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#head)
      this.#head = 0
    }
    return value
  }
}
