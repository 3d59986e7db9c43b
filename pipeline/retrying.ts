import { GatewayError } from '#src/errors/gateway-error.ts'
import { judge } from '#src/keys/judge.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import { skipSignatures } from '#src/protocols/gemini/skip-signatures.ts'
import type { WayOut } from '#src/upstream/way-out.ts'
import { hasReached } from './blame.ts'
import { dropAnswer } from './drop-answer.ts'
import type { Answer, Built } from './exchange.ts'
import { type FailedAttempt, fallBack, isAboutOurKeys } from './fall-back.ts'
import { type FindWayOptions, findWay, type Way } from './find-way.ts'
import { noteAttempt, settleAtEnd, settleEarly, settleNow } from './settle-attempt.ts'
import { type Stage, StageFailure } from './stage.ts'
import { type AcquireKey, unused } from './stages/acquire-key.ts'
import type { CallUpstream } from './stages/call-upstream.ts'

export type RetryingOptions = FindWayOptions & {
  readonly acquireKey: AcquireKey
  readonly callUpstream: CallUpstream
  /** Attempts in all; 1 is no retry. */
  readonly mostAttempts: () => number
  /** How long it takes until a key is ready for this; 0 if one is. */
  readonly secondsUntilReady: (known: Built) => number
  /** Told of every attempt that failed. */
  readonly onFailedAttempt: (known: Built, lease: Lease, verdict: Verdict, outcome: AttemptOutcome) => void
}

/** What was tried in this exchange, and what came of it. */
type Tries = {
  readonly owners: Set<string>
  /** Ways that failed; another one is taken if there is one. */
  readonly ways: WayOut[]
  readonly counts: Map<string, number>
  last: FailedAttempt | undefined
}

/** Keys whose proxies are all closed are passed over, but not without end. */
const mostWithoutWay = 16

/**
 * Takes a key and calls, again while the verdict says that another attempt can help. Ends when there is an answer worth
 * sending: from the first byte to the client on nothing is tried again.
 */
export const retrying = (options: RetryingOptions): Stage<Built, { readonly answer: Answer }> => ({
  name: 'call-upstream',
  run: async known => {
    const tries: Tries = { owners: new Set(), ways: [], counts: new Map(), last: undefined }
    let sent = known
    for (let attempt = 1; ; attempt++) {
      const ready = await getReady(options, sent, tries)
      if (ready === null) return { answer: fallBack(tries.last, () => options.secondsUntilReady(known)) }
      const given = tries.last?.result.answer ?? null
      if (given !== null) dropAnswer(given)
      const { lease, way } = ready
      const note = noteAttempt(known, lease, way)
      settleEarly(known, lease, note)
      const startedAt = performance.now()
      const connected = known.stopwatch.connect
      const result = await options.callUpstream(sent, lease, way.wayOut)
      note.milliseconds = performance.now() - startedAt
      known.stopwatch.upstream += note.milliseconds - (known.stopwatch.connect - connected)
      if (known.scope.ending !== undefined) throw gone()
      const verdict = judge(result.outcome)
      way.settle(result.outcome, verdict)
      note.status = result.kind === 'answered' ? result.answer.status : result.status
      if (result.kind === 'answered' && verdict.retry === 'never') {
        settleAtEnd(known, result.answer, note)
        return { answer: result.answer }
      }
      const failures = (tries.counts.get(verdict.name) ?? 0) + 1
      tries.counts.set(verdict.name, failures)
      const changed = verdict.retry === 'without-signatures' ? withoutSignatures(sent) : sent
      const mayRetry =
        changed !== null &&
        isHelped(verdict) &&
        attempt < options.mostAttempts() &&
        failures <= (verdict.mostRetries ?? options.mostAttempts())
      options.onFailedAttempt(known, lease, verdict, result.outcome)
      if (!mayRetry && result.kind === 'answered') {
        settleAtEnd(known, result.answer, note)
        return { answer: result.answer }
      }
      const reached = hasReached(result.outcome)
      settleNow(lease, note, verdict, reached)
      tries.last = { result, verdict }
      if (!mayRetry) return { answer: fallBack(tries.last, () => options.secondsUntilReady(known)) }
      sent = changed
      await prepareNext(options, known, tries, { lease, way, verdict, failures, reached })
    }
  },
})

