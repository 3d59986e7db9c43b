import type { Secret } from '../security/secret.ts'
import { ConnectionGauge } from './connection-gauge.ts'
import type { Watchdog } from './watchdog.ts'

export type UpstreamRequest = {
  readonly url: string
  readonly method: string
  /** Without the key. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  readonly secret: Secret
  /** Ends the request, its answer included, at once. */
  readonly controller: AbortController
}

export type UpstreamLimits = {
  readonly connectMilliseconds: number
  readonly firstByteMilliseconds: number
}

/** Milliseconds. `connect` is 0 where an open connection was reused or could not be told apart. */
export type UpstreamTiming = { readonly connect: number; readonly firstByte: number }

export type UpstreamReply =
  | {
      readonly kind: 'response'
      readonly response: Response
      readonly timing: UpstreamTiming
      /** To be called when the answer has been read to its end and the connection is free again. */
      readonly release: () => void
    }
  | { readonly kind: 'timeout'; readonly limit: 'connect' | 'first-byte'; readonly timing: UpstreamTiming }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly timing: UpstreamTiming }
  | { readonly kind: 'aborted'; readonly timing: UpstreamTiming }

/** A kept-alive connection that the server closed just now; nothing was answered, so the request may go again. */
const staleConnection = new Set(['ECONNRESET', 'ConnectionClosed'])

/** Sends requests upstream over Bun's `fetch`, with limits, and tells what became of them. Never throws for the network. */
export class UpstreamClient {
  readonly #watchdog: Watchdog
  readonly #gauges = new Map<string, ConnectionGauge>()
  readonly #withoutHttp2 = new Set<string>()

  constructor(watchdog: Watchdog) {
    this.#watchdog = watchdog
  }

  async send(request: UpstreamRequest, limits: UpstreamLimits): Promise<UpstreamReply> {
    const origin = originOf(request.url)
    const gauge = this.#gauge(origin)
    const startedAt = performance.now()
    const isWarm = request.body === null || gauge.takeWarm(startedAt)
    let expired: 'connect' | 'first-byte' | undefined
    let connect = 0
    const expire = () => {
      expired = isWarm || connect > 0 ? 'first-byte' : 'connect'
      request.controller.abort()
    }
    const watch = this.#watchdog.watch(isWarm ? limits.firstByteMilliseconds : limits.connectMilliseconds, expire)
    const onConnect = () => {
      connect = performance.now() - startedAt
      watch.extend(limits.firstByteMilliseconds)
    }
    const timing = (): UpstreamTiming => ({ connect, firstByte: performance.now() - startedAt - connect })
    try {
      const response = await this.#fetch(request, origin, isWarm, onConnect)
      return { kind: 'response', response, timing: timing(), release: () => gauge.release(performance.now()) }
    } catch (error) {
      if (expired !== undefined) return { kind: 'timeout', limit: expired, timing: timing() }
      if (request.controller.signal.aborted) return { kind: 'aborted', timing: timing() }
      return { kind: 'unreachable', reason: reasonOf(error), timing: timing() }
    } finally {
      watch.stop()
    }
  }

  async #fetch(request: UpstreamRequest, origin: string, isWarm: boolean, onConnect: () => void): Promise<Response> {
    const isHttp2 = origin.startsWith('https:') && !this.#withoutHttp2.has(origin)
    try {
      return await fetch(request.url, toInit(request, isWarm, onConnect, isHttp2))
    } catch (error) {
      const code = codeOf(error)
      if (request.controller.signal.aborted) throw error
      if (isHttp2 && code === 'HTTP2Unsupported') {
        this.#withoutHttp2.add(origin)
        return await fetch(request.url, toInit(request, isWarm, onConnect, false))
      }
      // Bun does not repeat a POST that went into a connection the server had already closed (measured, Bun 1.4.5).
      if (isWarm && staleConnection.has(code))
        return await fetch(request.url, toInit(request, false, onConnect, isHttp2))
      throw error
    }
  }

  #gauge(origin: string): ConnectionGauge {
    const gauge = this.#gauges.get(origin) ?? new ConnectionGauge()
    this.#gauges.set(origin, gauge)
    return gauge
  }
}

const toInit = (
  request: UpstreamRequest,
  isWarm: boolean,
  onConnect: () => void,
  isHttp2: boolean,
): BunFetchRequestInit => {
  const { body } = request
  const headers: Record<string, string> = { ...request.headers, 'x-goog-api-key': request.secret.reveal() }
  if (body !== null && !isWarm) headers['content-length'] = String(body.byteLength)
  return {
    method: request.method,
    headers,
    body: body === null || isWarm ? body : announcing(body, onConnect),
    signal: request.controller.signal,
    // An answer that `fetch` inflates keeps its `content-encoding` header, which corrupts the reply (measured).
    decompress: false,
    redirect: 'manual',
    timeout: false,
    ...(isHttp2 ? { protocol: 'http2' } : {}),
  } as BunFetchRequestInit
}

/** A body that is asked for only once the connection stands: the one sign of it that Bun's `fetch` gives (measured). */
const announcing = (body: Buffer, onConnect: () => void) =>
  new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        onConnect()
        if (body.byteLength > 0) controller.enqueue(body)
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )

const originOf = (url: string) => url.slice(0, url.indexOf('/', 8))

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** Only the code: messages of transport errors carry addresses. */
const reasonOf = (error: unknown): string => codeOf(error) || (error instanceof Error ? error.name : 'unknown')
