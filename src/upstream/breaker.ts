import { type Admission, type Probe, type ProbePauses, type Report, Ticket } from './admission.ts'
import { OutcomeWindow } from './outcome-window.ts'

export type Admittance =
  | { readonly kind: 'go'; readonly isProbe: boolean; readonly admission: Admission }
  /** The caller is the next probe: it waits this long (at most two seconds), then goes. */
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly admission: Admission }
  | { readonly kind: 'refuse'; readonly retryAfterMilliseconds: number }

export type BreakerState =
  | { readonly kind: 'closed' }
  /** Times are those of the injected clock. */
  | { readonly kind: 'open'; readonly since: number; readonly reason: string; readonly probeAt: number }

export type BreakerOptions = {
  /** Milliseconds. */
  readonly now: () => number
  /** From 0 up to 1, without 1; spreads the pauses between probes. */
  readonly random: () => number
  readonly onOpen?: (reason: string) => void
  readonly onClose?: (openMilliseconds: number) => void
}

const usualPauses: ProbePauses = { first: 250, longest: 2000 }
const windowMilliseconds = 10_000
const mostFailures = 5
const longestWait = 2000
/** A probe that never reports gives its place up after this time. */
const probeMilliseconds = 60_000

/**
 * Keeps callers away from what is failing. It opens after five failures within ten seconds when they are at least half
 * of what happened in that time; then one caller at a time may try, and the first success closes it.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions
  readonly #outcomes = new OutcomeWindow(windowMilliseconds)
  #open: OpenTime | undefined
  /** Counts openings and closings: what was let through before one says nothing about the time after it. */
  #era = 0

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get state(): BreakerState {
    const open = this.#open
    if (open === undefined) return { kind: 'closed' }
    return { kind: 'open', since: open.since, reason: open.reason, probeAt: open.probeAt }
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** Whether it is open and the next who asks would be the probe, without waiting. */
  get isProbeDue(): boolean {
    const open = this.#open
    if (open === undefined) return false
    const now = this.#options.now()
    return open.probeAt <= now && (open.probe === undefined || open.probe.expiresAt <= now)
  }

  /** Whether the caller may go. Whoever gets an admission must report on it. */
  admit(): Admittance {
    const open = this.#open
    if (open === undefined) return { kind: 'go', isProbe: false, admission: this.#admission(undefined) }
    const now = this.#options.now()
    const wait = Math.max(0, open.probeAt - now)
    if (open.probe !== undefined && now < open.probe.expiresAt) {
      return { kind: 'refuse', retryAfterMilliseconds: Math.max(wait, open.pause) }
    }
    if (wait > longestWait) return { kind: 'refuse', retryAfterMilliseconds: wait }
    const probe: Probe = { expiresAt: now + wait + probeMilliseconds }
    open.probe = probe
    const admission = this.#admission(probe)
    return wait === 0 ? { kind: 'go', isProbe: true, admission } : { kind: 'wait', milliseconds: wait, admission }
  }

  /** Opens at once, for a reason that needs no second strike. An open one keeps the time of its first opening. */
  open(reason: string, pauses: ProbePauses = usualPauses): void {
    const now = this.#options.now()
    const wasOpen = this.#open
    const pause = wasOpen?.pauses.first === pauses.first ? Math.min(wasOpen.pause * 2, pauses.longest) : pauses.first
    this.#era++
    this.#open = {
      since: wasOpen?.since ?? now,
      reason,
      pauses,
      pause,
      probeAt: now + this.#spread(pause),
      probe: undefined,
    }
    if (wasOpen === undefined) this.#options.onOpen?.(reason)
  }

  /** Closes at once: somebody knows better. */
  close(): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    this.#era++
    this.#outcomes.clear()
    this.#options.onClose?.(this.#options.now() - open.since)
  }

  #admission(probe: Probe | undefined): Admission {
    return new Ticket(this.#era, probe, this.#report)
  }

  readonly #report = ({ era, probe }: Ticket, report: Report) => {
    if (era !== this.#era) return
    if (report.kind === 'success') this.#succeeded()
    else if (report.kind === 'trip') this.open(report.reason, report.pauses)
    else if (report.kind === 'failure') this.#failed(report.reason, probe)
    else this.#freePlace(probe)
  }

  #succeeded() {
    if (this.#open === undefined) this.#outcomes.addSuccess(this.#options.now())
    else this.close()
  }

  #failed(reason: string, probe: Probe | undefined) {
    const open = this.#open
    if (open === undefined) {
      const { failures, total } = this.#outcomes.addFailure(this.#options.now())
      if (failures >= mostFailures && failures * 2 >= total) this.open(reason)
    } else if (open.probe === probe) {
      open.probe = undefined
      open.reason = reason
      open.pause = Math.min(open.pause * 2, open.pauses.longest)
      open.probeAt = this.#options.now() + this.#spread(open.pause)
    }
  }

  #freePlace(probe: Probe | undefined) {
    if (probe !== undefined && this.#open?.probe === probe) this.#open.probe = undefined
  }

  /** Up to a quarter less, so that many instances do not knock in step. */
  #spread(pause: number): number {
    return pause * (1 - this.#options.random() / 4)
  }
}

type OpenTime = {
  readonly since: number
  readonly pauses: ProbePauses
  reason: string
  /** Before it is spread. */
  pause: number
  probeAt: number
  /** Whoever holds the one place. */
  probe: Probe | undefined
}