const gone = () => new GatewayError('client-gone', 'The client went away.')

/** Verdicts that another attempt of this stage can help. Who owns a resource, other stages know. */
const isHelped = ({ retry }: Verdict) => retry !== 'never' && retry !== 'owner-of-resource'

type Ready = { readonly lease: Lease; readonly way: Way }

/** A key and a way out for it; null when there is none and what the last attempt said is the better answer. */
const getReady = async (options: RetryingOptions, known: Built, tries: Tries): Promise<Ready | null> => {
  const { last } = tries
  let closed: GatewayError | undefined
  try {
    for (let passed = 0; passed < mostWithoutWay; passed++) {
      // Who has keys but no way out for them does not get one by waiting for another key.
      const taken = options.acquireKey(known, tries.owners, closed === undefined)
      const lease = taken instanceof Promise ? await taken : taken
      const way = await wayFor(options, known, lease, tries.ways)
      if (way.kind === 'no-way') {
        closed = way.error
        lease.settle(unused, { inputTokens: 0, reached: false })
        tries.owners.add(lease.key.owner.name)
        continue
      }
      if (last?.verdict.retry !== 'other-egress' || !tries.ways.includes(way.wayOut)) return { lease, way }
      // There is no other way than the one that failed.
      way.settle({ kind: 'client-gone' }, unused)
      lease.settle(unused, { inputTokens: 0, reached: false })
      return null
    }
    throw closed
  } catch (error) {
    // Nobody else is left to ask: what the last one said is the better answer, unless it was about our keys.
    const isGone = error instanceof GatewayError && error.errorCode === 'client-gone'
    if (error instanceof GatewayError && !isGone && last !== undefined && !isAboutOurKeys(last.verdict)) {
      known.journal.refusal = null
      return null
    }
    throw new StageFailure('acquire-key', closed !== undefined && !isGone ? closed : error)
  }
}

/** A key for which no way is found is given back, whatever the reason. */
const wayFor = async (options: RetryingOptions, known: Built, lease: Lease, avoid: readonly WayOut[]) => {
  try {
    const found = findWay(options, known, lease, avoid)
    return found instanceof Promise ? await found : found
  } catch (error) {
    lease.settle(unused, { inputTokens: 0, reached: false })
    throw error
  }
}

type Failed = {
  readonly lease: Lease
  readonly way: Way
  readonly verdict: Verdict
  readonly failures: number
  readonly reached: boolean
}

/** Remembers whom and what not to try again, and waits where waiting helps. */
const prepareNext = async (options: RetryingOptions, known: Built, tries: Tries, failed: Failed) => {
  const { lease, way, verdict, failures, reached } = failed
  const { retry } = verdict
  if (isStillOffered(lease, verdict)) tries.owners.add(lease.key.owner.name)
  // What came back from Google says nothing against the way.
  if (retry === 'other-egress' || verdict.blames === 'egress' || !reached) tries.ways.push(way.wayOut)
  if (retry === 'any-key') await wait(options, known, failures)
}

/**
 * Whether the pool would hand out again what has just failed. What it took out itself is not remembered here: a request
 * that waits for it must get it when it is back.
 */
const isStillOffered = ({ key, bucket: leased, isCounted }: Lease, { retry, bucket: told }: Verdict): boolean => {
  const bucket = (isCounted ? told : undefined) ?? leased
  const isOwnerOut = key.owner.suspended !== null || key.owner.cooling.has(bucket)
  if (retry === 'other-owner') return !isOwnerOut
  return retry === 'other-key' && !isOwnerOut && key.death === null && !key.cooling.has(bucket)
}

/** The same request with every thought signature replaced; null when there is none. */
const withoutSignatures = (known: Built): Built | null => {
  const bytes = known.body.kind === 'bytes' ? skipSignatures(known.body.bytes) : null
  return bytes === null ? null : { ...known, body: { kind: 'bytes', bytes } }
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
