const windowMilliseconds = 10_000
const mostRefusals = 3
const first = 2000
const longest = 30_000
const quietMilliseconds = 60_000

/**
 * Google's 429 without a reason means "too much from where you are" when it comes often, and nothing when it comes once.
 * Two different keys, or three refusals, within ten seconds rest the way out for two seconds, and for twice as long each
 * time it happens again, up to thirty; a minute without any forgets it all.
 */
export class Throttle {
  #recent: { readonly at: number; readonly keyId: string }[] = []
  #latest = Number.NEGATIVE_INFINITY
  #rest = 0
  #until = Number.NEGATIVE_INFINITY

  /** Rests until then; in the past when it does not. */
  get until(): number {
    return this.#until
  }

  /** @returns whether it begins to rest by this refusal */
  refused(keyId: string, now: number): boolean {
    if (now - Math.max(this.#latest, this.#until) >= quietMilliseconds) this.#rest = 0
    this.#latest = now
    // Answers to what was sent before it began to rest tell nothing new.
    if (now < this.#until) return false
    this.#recent = [...this.#recent.filter(({ at }) => now - at < windowMilliseconds), { at: now, keyId }]
    if (this.#recent.length < mostRefusals && this.#recent.every(refusal => refusal.keyId === keyId)) return false
    this.#recent = []
    this.#rest = this.#rest === 0 ? first : Math.min(this.#rest * 2, longest)
    this.#until = now + this.#rest
    return true
  }
}
