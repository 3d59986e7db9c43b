import type { KeyPool } from './key-pool.ts'
import type { Acquisition, Wish } from './wish.ts'

export type WaitingLineOptions = {
  readonly pool: Pick<KeyPool, 'acquire' | 'bucketOf'>
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Calls back once after so many milliseconds; gives back how to call that off. */
  readonly schedule: (milliseconds: number, callback: () => void) => () => void
}

type Waiter = {
  readonly wish: Wish
  readonly deadline: number
  readonly answer: (acquisition: Acquisition) => void
}

/** Those who wait for one bucket, in the order they came. */
type Line = {
  readonly waiters: Set<Waiter>
  /** How many of them any key is right for: they get none only as long as nobody is ready. */
  plain: number
  /** The first moment at which somebody's time is up, and at which a key is expected back. */
  firstDeadline: number
  retryAt: number
}

export type Waiting = {
  readonly kind: 'waiting'
  readonly acquisition: Promise<Acquisition>
  /** Whoever waits has gone away. A lease that was handed out by then must still be settled. */
  readonly leave: () => void
}

/** Who waits longer than memory is worth: beyond so many nobody is let in. */
const mostWaiting = 10_000
const never = Number.POSITIVE_INFINITY

/**
 * Requests that wait for a key, first come first served within a bucket. Everybody is answered: with a lease, or at the
 * latest when the time is up with how it stands then.
 */
export class WaitingLine {
  readonly #options: WaitingLineOptions
  readonly #lines = new Map<string, Line>()
  #size = 0
  #cancel: (() => void) | undefined
  #wakesAt = never
  #isLooking = false

  constructor(options: WaitingLineOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#size
  }

  /** Takes a key if one is ready and nobody waits for the same; waits for `mostMilliseconds` if that may help. */
  take(wish: Wish, mostMilliseconds: number): Acquisition | Waiting {
    const { pool, now } = this.#options
    if (mostMilliseconds <= 0 || this.#size >= mostWaiting) return pool.acquire(wish)
    const name = `${wish.kind}\n${pool.bucketOf(wish)}`
    const deadline = now() + mostMilliseconds
    const present = this.#lines.get(name)
    if (present !== undefined && present.plain > 0 && isPlain(wish)) return this.#join(name, present, wish, deadline)
    // Whoever waits there waits for somebody in particular.
    const acquisition = pool.acquire(wish)
    if (acquisition.kind !== 'cooling' || !acquisition.isExpected || acquisition.retryAt > deadline) return acquisition
    const line = this.#lines.get(name) ?? { waiters: new Set(), plain: 0, firstDeadline: never, retryAt: never }
    this.#lines.set(name, line)
    line.retryAt = Math.min(line.retryAt, acquisition.retryAt)
    return this.#join(name, line, wish, deadline)
  }

  /** A key may have come free, or died. */
  readonly wake = (): void => {
    // Taking a key and answering may wake the line again.
    if (this.#size === 0 || this.#isLooking) return
    this.#isLooking = true
    try {
      for (const [name, line] of this.#lines) this.#serve(name, line)
    } finally {
      this.#isLooking = false
    }
    this.#setTimer()
  }

  #join(name: string, line: Line, wish: Wish, deadline: number): Waiting {
    const { promise, resolve } = Promise.withResolvers<Acquisition>()
    const waiter: Waiter = { wish, deadline, answer: resolve }
    line.waiters.add(waiter)
    if (isPlain(wish)) line.plain++
    line.firstDeadline = Math.min(line.firstDeadline, deadline)
    this.#size++
    this.#setTimer()
    return { kind: 'waiting', acquisition: promise, leave: () => this.#remove(name, line, waiter) }
  }

  /** Gives keys to those who came first; whoever wants one in particular is passed over when it is not there. */
  #serve(name: string, line: Line) {
    const { pool, now } = this.#options
    const isAnyLate = line.firstDeadline <= now()
    line.retryAt = never
    if (isAnyLate) line.firstDeadline = never
    let isHopeless = false
    for (const waiter of line.waiters) {
      const isLate = waiter.deadline <= now()
      if (!isHopeless || isLate) {
        const acquisition = pool.acquire(waiter.wish)
        if (acquisition.kind !== 'cooling' || !acquisition.isExpected || isLate) {
          this.#remove(name, line, waiter)
          waiter.answer(acquisition)
          continue
        }
        line.retryAt = Math.min(line.retryAt, acquisition.retryAt)
        // Who comes after somebody to whom any key is right gets none either; only their time may be up.
        isHopeless = isHopeless || isPlain(waiter.wish)
        if (isHopeless && !isAnyLate) return
      }
      line.firstDeadline = Math.min(line.firstDeadline, waiter.deadline)
    }
  }

  #remove(name: string, line: Line, waiter: Waiter) {
    if (!line.waiters.delete(waiter)) return
    this.#size--
    if (isPlain(waiter.wish)) line.plain--
    if (line.waiters.size === 0) this.#lines.delete(name)
  }

  /** Wakes the line at the first moment at which something may have changed without anybody saying so. */
  #setTimer() {
    let at = never
    for (const { firstDeadline, retryAt } of this.#lines.values()) at = Math.min(at, firstDeadline, retryAt)
    if (at === this.#wakesAt && this.#cancel !== undefined) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakesAt = at
    if (at === never) return
    const { now, schedule } = this.#options
    this.#cancel = schedule(Math.max(1, Math.ceil(at - now())), () => {
      this.#cancel = undefined
      this.wake()
    })
  }
}

/** Anybody's key will do. */
const isPlain = ({ avoid, owner }: Wish) => owner === undefined && (avoid === undefined || avoid.size === 0)
