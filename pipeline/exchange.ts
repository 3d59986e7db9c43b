import type { GatewayError } from '#src/errors/gateway-error.ts'
import type { Choice } from '#src/keys/choice.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { Wish } from '#src/keys/wish.ts'
import type { AnswerFacts, Usage } from '#src/protocols/gemini/answer-facts.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { Caller } from '#src/security/token-book.ts'
import type { HeaderRecord } from '#src/upstream/forwarded-headers.ts'
import type { EventSource } from './event-source.ts'
import type { Scope } from './scope.ts'
import type { Stopwatch } from './stopwatch.ts'

/**
 * The whole vocabulary of the pipeline: what is known of one request, type by type, in the order it becomes known.
 * A stage adds facts; nothing is overwritten.
 */

/** A protocol's way in and out. */
export type Door = {
  readonly protocol: string
  /** What the address alone tells, for the log row of a request that is refused before it is read. */
  readonly about: { readonly method: string; readonly model: string }
  /** Reads what is asked for. Runs after authentication; a refusal is a thrown GatewayError. */
  readonly read: (arrived: Authenticated) => Reading | Promise<Reading>
  /** An error in the caller's dialect. */
  readonly writeError: (error: GatewayError) => { readonly contentType: string; readonly body: string }
  /** The same in mid-stream, when the status is already sent. */
  readonly writeErrorFrame: (form: StreamForm, error: GatewayError, isFirst: boolean) => string
  /** Bridges silence in a stream of events: something that every client of the dialect passes over. */
  readonly keepAlive: string
  /** Google's own refusal in the caller's dialect; absent where it goes on as it came. */
  readonly writeRefusal?: (status: number, body: string) => Refusal
}

/** What a door has read. A body in another dialect is translated when it is known which model it is for. */
export type Reading = Omit<Ask, 'body' | 'writer'> & {
  readonly body: RequestBody | ForeignBody
  /** How the answer is written; null: as it comes, or as the translation of the body says. */
  readonly writer: AnswerWriter | null
  /** The name goes up inside a body that nobody changes: nothing may be peeled off it. */
  readonly isLiteral?: boolean
}

export type ForeignBody = { readonly kind: 'foreign'; readonly translate: (target: Target) => Promise<Translated> }

/** A request of another dialect in the inner language (Gemini's), and the way back. */
export type Translated = {
  readonly body: RequestBody
  readonly writer: AnswerWriter
  readonly fanOut: FanOut | null
}

/** One request that takes several calls upstream. */
export type FanOut =
  /** The same call several times; the answers become candidates of one. */
  | { readonly kind: 'copies'; readonly count: number }
  /** One call per body; the answers become one list. */
  | { readonly kind: 'pieces'; readonly bodies: readonly Buffer[] }

/** Writes Gemini's answers in the caller's dialect. */
export type AnswerWriter = {
  /**
   * @param answer parsed; a list where there were several calls
   * @returns in pieces where it is long: writing all of it at once would keep everybody waiting
   * @throws GatewayError when it is worth nothing; not while the pieces are written
   */
  readonly whole: (answer: unknown) => string | Iterable<string>
  /** A new one per stream. `end` says what is left to say at a complete end. Both may throw a GatewayError. */
  readonly stream: () => EventWriter
}

export type EventWriter = { readonly write: (event: GeminiAnswer) => string; readonly end: () => string }

/** `body` is JSON; null: as it came. */
export type Refusal = { readonly body: string | null; readonly retryAfterSeconds: number | null }

/** A GenerateContentResponse as it came: anything may be in it. */
export type GeminiAnswer = Readonly<Record<string, unknown>>

/** What the client wants, in the inner language (Gemini's). */
export type Ask = {
  /** Upstream method: `generateContent`, …; for anything else the HTTP verb and first path segment, `GET files`. */
  readonly method: string
  /** As the client wrote it, without `models/`; null where the call names no model. */
  readonly model: string | null
  readonly version: string
  /** Path behind the version, with the model's place open: `toPath(model)`. */
  readonly toPath: (model: string) => string
  readonly query: string
  readonly verb: string
  readonly body: RequestBody
  /** The form of a streamed answer; null for a whole one. */
  readonly stream: StreamForm | null
  /**
   * What the answer is looked at for (emptiness, blocks, usage): a GenerateContentResponse, embeddings, a chat completion
   * of Google's own OpenAI layer, or nothing the gateway knows.
   */
  readonly answer: 'gemini' | 'embeddings' | 'openai' | 'unknown'
  /** The header the key goes up in; Google's OpenAI layer takes it as a bearer only. */
  readonly credential: 'x-goog-api-key' | 'bearer'
  readonly writer: AnswerWriter | null
  readonly fanOut: FanOut | null
}

export type RequestBody =
  | { readonly kind: 'none' }
  /** Passed on unread. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'payload'; readonly payload: GeminiPayload }

export type Arrived = {
  readonly requestId: string
  /** Milliseconds since 1970 UTC. */
  readonly arrivedAt: number
  readonly request: Request
  readonly door: Door
  readonly scope: Scope
  readonly stopwatch: Stopwatch
  readonly journal: Journal
  /** Headers of the answer that stages add to. */
  readonly notes: Map<string, string>
}

export type Authenticated = Arrived & { readonly caller: Caller }

/** The model the client means: `asked` is what it wrote, `model` what goes up. */
export type Target = {
  readonly asked: string
  readonly model: string
  /** Suffixes peeled off, in the order they stood. */
  readonly suffixes: readonly string[]
}

export type Resolved = Authenticated & { readonly ask: Ask; readonly target: Target | null }

export type Mode = { readonly kind: 'text' } | { readonly kind: 'speech' }

export type ModeDetected = Resolved & { readonly mode: Mode }

export type Built = ModeDetected & { readonly body: RequestBody }

export type Answered = Built & { readonly answer: Answer }

/** One upstream answer, good enough to be passed on. */
export type Answer = {
  readonly lease: Lease
  readonly status: number
  readonly headers: HeaderRecord
  readonly content:
    | WholeContent
    | { readonly kind: 'events'; readonly form: StreamForm; readonly events: AnswerStream }
    /** Passed through unread: too big to hold, or nothing the gateway knows. */
    | { readonly kind: 'unread'; readonly body: ReadableStream<Uint8Array> | null }
}

export type WholeContent = {
  readonly kind: 'whole'
  /** Empty where `value` is all that is needed. */
  readonly bytes: Buffer
  readonly facts: AnswerFacts | null
  /** The parsed answer, where it has to be translated. */
  readonly value?: unknown
}

/** The events of a streamed answer, as bytes, and what has been seen in them so far. */
export type AnswerStream = EventSource & {
  readonly facts: AnswerFacts
  /** An error event that upstream sent in mid-stream, as JSON text. */
  readonly errorText: string | null
}

export type KeyWish = Wish

/** What the log row needs and no later stage does; written as it becomes known. */
export type Journal = {
  protocol: string
  method: string
  model: string
  /** Whether the request has been read, and is one that can be asked of Google. */
  isRead: boolean
  stream: StreamForm | null
  tokenFingerprint: string | null
  keyId: string | null
  status: number
  firstByteMs: number | null
  usage: Usage | null
  readonly attempts: AttemptNote[]
  /** How the pool stood when it had no key; null while it had one. */
  refusal: Choice | null
}

export type AttemptNote = {
  readonly keyId: string
  readonly fingerprint: string
  /** Why this key. */
  readonly choice: Choice | null
  /** `direct`, or the proxy's name. */
  readonly egress: string
  verdict: string
  status: number | null
  milliseconds: number
}
