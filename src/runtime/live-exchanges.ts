/** What can be ended from outside. */
export type Endable = { readonly end: () => void; readonly onEnd: (duty: () => void) => void }

/** The exchanges that are under way, so that a stop can wait for them and, when its time is up, end them. */
export class LiveExchanges {
  readonly #live = new Set<Endable>()
  #isDraining = false
  #onEmpty: (() => void) | undefined

  get count(): number {
    return this.#live.size
  }

  /** Whether the program is stopping: nothing new is begun. */
  get isDraining(): boolean {
    return this.#isDraining
  }

  add(exchange: Endable): void {
    this.#live.add(exchange)
    exchange.onEnd(() => {
      this.#live.delete(exchange)
      if (this.#live.size === 0) this.#onEmpty?.()
    })
  }

  /**
   * Lets nothing new begin and waits for what is under way; ends what is left after the limit.
   * @returns whether everything ended by itself
   */
  async drain(milliseconds: number): Promise<boolean> {
    this.#isDraining = true
    if (this.#live.size === 0) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#onEmpty = () => resolve(true)
    const timer = setTimeout(() => resolve(false), milliseconds)
    const isEmpty = await promise
    clearTimeout(timer)
    for (const exchange of [...this.#live]) exchange.end()
    return isEmpty
  }
}
