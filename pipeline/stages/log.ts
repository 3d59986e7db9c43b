import { GatewayError } from '#src/errors/gateway-error.ts'
import { saveChoice } from '#src/keys/choice.ts'
import type { RequestRecord } from '#src/storage/records.ts'
import type { Arrived } from '../exchange.ts'
import type { Ending } from '../scope.ts'

export type RequestSink = { readonly recordRequest: (record: RequestRecord) => void }

/**
 * Writes the one row of an exchange when it ends. Last in the drawing and first deferred: it sees every ending, with
 * everything that is known by then, and after the key was settled.
 */
export const logExchange =
  (sink: RequestSink) =>
  (arrived: Arrived): void =>
    arrived.scope.defer(ending => sink.recordRequest(toRecord(arrived, ending)))

const toRecord = ({ requestId, arrivedAt, journal, stopwatch }: Arrived, ending: Ending): RequestRecord => ({
  requestId,
  startedAt: arrivedAt,
  protocol: journal.protocol,
  method: journal.method,
  model: journal.model,
  stream: journal.stream !== null,
  token: journal.tokenFingerprint,
  keyId: journal.keyId,
  outcome: ending.kind,
  statusCode: statusOf(ending, journal.status),
  errorCode: errorCodeOf(ending),
  failedStage: ending.kind === 'failed' ? ending.stage : null,
  attempts: journal.attempts.length,
  latencyMs: Math.round(stopwatch.elapsed),
  firstByteMs: journal.firstByteMs === null ? null : Math.round(journal.firstByteMs),
  promptTokens: journal.usage?.promptTokens ?? null,
  outputTokens: journal.usage?.outputTokens ?? null,
  thoughtTokens: journal.usage?.thoughtTokens ?? null,
  cachedTokens: journal.usage?.cachedTokens ?? null,
  trace: traceOf(journal),
})

/**
 * What the answer meant: the client was told so too, unless a sign of life had gone out before, with a 200. Who ends an
 * exchange from outside, before an answer, has its error told.
 */
const statusOf = (ending: Ending, told: number): number => {
  if (ending.kind === 'abandoned') return 499
  return told === 0 && ending.kind === 'failed' && ending.error instanceof GatewayError ? ending.error.status : told
}

const errorCodeOf = (ending: Ending): string | null => {
  if (ending.kind === 'finished') return null
  if (ending.kind === 'abandoned') return 'client-gone'
  return ending.error instanceof GatewayError ? ending.error.errorCode : 'internal'
}

/**
 * One attempt after the other: key, verdict, upstream status, milliseconds, why this key (`SavedChoice`), way out. A last
 * one without a key tells how the pool stood when it had none.
 */
const traceOf = ({ attempts, refusal }: Arrived['journal']): string | null => {
  if (attempts.length === 0 && refusal === null) return null
  const entries: unknown[] = attempts.map(({ fingerprint, verdict, status, milliseconds, choice, egress }) => [
    fingerprint,
    verdict,
    status,
    Math.round(milliseconds),
    choice && saveChoice(choice),
    egress,
  ])
  if (refusal !== null) entries.push([null, 'no-key-ready', null, 0, saveChoice(refusal), null])
  return JSON.stringify(entries)
}
