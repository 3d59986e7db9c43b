/** What a caller reports of what it was let through for. The first report counts, later ones are ignored. */
export type Admission = {
  readonly succeed: () => void
  /** @param reason a code without secrets; kept for logs and the dashboard */
  readonly fail: (reason: string) => void
  /** A failure that needs no second strike: opens at once, with pauses of its own. */
  readonly trip: (reason: string, pauses: ProbePauses) => void
  /** Nothing was learned, or the caller left before it went: a probe's place is free again. */
  readonly forget: () => void
}

/** Pauses between probes, in milliseconds: each twice the one before, from the first to the longest. */
export type ProbePauses = { readonly first: number; readonly longest: number }

/** The one place for a probe, while somebody holds it. */
export type Probe = { readonly expiresAt: number }

export type Report =
  | { readonly kind: 'success' | 'nothing' }
  | { readonly kind: 'failure'; readonly reason: string }
  | { readonly kind: 'trip'; readonly reason: string; readonly pauses: ProbePauses }

const success: Report = { kind: 'success' }
const nothing: Report = { kind: 'nothing' }

/** The one implementation: hands the first report to its breaker. */
export class Ticket implements Admission {
  readonly era: number
  readonly probe: Probe | undefined
  readonly #report: (ticket: Ticket, report: Report) => void
  #isSettled = false

  constructor(era: number, probe: Probe | undefined, report: (ticket: Ticket, report: Report) => void) {
    this.era = era
    this.probe = probe
    this.#report = report
  }

  succeed(): void {
    this.#settle(success)
  }

  fail(reason: string): void {
    this.#settle({ kind: 'failure', reason })
  }

  trip(reason: string, pauses: ProbePauses): void {
    this.#settle({ kind: 'trip', reason, pauses })
  }

  forget(): void {
    this.#settle(nothing)
  }

  #settle(report: Report) {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#report(this, report)
  }
}
