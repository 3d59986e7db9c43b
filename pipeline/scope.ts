/** How an exchange ended. Every exchange has exactly one ending. */
export type Ending =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly stage: string; readonly error: unknown }
  /** The client went away. */
  | { readonly kind: 'abandoned' }

/**
 * What is to be given back when an exchange ends. The first ending counts: after a cancel, a pull that was still under
 * way resumes and reports a second one (measured), and a client may leave in the very moment the stream ends.
 */
export class Scope {
  readonly #duties: ((ending: Ending) => void)[] = []
  readonly #onError: (error: unknown) => void
  #ending: Ending | undefined

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Registers a duty; at once if the exchange has ended already. Duties run last first. */
  defer(duty: (ending: Ending) => void): void {
    if (this.#ending === undefined) this.#duties.push(duty)
    else this.#perform(duty, this.#ending)
  }

  close(ending: Ending): void {
    if (this.#ending !== undefined) return
    this.#ending = ending
    for (let duty = this.#duties.pop(); duty !== undefined; duty = this.#duties.pop()) this.#perform(duty, ending)
  }

  /** One duty's failure must not keep the others from being done. */
  #perform(duty: (ending: Ending) => void, ending: Ending) {
    try {
      duty(ending)
    } catch (error) {
      this.#onError(error)
    }
  }
}
