import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { AttemptOutcome } from '#src/keys/verdict.ts'
import { type AnswerReader, embeddingsReader, geminiReader } from '#src/protocols/gemini/answer-facts.ts'
import { readGoogleError } from '#src/protocols/gemini/google-error.ts'
import { completionReader } from '#src/protocols/openai/completion-facts.ts'
import { headersForClient, headersForUpstream } from '#src/upstream/forwarded-headers.ts'
import { plainResponse } from '#src/upstream/plain-response.ts'
import type { UpstreamClient, UpstreamReply } from '#src/upstream/upstream-client.ts'
import { upstreamUrl } from '#src/upstream/upstream-url.ts'
import type { Watchdog } from '#src/upstream/watchdog.ts'
import type { WayOut } from '#src/upstream/way-out.ts'
import { bytesWithoutSecret } from '#src/upstream/without-secret.ts'
import { AnswerEvents } from '../answer-events.ts'
import type { Answer, Ask, Built } from '../exchange.ts'
import { mostHeldBytes, mostTranslatedBytes, readWhole } from '../read-whole.ts'

/** The settings this stage reads, live. */
export type UpstreamLimitSettings = {
  readonly BASE_URL: string
  readonly TIME_OUT: number
  readonly CONNECT_TIMEOUT_SECONDS: number
  readonly PROGRESS_TIMEOUT_SECONDS: number
  readonly CUSTOM_HEADERS: Readonly<Record<string, string>>
}

/** One attempt as it came out. */
export type CallResult =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly outcome: AttemptOutcome }
  /** `answer` is what the client gets if nobody tries again; null when only the gateway can say something. */
  | {
      readonly kind: 'failed'
      readonly outcome: AttemptOutcome
      readonly status: number | null
      readonly answer: Answer | null
    }

export type CallUpstream = (known: Built, lease: Lease, wayOut: WayOut) => Promise<CallResult>

export type CallUpstreamOptions = {
  readonly client: UpstreamClient
  readonly watchdog: Watchdog
  readonly settings: UpstreamLimitSettings
}

/** Sends one attempt and reads as much of the answer as it takes to know whether it is one. */
export const callUpstream =
  ({ client, watchdog, settings }: CallUpstreamOptions): CallUpstream =>
  async (known, lease, wayOut) => {
    const { ask, target, body, request, scope, stopwatch } = known
    const controller = new AbortController()
    scope.defer(ending => {
      if (ending.kind !== 'finished') controller.abort()
    })
    const reply = await client.send(
      {
        url: upstreamUrl(settings.BASE_URL, ask.version, ask.toPath(target?.model ?? ''), ask.query),
        method: ask.verb,
        headers: headersForUpstream(request.headers, settings.CUSTOM_HEADERS),
        body: body.kind === 'bytes' ? body.bytes : null,
        secret: lease.secret,
        credential: ask.credential,
        controller,
      },
      {
        connectMilliseconds: settings.CONNECT_TIMEOUT_SECONDS * 1000,
        firstByteMilliseconds: settings.TIME_OUT * 1000,
      },
      wayOut,
    )
    stopwatch.connect += reply.timing.connect
    if (reply.kind !== 'response') return notAnswered(reply)
    const { release } = reply
    const response = plainResponse(reply.response)
    if (response === null || response.status < 200 || response.status > 599) return unreadable(reply.response)
    const answer = { lease, status: response.status, headers: headersForClient(response.headers, lease.secret) }
    const progressMilliseconds = settings.PROGRESS_TIMEOUT_SECONDS * 1000
    const abort = () => controller.abort()

    if (!response.ok || ask.stream === null) {
      const mostBytes = ask.writer === null || !response.ok ? mostHeldBytes : mostTranslatedBytes
      const limits = { watchdog, progressMilliseconds, abort, release, secret: lease.secret, mostBytes }
      const whole = await readWhole(response, limits)
      if (whole.kind === 'broken') return { kind: 'failed', outcome: whole.outcome, status: null, answer: null }
      if (whole.kind === 'large')
        return judgeLarge(response, { ...answer, content: { kind: 'unread', body: whole.body } })
      const bytes = bytesWithoutSecret(whole.bytes, lease.secret)
      const held: Answer = { ...answer, content: { kind: 'whole', bytes, facts: null } }
      return response.status >= 400 ? refused(response, held) : judgeWhole(held, bytes, ask)
    }
    const events = new AnswerEvents(response.body ?? emptyBody(), {
      form: ask.stream,
      reader: readers[ask.answer] ?? geminiReader,
      secret: lease.secret,
      watchdog,
      progressMilliseconds,
      abort,
      onEnd: release,
    })
    // A stream that is given up for another attempt, or for an error of ours, must not stay open.
    scope.defer(() => events.cancel())
    return await judgeStart(
      { ...answer, content: { kind: 'events', form: ask.stream, events } },
      events,
      known.door.writeRefusal !== undefined,
    )
  }

