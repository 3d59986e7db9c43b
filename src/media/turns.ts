/** A few at a time, the rest waits in line. */
export class Turns {
  readonly #waiting: (() => void)[] = []
  readonly #mostWaiting: number
  #free: number

  constructor(limits: { readonly atOnce: number; readonly waiting: number }) {
    this.#free = limits.atOnce
    this.#mostWaiting = limits.waiting
  }

  /**
   * Resolves when it is the caller's turn, with what ends it (call it once), or with null when too many wait already.
   * Rejects with the signal's reason.
   */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else if (this.#waiting.length >= this.#mostWaiting) return null
    else await this.#wait(signal)
    return () => this.#pass()
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onTurn = () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(onTurn), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(onTurn)
    })
  }

  /** The turn goes to the first in line; nobody who comes later can take it in between. */
  #pass() {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
