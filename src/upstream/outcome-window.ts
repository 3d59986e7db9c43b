const slots = 10

/** Counts what happened of late, in ten slots of time, so that adding is a plain count however much happens. */
export class OutcomeWindow {
  readonly #slotMilliseconds: number
  readonly #successes = new Uint32Array(slots)
  readonly #failures = new Uint32Array(slots)
  /** Which stretch of time each slot counts. */
  readonly #stretches = new Float64Array(slots).fill(-1)

  constructor(milliseconds: number) {
    this.#slotMilliseconds = milliseconds / slots
  }

  addSuccess(now: number): void {
    const slot = this.#slotOf(now)
    this.#successes[slot] = (this.#successes[slot] ?? 0) + 1
  }

  /** @returns the counts of the window, with this failure */
  addFailure(now: number): { readonly failures: number; readonly total: number } {
    const slot = this.#slotOf(now)
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1
    const oldest = Math.floor(now / this.#slotMilliseconds) - slots
    let failures = 0
    let total = 0
    for (let index = 0; index < slots; index++) {
      if ((this.#stretches[index] ?? -1) <= oldest) continue
      failures += this.#failures[index] ?? 0
      total += (this.#failures[index] ?? 0) + (this.#successes[index] ?? 0)
    }
    return { failures, total }
  }

  clear(): void {
    this.#stretches.fill(-1)
  }

  #slotOf(now: number): number {
    const stretch = Math.floor(now / this.#slotMilliseconds)
    const slot = stretch % slots
    if (this.#stretches[slot] !== stretch) {
      this.#stretches[slot] = stretch
      this.#successes[slot] = 0
      this.#failures[slot] = 0
    }
    return slot
  }
}
