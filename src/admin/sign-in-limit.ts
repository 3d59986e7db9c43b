type SignInLimitOptions = {
  readonly now: () => number
  readonly failuresPerAddress?: number
  readonly failuresOverall?: number
  readonly windowSeconds?: number
}

type Window = { readonly failures: number; readonly endsAt: number }

/**
 * How often the admin token may be guessed: a few times a minute per address, and some more over all addresses. The
 * overall limit also bounds what is remembered: there are never more addresses than failures in a window.
 */
export class SignInLimit {
  readonly #options: Required<SignInLimitOptions>
  readonly #byAddress = new Map<string, Window>()
  #overall: Window = { failures: 0, endsAt: 0 }

  constructor(options: SignInLimitOptions) {
    this.#options = { failuresPerAddress: 5, failuresOverall: 60, windowSeconds: 60, ...options }
  }

  /** Seconds this address has to wait before its next attempt is looked at; 0 when it need not wait. */
  waitSeconds(address: string): number {
    const { failuresPerAddress, failuresOverall } = this.#options
    return Math.max(
      this.#wait(this.#byAddress.get(address), failuresPerAddress),
      this.#wait(this.#overall, failuresOverall),
    )
  }

  /** Counts one failed attempt. */
  recordFailure(address: string): void {
    this.#forgetEnded()
    this.#overall = this.#oneMore(this.#overall)
    this.#byAddress.set(address, this.#oneMore(this.#byAddress.get(address)))
  }

  /** The address has shown that it knows the token. */
  forget(address: string): void {
    this.#byAddress.delete(address)
  }

  #wait(window: Window | undefined, limit: number): number {
    const left = window === undefined ? 0 : window.endsAt - this.#options.now()
    return window !== undefined && window.failures >= limit && left > 0 ? Math.ceil(left / 1000) : 0
  }

  #oneMore(window: Window | undefined): Window {
    const now = this.#options.now()
    if (window === undefined || window.endsAt <= now)
      return { failures: 1, endsAt: now + this.#options.windowSeconds * 1000 }
    return { failures: window.failures + 1, endsAt: window.endsAt }
  }

  #forgetEnded() {
    for (const [address, { endsAt }] of this.#byAddress) {
      if (endsAt <= this.#options.now()) this.#byAddress.delete(address)
    }
  }
}
