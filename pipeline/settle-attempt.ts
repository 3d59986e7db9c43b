import { GatewayError } from '#src/errors/gateway-error.ts'
import { judge } from '#src/keys/judge.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import { addUsage } from '#src/protocols/gemini/add-usage.ts'
import type { Answer, AttemptNote, Built } from './exchange.ts'
import type { Way } from './find-way.ts'
import type { Ending } from './scope.ts'
import { errorStatus } from './stages/call-upstream.ts'

/** Whatever ends the exchange before anybody else has settled the lease. */
export const settleEarly = (known: Built, lease: Lease, note: AttemptNote) =>
  known.scope.defer(ending => lease.settle(finish(note, verdictAtEnd(ending))))

/** @param reached whether the request arrived at Google at all */
export const settleNow = (lease: Lease, note: AttemptNote, verdict: Verdict, reached: boolean) =>
  lease.settle(finish(note, verdict), { inputTokens: 0, reached })

/** From here on the answer is the client's; what it was worth is known when it has ended. */
export const settleAtEnd = (known: Built, answer: Answer, note: AttemptNote) => {
  known.scope.defer(ending => {
    const { lease, content } = answer
    known.journal.usage = addUsage(known.journal.usage, factsOf(answer)?.usage ?? null)
    const isUpstreams = ending.kind === 'finished' || (content.kind === 'events' && content.events.errorText !== null)
    const verdict = isUpstreams || isEmpty(ending) ? judge(outcomeOf(answer)) : verdictAtEnd(ending)
    lease.settle(finish(note, verdict), { inputTokens: inputTokensOf(answer), reached: true })
  })
}

const inputTokensOf = (answer: Answer): number => factsOf(answer)?.usage?.promptTokens ?? 0

const factsOf = ({ content }: Answer) =>
  content.kind === 'events' ? content.events.facts : content.kind === 'whole' ? content.facts : null

/** An answer that was whole, and worth nothing to the caller. */
const isEmpty = (ending: Ending) =>
  ending.kind === 'failed' && ending.error instanceof GatewayError && ending.error.errorCode === 'upstream-empty'

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

export const noteAttempt = ({ journal }: Built, lease: Lease, { wayOut }: Way): AttemptNote => {
  const note: AttemptNote = {
    keyId: lease.keyId,
    fingerprint: lease.fingerprint,
    choice: lease.choice,
    egress: wayOut.name,
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
