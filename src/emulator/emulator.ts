import { answerRequest, type ReceivedRequest } from './http/answer-request.ts'
import { type Controlled, controlEmulator, controlPrefix } from './http/control-routes.ts'
import { namedKey } from './http/credentials.ts'
import type { Delays } from './http/delays.ts'
import type { EmbedUsage } from './http/embed.ts'
import { type SeenRequest as JournalEntry, RequestJournal } from './http/request-journal.ts'
import { sendReply } from './http/send-reply.ts'
import { createEmulatorClock } from './keys/emulator-clock.ts'
import type { KeyBehaviour as Behaviour } from './keys/key-behaviour.ts'
import { type EmulatorKey as Key, KeyRing, type KeyState } from './keys/key-ring.ts'
import { QuotaLedger } from './keys/quota-ledger.ts'

export type KeyBehaviour = Behaviour
export type EmulatorKey = Key
export type SeenRequest = JournalEntry

export type EmulatorOptions = {
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly hostname?: string
  readonly keys: readonly EmulatorKey[]
  /** How many seconds of quota time pass in a real second. */
  readonly clockSpeed?: number
  /** Where the clock starts, in milliseconds since 1970; now by default. */
  readonly startAt?: number
  /** Real milliseconds. */
  readonly delayMs?: Delays
  /** Whether embeddings tell their usage: `by-model`, the default, `always` or `never`. */
  readonly embedUsage?: EmbedUsage
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly http2?: boolean
}

/** A running emulator of Google's Gemini API. */
export type Emulator = {
  /** Without a slash at the end, to be used as a base address. */
  readonly url: string
  readonly keys: readonly KeyState[]
  readonly requests: readonly SeenRequest[]
  readonly clearRequests: () => void
  /** `times`: for so many requests that the behaviour touches, then valid again. */
  readonly setBehaviour: (secret: string, behaviour: KeyBehaviour, options?: { readonly times?: number }) => void
  readonly advanceClock: (milliseconds: number) => void
  readonly now: () => number
  /** Requests in flight: not yet answered to the end, and not given up by the client. */
  readonly openRequests: () => number
  /** Ends all connections at once. */
  readonly stop: () => Promise<void>
}

/** Starts the emulator; it listens when the function returns. */
export const startEmulator = (options: EmulatorOptions): Emulator => {
  const clock = createEmulatorClock(options.startAt, options.clockSpeed)
  const keys = new KeyRing(options.keys, clock)
  const quotas = new QuotaLedger(clock)
  const journal = new RequestJournal()
  const controlled: Controlled = { clock, keys, quotas, journal }
  const side = { keys, quotas, delays: options.delayMs ?? {}, embedUsage: options.embedUsage ?? 'by-model' }

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const bodyText = await request.text().catch(() => undefined)
    if (bodyText === undefined) return new Response(null, { status: 499 })
    if (url.pathname.startsWith(controlPrefix))
      return controlEmulator(controlled, request.method, url.pathname, bodyText)
    const received: ReceivedRequest = { method: request.method, url, headers: request.headers, bodyText }
    const open = journal.begin(describe(received, clock.now()))
    return sendReply(answerRequest(side, received), request, open)
  }

  const server = Bun.serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? '127.0.0.1',
    idleTimeout: 0,
    maxRequestBodySize: 2 * 1024 ** 3,
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.http2 === true && { http2: true }),
    fetch: answer,
  })

  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${options.hostname ?? '127.0.0.1'}:${server.port}`,
    get keys() {
      return keys.keys
    },
    get requests() {
      return journal.requests
    },
    clearRequests: () => journal.clear(),
    setBehaviour: (secret, behaviour, { times } = {}) => keys.setBehaviour(secret, behaviour, times ?? null),
    advanceClock: clock.advance,
    now: clock.now,
    openRequests: () => journal.openRequests,
    stop: () => server.stop(true),
  }
}

const describe = ({ method, url, headers, bodyText }: ReceivedRequest, at: number) => ({
  at,
  method,
  path: url.pathname,
  query: url.search,
  headers: Object.fromEntries(headers),
  key: namedKey(headers, url),
  bodyText,
})
