/** A limit that is being watched. */
export type Watch = {
  /** Moves the limit: it now expires this many milliseconds from now. */
  readonly extend: (milliseconds: number) => void
  /** Stops the clock; what is left counts on after `resume`. */
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
}

type Entry = { expiresAt: number; onExpire: () => void }

const tick = 100

/**
 * Watches many limits with one timer, which runs only while there is something to watch. A limit fires up to a tenth
 * of a second late. Moving a limit is a plain assignment, so it can be done for every chunk of every stream.
 */
export class Watchdog {
  readonly #entries = new Set<Entry>()
  #timer: Timer | undefined

  /** Calls `onExpire` once when `milliseconds` have passed without an extension. 0 or less: no limit. */
  watch(milliseconds: number, onExpire: () => void): Watch {
    const entry: Entry = { expiresAt: deadline(milliseconds), onExpire }
    let left: number | undefined
    this.#entries.add(entry)
    this.#timer ??= setInterval(() => this.#look(), tick)
    return {
      extend: more => {
        if (left === undefined) entry.expiresAt = deadline(more)
        else left = more > 0 ? more : Infinity
      },
      pause: () => {
        left ??= entry.expiresAt - performance.now()
        entry.expiresAt = Infinity
      },
      resume: () => {
        if (left !== undefined) entry.expiresAt = performance.now() + left
        left = undefined
      },
      stop: () => {
        this.#entries.delete(entry)
        if (this.#entries.size === 0) this.#rest()
      },
    }
  }

  #look() {
    const now = performance.now()
    for (const entry of this.#entries) {
      if (entry.expiresAt > now) continue
      this.#entries.delete(entry)
      entry.onExpire()
    }
    if (this.#entries.size === 0) this.#rest()
  }

  #rest() {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

const deadline = (milliseconds: number) => (milliseconds > 0 ? performance.now() + milliseconds : Infinity)
