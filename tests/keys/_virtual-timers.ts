type VirtualTimer = { readonly at: number; readonly run: () => Promise<void> }

/** Timers that run when the test moves the clock, each to its end before the next. */
export class VirtualTimers {
  readonly #clock: { now: number }
  readonly #timers = new Set<VirtualTimer>()
  /** The longest delay that was asked for, in milliseconds. */
  longest = 0

  constructor(clock: { now: number }) {
    this.#clock = clock
  }

  get pending(): number {
    return this.#timers.size
  }

  readonly set = (milliseconds: number, run: () => Promise<void>): (() => void) => {
    this.longest = Math.max(this.longest, milliseconds)
    const timer = { at: this.#clock.now + milliseconds, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** When the next timer is due. */
  get next(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at))
  }

  /** Moves the clock and runs what falls due on the way. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#clock.now + milliseconds
    for (;;) {
      const due = [...this.#timers].sort((left, right) => left.at - right.at)[0]
      if (due === undefined || due.at > end) break
      this.#timers.delete(due)
      this.#clock.now = Math.max(this.#clock.now, due.at)
      await due.run()
    }
    this.#clock.now = end
  }
}
