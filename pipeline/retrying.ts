import { GatewayError } from '#src/errors/gateway-error.ts'
import { judge } from '#src/keys/judge.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import type { Answer, AttemptNote, Built } from './exchange.ts'
import type { Ending } from './scope.ts'
import { type Stage, StageFailure } from './stage.ts'
import type { AcquireKey } from './stages/acquire-key.ts'
import { type CallResult, type CallUpstream, errorStatus } from './stages/call-upstream.ts'

export type RetryingOptions = {
  readonly acquireKey: AcquireKey
  readonly callUpstream: CallUpstream
  /** Attempts in all; 1 is no retry. */
  readonly mostAttempts: () => number
  /** Told of every attempt that failed. */
  readonly onFailedAttempt: (known: Built, lease: Lease, verdict: Verdict, outcome: AttemptOutcome) => void
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Takes a key and calls, again while the verdict says that another attempt can help. Ends when there is an answer worth
 * sending: from the first byte to the client on nothing is tried again.
 */
export const retrying = (options: RetryingOptions): Stage<Built, { readonly answer: Answer }> => ({
  name: 'call-upstream',
  run: async known => {
    const tried = new Set<string>()
    const counts = new Map<string, number>()
    let last: { readonly result: CallResult; readonly verdict: Verdict } | undefined
    for (let attempt = 1; ; attempt++) {
      const lease = take(options, known, tried, last)
      if (lease === null) return { answer: fallBack(last) }
      if (last !== undefined) drop(last.result)
      const note = noteAttempt(known, lease)
      known.scope.defer(ending => lease.settle(finish(note, verdictAtEnd(ending))))
      const startedAt = performance.now()
      const connected = known.stopwatch.connect
      const result = await options.callUpstream(known, lease)
      note.milliseconds = performance.now() - startedAt
      known.stopwatch.upstream += note.milliseconds - (known.stopwatch.connect - connected)
      if (known.scope.ending !== undefined) throw gone()
      const verdict = judge(result.outcome)
      note.status = result.kind === 'answered' ? result.answer.status : result.status
      if (result.kind === 'answered' && verdict.retry === 'never') {
        settleAtEnd(known, result.answer, note)
        return { answer: result.answer }
      }
      const failures = (counts.get(verdict.name) ?? 0) + 1
      counts.set(verdict.name, failures)
      const mayRetry =
        isHelped(verdict) &&
        attempt < options.mostAttempts() &&
        failures <= (verdict.mostRetries ?? options.mostAttempts())
      options.onFailedAttempt(known, lease, verdict, result.outcome)
      if (!mayRetry && result.kind === 'answered') {
        settleAtEnd(known, result.answer, note)
        return { answer: result.answer }
      }
      lease.settle(finish(note, verdict))
      last = { result, verdict }
      if (!mayRetry) return { answer: fallBack(last) }
      if (verdict.retry === 'other-owner' || verdict.retry === 'other-key') tried.add(lease.key.owner.name)
      else await wait(options, known, failures)
    }
  },
})

const gone = () => new GatewayError('client-gone', 'The client went away.')

/** Verdicts that another attempt of this stage can help. The rest need what other stages know (an owner, an egress). */
const isHelped = ({ retry }: Verdict) =>
  retry === 'other-owner' || retry === 'other-key' || retry === 'any-key' || retry === 'other-egress'

const take = (
  { acquireKey }: RetryingOptions,
  known: Built,
  tried: ReadonlySet<string>,
  last: { readonly result: CallResult; readonly verdict: Verdict } | undefined,
): Lease | null => {
  try {
    return acquireKey(known, tried)
  } catch (error) {
    // Nobody else is left to ask: what the last one said is the better answer, unless it was about our keys.
    if (error instanceof GatewayError && last !== undefined && !isAboutOurKeys(last.verdict)) return null
    throw new StageFailure('acquire-key', error)
  }
}

const isAboutOurKeys = ({ effect }: Verdict) =>
  effect.kind === 'kill' || effect.kind === 'cool-owner' || (effect.kind === 'cool' && effect.scope === 'owner')

/** What the client gets when no attempt came out well. */
const fallBack = (last: { readonly result: CallResult; readonly verdict: Verdict } | undefined): Answer => {
  if (last === undefined) throw new GatewayError('internal', 'No attempt was made.')
  const { result, verdict } = last
  if (result.answer !== null && !isAboutOurKeys(verdict) && verdict.name !== 'front-end-error') return result.answer
  throw errorOf(result.outcome, verdict)
}

const errorOf = (outcome: AttemptOutcome, verdict: Verdict): GatewayError => {
  switch (outcome.kind) {
    case 'unreachable':
      return new GatewayError('upstream-unreachable', 'The Gemini API could not be reached.', {
        detail: outcome.reason,
      })
    case 'timeout':
      return new GatewayError('upstream-timeout', `The Gemini API did not answer in time (limit: ${outcome.limit}).`)
    case 'stalled':
      return new GatewayError('upstream-stalled', 'The model stopped sending and was given up on.')
    case 'cut':
      return new GatewayError('upstream-cut', 'The connection to the model was lost in the middle of the answer.')
    case 'refused':
      if (verdict.name === 'front-end-error') {
        // A page of HTML says nothing to a program.
        return new GatewayError(
          'upstream-unreachable',
          `The Gemini API cannot be reached: ${outcome.status} in between.`,
        )
      }
      return verdict.effect.kind === 'cool'
        ? new GatewayError('keys-cooling', 'Every key that was tried is out of quota for now.', {
            retryAfterSeconds: 1,
          })
        : new GatewayError(
            'upstream-refused',
            'Google refused every key that was tried. Ask the administrator of this gateway.',
          )
    default:
      return new GatewayError('upstream-empty', 'The model gave no answer.')
  }
}

/** From here on the answer is the client's; what it was worth is known when it has ended. */
const settleAtEnd = (known: Built, answer: Answer, note: AttemptNote) => {
  known.scope.defer(ending => {
    const { lease, content } = answer
    if (content.kind === 'events') known.journal.usage = content.events.facts.usage
    const isUpstreams = ending.kind === 'finished' || (content.kind === 'events' && content.events.errorText !== null)
    lease.settle(finish(note, isUpstreams ? judge(outcomeOf(answer)) : verdictAtEnd(ending)))
  })
}

const outcomeOf = ({ content }: Answer): AttemptOutcome => {
  if (content.kind === 'unread') return { kind: 'answered', facts: null }
  if (content.kind === 'whole') return { kind: 'answered', facts: content.facts }
  const { errorText, facts } = content.events
  return errorText === null
    ? { kind: 'answered', facts }
    : { kind: 'refused', status: errorStatus(errorText), contentType: 'application/json', body: errorText }
}

const verdictAtEnd = (ending: Ending): Verdict => {
  if (ending.kind === 'abandoned') return judge({ kind: 'client-gone' })
  const code = ending.kind === 'failed' && ending.error instanceof GatewayError ? ending.error.errorCode : null
  if (code === 'upstream-cut') return judge({ kind: 'cut' })
  if (code === 'upstream-stalled') return judge({ kind: 'stalled' })
  return judge({ kind: 'gateway-failed' })
}

const noteAttempt = ({ journal }: Built, lease: Lease): AttemptNote => {
  const note: AttemptNote = {
    keyId: lease.keyId,
    fingerprint: lease.fingerprint,
    verdict: '',
    status: null,
    milliseconds: 0,
  }
  journal.attempts.push(note)
  journal.keyId = lease.keyId
  return note
}

/** The first verdict on an attempt stands, as with the lease. */
const finish = (note: AttemptNote, verdict: Verdict): Verdict => {
  if (note.verdict === '') note.verdict = verdict.name
  return verdict
}

/** A stream that is given up for another attempt must not stay open. */
const drop = ({ answer }: CallResult) => {
  if (answer?.content.kind === 'events') answer.content.events.cancel()
}

const wait = async ({ pause }: RetryingOptions, known: Built, failures: number) => {
  const startedAt = performance.now()
  const milliseconds = Math.min(4000, 250 * 2 ** (failures - 1)) * (0.5 + Math.random())
  const controller = new AbortController()
  known.scope.defer(() => controller.abort())
  await pause(milliseconds, controller.signal)
  known.stopwatch.upstream += performance.now() - startedAt
  if (known.scope.ending !== undefined) throw gone()
}
