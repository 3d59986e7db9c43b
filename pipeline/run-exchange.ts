import { GatewayError, toGatewayError } from '#src/errors/gateway-error.ts'
import type { Logger } from '#src/logging/logger.ts'
import { bridgeSilence, type HeartbeatSettings } from './bridge-silence.ts'
import type { Answered, Arrived, Door, Journal, Refusal } from './exchange.ts'
import type { localOrder, order } from './order.ts'
import type { Gateway } from './plugin.ts'
import { replyHeaders } from './reply-headers.ts'
import { Scope } from './scope.ts'
import { StageFailure } from './stage.ts'
import type { ReplyContent } from './stages/optimize-stream.ts'
import { Stopwatch } from './stopwatch.ts'
import { streamReply } from './stream-reply.ts'

export type RunExchangeOptions = {
  readonly spine: ReturnType<typeof order>
  readonly localSpine: ReturnType<typeof localOrder>
  /** Registers the log row; the first duty, so that it is done last. */
  readonly log: (arrived: Arrived) => void
  readonly logger: Logger
  readonly heartbeat: HeartbeatSettings
  /** Told of every exchange when it begins, so that a stop can wait for them. */
  readonly onStart: (request: Request, scope: Scope) => void
}

export type Exchanges = Pick<Gateway, 'exchange' | 'answer'>

/** Runs requests through the pipeline and tells the one ending of each. Never throws. */
export const createExchanges = (options: RunExchangeOptions): Exchanges => {
  const begin = (request: Request, door: Door): Arrived => {
    const arrived = arrive(request, door, options.logger)
    options.log(arrived)
    request.signal.addEventListener('abort', () => arrived.scope.close({ kind: 'abandoned' }), { once: true })
    return arrived
  }
  const run = async (arrived: Arrived, work: (arrived: Arrived) => Promise<Response>): Promise<Response> => {
    const { request, requestId, scope } = arrived
    try {
      options.onStart(request, scope)
      return await work(arrived)
    } catch (failure) {
      const stage = failure instanceof StageFailure ? failure.stage : 'reply'
      const error = toGatewayError(failure instanceof StageFailure ? failure.cause : failure, requestId)
      reportFault(requestId, stage, error)
      return refuse(arrived, stage, error)
    }
  }
  const reportFault = (requestId: string, stage: string, error: GatewayError) => {
    if (error.errorCode !== 'internal') return
    options.logger.error('an exchange failed', { requestId, stage, error: error.detail })
  }
  return {
    exchange: (request, door) => {
      const begun = begin(request, door)
      const answering = run(begun, async arrived =>
        reply(await options.spine.run(arrived), (stage, error) => reportFault(arrived.requestId, stage, error)),
      )
      return bridgeSilence(begun, answering, options.heartbeat)
    },
    answer: (request, door, produce) =>
      run(begin(request, door), async arrived => {
        await options.localSpine.run(arrived)
        return replyWith(arrived, await produce())
      }),
  }
}

const arrive = (request: Request, door: Door, logger: Logger): Arrived => {
  // Version 7 grows with time: random ones would scatter the log's index and triple the cost of a row (measured).
  const requestId = Bun.randomUUIDv7()
  return {
    requestId,
    arrivedAt: Date.now(),
    request,
    door,
    scope: new Scope(error => logger.error('a duty at the end of an exchange failed', { requestId, error })),
    stopwatch: new Stopwatch(),
    journal: newJournal(door),
    notes: new Map(),
  }
}

/** The log row of an exchange of which nothing but the address is known. */
export const newJournal = ({ protocol, about }: Door): Journal => ({
  protocol,
  method: about.method,
  model: about.model,
  isRead: false,
  stream: null,
  tokenFingerprint: null,
  keyId: null,
  status: 0,
  firstByteMs: null,
  usage: null,
  attempts: [],
  refusal: null,
})

const refuse = (arrived: Arrived, stage: string, failure: GatewayError): Response => {
  const { ending } = arrived.scope
  // Ended from outside, the stages only noticed: what ended it is what the client is told.
  const error = ending?.kind === 'failed' && ending.error instanceof GatewayError ? ending.error : failure
  const { contentType, body } = arrived.door.writeError(error)
  const headers = replyHeaders(arrived, { 'content-type': contentType })
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  // The rest of the body may still trickle in, or never come: nothing else can follow on this connection.
  if (error.errorCode === 'request-timeout') headers.connection = 'close'
  arrived.journal.status = error.status
  arrived.scope.close(error.errorCode === 'client-gone' ? { kind: 'abandoned' } : { kind: 'failed', stage, error })
  return new Response(body, { status: error.status, headers })
}

const replyWith = (arrived: Arrived, body: string): Response => {
  arrived.journal.status = 200
  const headers = replyHeaders(arrived, { 'content-type': 'application/json; charset=UTF-8' })
  arrived.scope.close({ kind: 'finished' })
  return new Response(body, { headers })
}

const reply = (
  known: Answered & { readonly reply: ReplyContent },
  onFailure: (stage: string, error: GatewayError) => void,
): Response => {
  const { answer, ask, journal, scope, stopwatch, reply: content } = known
  journal.status = answer.status
  journal.firstByteMs = stopwatch.elapsed
  if (content.kind !== 'whole') {
    if (content.kind === 'pieces') answer.headers['content-type'] = 'application/json; charset=utf-8'
    if (ask.writer !== null && content.kind === 'events')
      answer.headers['content-type'] = 'text/event-stream; charset=utf-8'
    const headers = replyHeaders(known, answer.headers)
    return new Response(streamReply(known, content, onFailure), { status: answer.status, headers })
  }
  if (answer.status >= 400) return replyRefused(known, content.bytes)
  if (ask.writer !== null) answer.headers['content-type'] = 'application/json; charset=utf-8'
  const headers = replyHeaders(known, answer.headers)
  scope.close({ kind: 'finished' })
  return new Response(content.bytes, { status: answer.status, headers })
}

const asItCame: Refusal = { body: null, retryAfterSeconds: null }

/** Upstream's own refusal, in the caller's dialect. */
const replyRefused = (known: Answered, bytes: Buffer | string): Response => {
  const { answer, door, scope } = known
  const { body, retryAfterSeconds } = door.writeRefusal?.(answer.status, bytes.toString()) ?? asItCame
  if (body !== null) answer.headers['content-type'] = 'application/json; charset=utf-8'
  const headers = replyHeaders(known, answer.headers)
  if (retryAfterSeconds !== null) headers['retry-after'] = String(retryAfterSeconds)
  scope.close({ kind: 'failed', stage: 'call-upstream', error: told })
  return new Response(body ?? bytes, { status: answer.status, headers })
}

/** Upstream's own refusal, which is passed on as it came. */
const told = new GatewayError('upstream-refused', 'The Gemini API refused the request.')
