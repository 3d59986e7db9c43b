import type { CheckResult } from './check-way-out.ts'
import type { Egress } from './egress.ts'

export type EgressWatchOptions = {
  readonly check: (egress: Egress, signal: AbortSignal) => Promise<CheckResult>
  readonly now: () => number
}

const firstPause = 1000
const longestPause = 30_000
const suspicionPause = 1000
/** An egress that stayed well for so long is checked soon again when it breaks. */
const wellMilliseconds = 60_000

/** Checks proxies without any request of a client: at the start, on suspicion, and when they are broken until they are back. */
export class EgressWatch {
  readonly #options: EgressWatchOptions
  readonly #watched = new Map<Egress, Watched>()
  readonly #stopped = new AbortController()
  #isRunning = false

  constructor(options: EgressWatchOptions) {
    this.#options = options
  }

  /** Begins, with a check of everything given to it so far. */
  start(): void {
    this.#isRunning = true
    for (const egress of this.#watched.keys()) this.#check(egress)
  }

  stop(): void {
    this.#isRunning = false
    this.#stopped.abort()
    for (const watched of this.#watched.values()) clearTimeout(watched.timer)
  }

  /** Watches these from now on and no others; each is checked once. Ways without a proxy are nothing to watch. */
  replace(egresses: readonly Egress[]): void {
    const proxies = egresses.filter(({ proxy }) => proxy !== null)
    for (const [egress, watched] of this.#watched) {
      if (proxies.includes(egress)) continue
      clearTimeout(watched.timer)
      this.#watched.delete(egress)
    }
    for (const egress of proxies) {
      if (!this.#watched.has(egress)) {
        this.#watched.set(egress, {
          pause: firstPause,
          timer: undefined,
          isChecking: false,
          isSuspected: false,
          backAt: 0,
        })
      }
      this.#check(egress)
    }
  }

  /**
   * Something failed on this way: checks it now, or a second after the last check. A proxy that has died is so left after
   * its first failure, however well it did before.
   */
  suspect(egress: Egress): void {
    const watched = this.#watched.get(egress)
    if (watched === undefined || egress.breaker.isOpen || watched.isSuspected) return
    const pause = (egress.lastCheck?.at ?? 0) + suspicionPause - this.#options.now()
    if (pause <= 0) return void this.#check(egress)
    watched.isSuspected = true
    this.#checkAfter(pause, egress, watched)
  }

  broken(egress: Egress): void {
    const watched = this.#watched.get(egress)
    if (watched === undefined || egress.isUnserved) return
    if (this.#options.now() - watched.backAt > wellMilliseconds) watched.pause = firstPause
    this.#checkLater(egress, watched)
  }

  back(egress: Egress): void {
    const watched = this.#watched.get(egress)
    if (watched === undefined) return
    clearTimeout(watched.timer)
    watched.isSuspected = false
    watched.backAt = this.#options.now()
  }

  #checkLater(egress: Egress, watched: Watched) {
    this.#checkAfter(watched.pause, egress, watched)
    watched.pause = Math.min(watched.pause * 2, longestPause)
  }

  #checkAfter(pause: number, egress: Egress, watched: Watched) {
    clearTimeout(watched.timer)
    if (this.#isRunning) watched.timer = setTimeout(() => this.#check(egress), pause).unref()
  }

  async #check(egress: Egress): Promise<void> {
    const watched = this.#watched.get(egress)
    if (!this.#isRunning || watched === undefined) return
    watched.isSuspected = false
    if (watched.isChecking) return
    watched.isChecking = true
    const result = await this.#options.check(egress, this.#stopped.signal)
    watched.isChecking = false
    if (!this.#isRunning || this.#watched.get(egress) !== watched) return
    egress.lastCheck = { ...result, at: this.#options.now() }
    // Google asks where a request comes from only when it has a key: a check cannot tell that this has changed.
    if (egress.isUnserved) return
    if (result.kind === 'works') egress.breaker.close()
    else if (!egress.breaker.isOpen) egress.breaker.open(result.reason)
    else this.#checkLater(egress, watched)
  }
}

type Watched = {
  pause: number
  timer: Timer | undefined
  isChecking: boolean
  /** Whether the timer is for a check on suspicion. */
  isSuspected: boolean
  /** When it was well again; 0: never broken. */
  backAt: number
}