const readers: Readonly<Record<Ask['answer'], AnswerReader | null>> = {
  gemini: geminiReader,
  embeddings: embeddingsReader,
  openai: completionReader,
  unknown: null,
}

const unread: AttemptOutcome = { kind: 'answered', facts: null }

/** An error of that size is none that Google wrote; its words are not worth holding. */
const judgeLarge = (response: Response, answer: Answer): CallResult =>
  response.status >= 400 ? refused(response, answer) : toAnswered(answer, unread)

const unreadable = (response: Response): CallResult => {
  response.body?.cancel().catch(() => {
    // The connection is gone already.
  })
  return { kind: 'failed', outcome: { kind: 'cut' }, status: response.status, answer: null }
}

const toAnswered = (answer: Answer, outcome: AttemptOutcome): CallResult => ({ kind: 'answered', answer, outcome })

const notAnswered = (reply: Exclude<UpstreamReply, { kind: 'response' }>): CallResult => {
  const outcome: AttemptOutcome =
    reply.kind === 'aborted'
      ? { kind: 'client-gone' }
      : reply.kind === 'timeout'
        ? { kind: 'timeout', limit: reply.limit }
        : { kind: 'unreachable', reason: reply.reason }
  return { kind: 'failed', outcome, status: null, answer: null }
}

const refused = (response: Response, answer: Answer): CallResult => ({
  kind: 'failed',
  status: response.status,
  answer,
  outcome: {
    kind: 'refused',
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: answer.content.kind === 'whole' ? answer.content.bytes.toString('utf8') : '',
  },
})

const judgeWhole = (answer: Answer, bytes: Buffer, { answer: kind, writer }: Ask): CallResult => {
  const reader = readers[kind]
  if (reader === null) return toAnswered(answer, unread)
  try {
    // What is to be translated must be JSON, and is parsed only once.
    const value: unknown = writer === null ? undefined : JSON.parse(bytes.toString('utf8'))
    const facts = value === undefined ? reader.whole(bytes) : reader.value(value)
    if (facts.hasError)
      return refusedInside({ ...answer, content: { kind: 'whole', bytes, facts } }, bytes.toString('utf8'))
    const kept = value === undefined ? bytes : noBytes
    return toAnswered({ ...answer, content: { kind: 'whole', bytes: kept, facts, value } }, { kind: 'answered', facts })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { kind: 'failed', status: answer.status, answer: null, outcome: { kind: 'cut' } }
  }
}

/** What was parsed is not kept twice. */
const noBytes = Buffer.alloc(0)

/** An error that came with status 200. */
const refusedInside = (answer: Answer, body: string): CallResult => {
  const status = errorStatus(body)
  const outcome: AttemptOutcome = { kind: 'refused', status, contentType: 'application/json', body }
  return { kind: 'failed', status, answer: { ...answer, status }, outcome }
}

/** Holds the stream back until something worth sending has come, so that another attempt is still possible. */
const judgeStart = async (answer: Answer, events: AnswerEvents, isTranslated: boolean): Promise<CallResult> => {
  try {
    await events.hold()
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'failed', status: answer.status, answer: null, outcome: brokenStart(error, events) }
  }
  // What has only begun, with thoughts perhaps, is judged when it has ended.
  const facts = events.isComplete ? events.facts : null
  if (events.errorText === null) return toAnswered(answer, { kind: 'answered', facts })
  const outcome = {
    kind: 'refused' as const,
    status: errorStatus(events.errorText),
    contentType: 'application/json',
    body: events.errorText,
  }
  return { kind: 'failed', status: outcome.status, answer: isTranslated ? asWhole(answer, outcome) : answer, outcome }
}

/** Nothing has been sent yet: in a dialect that is written here, an error can still be an error. */
const asWhole = (answer: Answer, { status, body }: { readonly status: number; readonly body: string }): Answer => ({
  ...answer,
  status,
  content: { kind: 'whole', bytes: Buffer.from(body), facts: null },
})

const brokenStart = ({ errorCode }: GatewayError, { facts }: AnswerEvents): AttemptOutcome => {
  if (errorCode === 'upstream-empty') return { kind: 'answered', facts }
  return { kind: errorCode === 'upstream-stalled' ? 'stalled' : 'cut' }
}

/** The status an error event stands for: its own HTTP status was sent long before, and was 200. */
export const errorStatus = (errorText: string): number => {
  const code = readGoogleError(errorText)?.code ?? 500
  return code >= 400 && code <= 599 ? code : 500
}

const emptyBody = () => new Response('').body ?? new ReadableStream<Uint8Array>()
