/** A limit that is being watched. */
export type Watch = {
  /** Moves the limit: it now expires this many milliseconds from now. */
  readonly extend: (milliseconds: number) => void
  /** Stops the clock; what is left counts on after `resume`. */
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
}

const tick = 100

/**
 * Watches many limits with one timer, which rests when it finds nothing to watch. A limit fires up to a tenth of a
 * second late. Moving a limit is a plain assignment, so it can be done for every chunk of every stream.
 */
export class Watchdog {
  readonly #entries = new Set<WatchedLimit>()
  #timer: Timer | undefined

  /** Calls `onExpire` once when `milliseconds` have passed without an extension. 0 or less: no limit. */
  watch(milliseconds: number, onExpire: () => void): Watch {
    const entry = new WatchedLimit(milliseconds, onExpire, this.#entries)
    this.#entries.add(entry)
    this.#timer ??= setInterval(() => this.#look(), tick)
    return entry
  }

  #look() {
    const now = performance.now()
    for (const entry of this.#entries) {
      if (entry.expiresAt > now) continue
      this.#entries.delete(entry)
      entry.onExpire()
    }
    if (this.#entries.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

class WatchedLimit implements Watch {
  readonly onExpire: () => void
  expiresAt: number
  readonly #watched: Set<WatchedLimit>
  #left: number | undefined

  constructor(milliseconds: number, onExpire: () => void, watched: Set<WatchedLimit>) {
    this.expiresAt = deadline(milliseconds)
    this.onExpire = onExpire
    this.#watched = watched
  }

  extend(milliseconds: number): void {
    if (this.#left === undefined) this.expiresAt = deadline(milliseconds)
    else this.#left = milliseconds > 0 ? milliseconds : Infinity
  }

  pause(): void {
    this.#left ??= this.expiresAt - performance.now()
    this.expiresAt = Infinity
  }

  resume(): void {
    if (this.#left !== undefined) this.expiresAt = performance.now() + this.#left
    this.#left = undefined
  }

  stop(): void {
    this.#watched.delete(this)
  }
}

const deadline = (milliseconds: number) => (milliseconds > 0 ? performance.now() + milliseconds : Infinity)
