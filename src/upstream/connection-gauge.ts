/** Bun keeps at most 64 idle connections per kind (measured, Bun 1.4.5); servers close theirs after a minute or more. */
const mostIdle = 64
const warmMilliseconds = 55_000

/**
 * Guesses whether the next request to one origin finds an open connection, from what was released lately: Bun's
 * `fetch` does not tell.  A wrong guess costs the `connect` figure, and puts the limit of the first byte in place of that of the connection.
 */
export class ConnectionGauge {
  readonly #released: number[] = []

  /** Whether a connection is likely to be waiting; takes it. */
  takeWarm(now: number): boolean {
    const latest = this.#released.pop()
    return latest !== undefined && now - latest < warmMilliseconds
  }

  release(now: number): void {
    if (this.#released.length < mostIdle) this.#released.push(now)
  }
}
