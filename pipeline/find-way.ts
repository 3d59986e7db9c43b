import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import type { Admission } from '#src/upstream/admission.ts'
import type { EgressPass } from '#src/upstream/egress.ts'
import type { EgressChoice } from '#src/upstream/egress-pool.ts'
import type { ModelBreakers } from '#src/upstream/model-breakers.ts'
import type { WayOut } from '#src/upstream/way-out.ts'
import { egressOutcome, modelReport } from './blame.ts'
import type { Built } from './exchange.ts'

export type FindWayOptions = {
  readonly egresses: { readonly choose: (keyId: string, avoid: readonly WayOut[]) => EgressChoice }
  readonly models: ModelBreakers
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

/** Leave to send one attempt: to a model that is not failing, through a way that is open. */
export type Way = {
  readonly kind: 'way'
  readonly wayOut: WayOut
  /** To be called once, with what came of it. */
  readonly settle: (outcome: AttemptOutcome, verdict: Verdict) => void
}

/** No way is open for this key now; another key may have one. */
export type NoWay = { readonly kind: 'no-way'; readonly error: GatewayError }

/**
 * Asks the model's breaker, then the egresses. A short wait is waited here.
 * @throws GatewayError `upstream-failing` when the model is failing for everybody
 */
export const findWay = (
  options: FindWayOptions,
  known: Built,
  lease: Lease,
  avoid: readonly WayOut[],
): Way | NoWay | Promise<Way | NoWay> => {
  const model = known.target?.model ?? ''
  const admittance = options.models.admit(model)
  if (admittance?.kind === 'refuse') throw failing(model, admittance.retryAfterMilliseconds)
  const choice = options.egresses.choose(lease.keyId, avoid)
  if (choice.kind === 'refuse') {
    admittance?.admission.forget()
    return { kind: 'no-way', error: closed(choice, options.now()) }
  }
  const way = toWay(options.models, model, lease, admittance?.admission ?? null, choice.pass)
  // However the exchange ends: a probe that never reports would keep its place.
  known.scope.defer(() => way.settle({ kind: 'client-gone' }, nobody))
  const wait = Math.max(
    admittance?.kind === 'wait' ? admittance.milliseconds : 0,
    choice.kind === 'wait' ? choice.milliseconds : 0,
  )
  return wait === 0 ? way : afterWaiting(options, known, wait, way)
}

const nobody: Verdict = { name: 'client-gone', blames: 'nobody', retry: 'never', effect: { kind: 'none' } }

const toWay = (
  models: ModelBreakers,
  model: string,
  lease: Lease,
  admission: Admission | null,
  pass: EgressPass,
): Way => {
  let isSettled = false
  return {
    kind: 'way',
    wayOut: pass.egress,
    settle: (outcome, verdict) => {
      if (isSettled) return
      isSettled = true
      pass.settle(egressOutcome(outcome, verdict, lease.keyId))
      const report = modelReport(outcome, verdict)
      if (admission === null) {
        if (report.kind === 'fails') models.noteFailure(model, report.reason)
      } else if (report.kind === 'fails') admission.fail(report.reason)
      else if (report.kind === 'well') admission.succeed()
      else admission.forget()
    },
  }
}

const afterWaiting = async ({ pause }: FindWayOptions, known: Built, milliseconds: number, way: Way): Promise<Way> => {
  const startedAt = performance.now()
  const controller = new AbortController()
  known.scope.defer(() => controller.abort())
  await pause(milliseconds, controller.signal)
  known.stopwatch.upstream += performance.now() - startedAt
  if (known.scope.ending !== undefined) throw new GatewayError('client-gone', 'The client went away.')
  return way
}

const failing = (model: string, retryAfterMilliseconds: number) =>
  new GatewayError('upstream-failing', `The model ${model} is failing at Google right now. Try again in a moment.`, {
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMilliseconds / 1000)),
  })

const closed = ({ cause, retryAt, reason }: Extract<EgressChoice, { kind: 'refuse' }>, now: number) =>
  new GatewayError(cause === 'throttled' ? 'upstream-crowded' : 'upstream-unreachable', reason, {
    retryAfterSeconds: Math.max(1, Math.ceil((retryAt - now) / 1000)),
  })
