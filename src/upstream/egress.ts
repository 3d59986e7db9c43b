import type { Secret } from '../security/secret.ts'
import type { Admission, ProbePauses } from './admission.ts'
import { CircuitBreaker } from './breaker.ts'
import type { CheckResult } from './check-way-out.ts'
import { hashOf } from './rendezvous.ts'
import { Throttle } from './throttle.ts'
import type { WayOut } from './way-out.ts'

/** What an attempt says of the way it went. */
export type EgressOutcome =
  /** Google answered, well or with an error of its API. */
  | { readonly kind: 'answered' }
  /** Connection refused or reset, DNS, TLS, no connection in time, a page of the front end. A proxy is checked besides. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** No first byte in time, or cut in the middle: a proxy is checked, and what the check finds counts. */
  | { readonly kind: 'doubtful' }
  /** A 429 without a reason. */
  | { readonly kind: 'crowded'; readonly keyId: string }
  /** "User location is not supported": broken at once. */
  | { readonly kind: 'location' }
  /** The client left, or the gateway failed before it was sent. */
  | { readonly kind: 'unknown' }

/** Leave to send one attempt through an egress. */
export type EgressPass = {
  readonly egress: WayOut
  /** To be called once, however the attempt ended; later calls are ignored. */
  readonly settle: (outcome: EgressOutcome) => void
}

export type EgressAdmittance =
  | { readonly kind: 'go'; readonly pass: EgressPass }
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly pass: EgressPass }
  | { readonly kind: 'refuse'; readonly retryAfterMilliseconds: number }

export type EgressStatus = {
  readonly name: string
  readonly state: 'open' | 'throttled' | 'broken'
  readonly reason: string | null
  /** Milliseconds since 1970 UTC, as all times here. */
  readonly since: number | null
  /** When it is tried again. */
  readonly until: number | null
  readonly throttledUntil: number | null
  readonly requests: number
  readonly failures: number
  readonly lastCheck: (CheckResult & { readonly at: number }) | null
}

export type EgressOptions = {
  readonly name: string
  readonly proxy: Secret | null
  readonly now: () => number
  readonly random: () => number
  readonly onBroken: (egress: Egress, reason: string) => void
  readonly onBack: (egress: Egress, brokenMilliseconds: number) => void
  readonly onThrottled: (egress: Egress, milliseconds: number) => void
  readonly onDoubt: (egress: Egress) => void
}

export const locationReason = 'location-not-supported'
const locationPauses: ProbePauses = { first: 60_000, longest: 600_000 }
/** Without a proxy there is no other way to spare this one for: who asks gets Google's own words. */
const directPauses: ProbePauses = { first: 250, longest: 2000 }
const longestWait = 2000

/** One way out, with what is known of it. */
export class Egress implements WayOut {
  readonly name: string
  readonly proxy: Secret | null
  /** Its place in the rendezvous; holds for the whole address, since many proxies are told apart by their user only. */
  readonly hash: number
  readonly breaker: CircuitBreaker
  lastCheck: EgressStatus['lastCheck'] = null
  readonly #options: EgressOptions
  readonly #throttle = new Throttle()
  #throttledSince = 0
  /** The rest whose end somebody waits for already. */
  #awaited = 0
  #requests = 0
  #failures = 0

  /** @param address by which it is told apart from others; may hold secrets, and is not kept */
  constructor(address: string, options: EgressOptions) {
    this.name = options.name
    this.proxy = options.proxy
    this.hash = hashOf(address)
    this.#options = options
    this.breaker = new CircuitBreaker({
      now: options.now,
      random: options.random,
      onOpen: reason => options.onBroken(this, reason),
      onClose: milliseconds => options.onBack(this, milliseconds),
    })
  }

  /**
   * Neither broken nor throttled. One that Google does not serve is open for a single request now and then, even where
   * others are fine: no check can tell that it is served again.
   */
  isOpen(now: number): boolean {
    if (this.#throttle.until > now) return false
    return !this.breaker.isOpen || (this.isUnserved && this.breaker.isProbeDue)
  }

  /** Broken because Google does not serve the place it comes from. */
  get isUnserved(): boolean {
    const { state } = this.breaker
    return state.kind === 'open' && state.reason === locationReason
  }

  admit(now: number): EgressAdmittance {
    const wait = this.#throttle.until - now
    if (wait > 0 && !this.breaker.isOpen) return this.#admitThrottled(wait)
    const admittance = this.breaker.admit()
    if (admittance.kind === 'refuse') return admittance
    const pass = new Pass(this, admittance.admission, this.#settle)
    this.#requests++
    return admittance.kind === 'go' ? { kind: 'go', pass } : { ...admittance, pass }
  }

  status(now: number): EgressStatus {
    const breaker = this.breaker.state
    const { until } = this.#throttle
    const isBroken = breaker.kind === 'open'
    const isThrottled = until > now
    return {
      name: this.name,
      state: isBroken ? 'broken' : isThrottled ? 'throttled' : 'open',
      reason: isBroken ? breaker.reason : isThrottled ? 'too-many-requests' : null,
      since: isBroken ? breaker.since : isThrottled ? this.#throttledSince : null,
      until: isBroken ? breaker.probeAt : isThrottled ? until : null,
      throttledUntil: isThrottled ? until : null,
      requests: this.#requests,
      failures: this.#failures,
      lastCheck: this.lastCheck,
    }
  }

  /** One caller may wait for the end of a short rest; all of them would be the next burst. */
  #admitThrottled(wait: number): EgressAdmittance {
    const { until } = this.#throttle
    if (wait > longestWait || this.#awaited === until) return { kind: 'refuse', retryAfterMilliseconds: wait }
    const admittance = this.breaker.admit()
    if (admittance.kind === 'refuse') return admittance
    this.#awaited = until
    this.#requests++
    return { kind: 'wait', milliseconds: wait, pass: new Pass(this, admittance.admission, this.#settle) }
  }

  readonly #settle = (admission: Admission, outcome: EgressOutcome) => {
    const now = this.#options.now()
    switch (outcome.kind) {
      case 'answered':
        return admission.succeed()
      case 'failed':
        this.#failures++
        admission.fail(outcome.reason)
        return this.#options.onDoubt(this)
      case 'location':
        this.#failures++
        return admission.trip(locationReason, this.proxy === null ? directPauses : locationPauses)
      case 'crowded':
        admission.succeed()
        if (!this.#throttle.refused(outcome.keyId, now)) return
        this.#throttledSince = now
        return this.#options.onThrottled(this, this.#throttle.until - now)
      case 'doubtful':
        admission.forget()
        return this.#options.onDoubt(this)
      case 'unknown':
        // Whoever waited for the end of a rest may have left before it.
        if (now < this.#awaited) this.#awaited = 0
        return admission.forget()
    }
  }
}

class Pass implements EgressPass {
  readonly egress: Egress
  readonly #admission: Admission
  readonly #settle: (admission: Admission, outcome: EgressOutcome) => void
  #isSettled = false

  constructor(egress: Egress, admission: Admission, settle: (admission: Admission, outcome: EgressOutcome) => void) {
    this.egress = egress
    this.#admission = admission
    this.#settle = settle
  }

  settle(outcome: EgressOutcome): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#settle(this.#admission, outcome)
  }
}
