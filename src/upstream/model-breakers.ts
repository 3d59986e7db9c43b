import { type Admittance, CircuitBreaker } from './breaker.ts'

export type ModelBreakersOptions = {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  readonly random: () => number
}

/** Model names are the clients' to make up. */
const mostBreakers = 1000

/** One breaker per model that failed lately; a model that never failed costs a look into a map. */
export class ModelBreakers {
  readonly #options: ModelBreakersOptions
  readonly #breakers = new Map<string, CircuitBreaker>()

  constructor(options: ModelBreakersOptions) {
    this.#options = options
  }

  /** Whether a request for the model may go; null: nothing is known against it. */
  admit(model: string): Admittance | null {
    return this.#breakers.get(model)?.admit() ?? null
  }

  /** The first failure of a model for which nobody had to ask for admission. */
  noteFailure(model: string, reason: string): void {
    if (model === '') return
    if (this.#breakers.size >= mostBreakers) this.#dropClosed()
    if (this.#breakers.size >= mostBreakers) return
    const breaker = this.#breakers.get(model) ?? new CircuitBreaker(this.#options)
    this.#breakers.set(model, breaker)
    const admittance = breaker.admit()
    if (admittance.kind !== 'refuse') admittance.admission.fail(reason)
  }

  /** Models that are failing right now, and why. */
  get open(): readonly { readonly model: string; readonly since: number; readonly reason: string }[] {
    return [...this.#breakers].flatMap(([model, { state }]) =>
      state.kind === 'open' ? [{ model, since: state.since, reason: state.reason }] : [],
    )
  }

  #dropClosed() {
    for (const [model, breaker] of this.#breakers) if (!breaker.isOpen) this.#breakers.delete(model)
  }
}
