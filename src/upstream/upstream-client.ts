import type { Secret } from '../security/secret.ts'
import { ConnectionGauge } from './connection-gauge.ts'
import { codeOf, proxyRefusal, reasonOf } from './transport-reason.ts'
import type { Watchdog } from './watchdog.ts'
import type { WayOut } from './way-out.ts'

export type UpstreamRequest = {
  readonly url: string
  readonly method: string
  /** Without the key. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  readonly secret: Secret
  /** The header the key goes in; `x-goog-api-key` unless said otherwise. */
  readonly credential?: 'x-goog-api-key' | 'bearer'
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
  /** Neither the server nor, if there is one, the proxy let the request through. `reason` is a code without addresses. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly timing: UpstreamTiming }
  | { readonly kind: 'aborted'; readonly timing: UpstreamTiming }

/** A kept-alive connection that the server closed just now; nothing was answered, so the request may go again. */
const staleConnection = new Set(['ECONNRESET', 'ConnectionClosed'])

/** Sends requests upstream over Bun's `fetch`, with limits, and tells what became of them. Never throws for the network. */
export class UpstreamClient {
  readonly #watchdog: Watchdog
  /** Per way out and origin; gone with the way out. */
  readonly #gauges = new WeakMap<WayOut, Map<string, ConnectionGauge>>()
  readonly #withoutHttp2 = new Set<string>()

  constructor(watchdog: Watchdog) {
    this.#watchdog = watchdog
  }

  async send(request: UpstreamRequest, limits: UpstreamLimits, wayOut: WayOut): Promise<UpstreamReply> {
    const origin = originOf(request.url)
    const gauge = this.#gauge(wayOut, origin)
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
      const response = await this.#fetch(request, wayOut, isWarm, onConnect)
      const refusal = wayOut.proxy === null || origin.startsWith('https:') ? null : proxyRefusal(response)
      if (refusal !== null) {
        request.controller.abort()
        return { kind: 'unreachable', reason: refusal, timing: timing() }
      }
      return { kind: 'response', response, timing: timing(), release: () => gauge.release(performance.now()) }
    } catch (error) {
      if (expired !== undefined) return { kind: 'timeout', limit: expired, timing: timing() }
      if (request.controller.signal.aborted) return { kind: 'aborted', timing: timing() }
      return { kind: 'unreachable', reason: reasonOf(error), timing: timing() }
    } finally {
      watch.stop()
    }
  }

  async #fetch(request: UpstreamRequest, wayOut: WayOut, isWarm: boolean, onConnect: () => void): Promise<Response> {
    const origin = originOf(request.url)
    // Through a proxy `fetch` fails with HTTP2Unsupported, whatever the server has (measured, Bun 1.4.5).
    const isHttp2 = wayOut.proxy === null && origin.startsWith('https:') && !this.#withoutHttp2.has(origin)
    try {
      return await fetch(request.url, toInit(request, wayOut, isWarm, onConnect, isHttp2))
    } catch (error) {
      const code = codeOf(error)
      if (request.controller.signal.aborted) throw error
      if (isHttp2 && code === 'HTTP2Unsupported') {
        this.#withoutHttp2.add(origin)
        return await fetch(request.url, toInit(request, wayOut, isWarm, onConnect, false))
      }
      // Bun does not repeat a POST that went into a connection the server had already closed (measured, Bun 1.4.5).
      if (isWarm && staleConnection.has(code))
        return await fetch(request.url, toInit(request, wayOut, false, onConnect, isHttp2))
      throw error
    }
  }

  #gauge(wayOut: WayOut, origin: string): ConnectionGauge {
    const gauges = this.#gauges.get(wayOut) ?? new Map<string, ConnectionGauge>()
    this.#gauges.set(wayOut, gauges)
    const gauge = gauges.get(origin) ?? new ConnectionGauge()
    gauges.set(origin, gauge)
    return gauge
  }
}

const toInit = (
  request: UpstreamRequest,
  wayOut: WayOut,
  isWarm: boolean,
  onConnect: () => void,
  isHttp2: boolean,
): BunFetchRequestInit => {
  const { body } = request
  const headers: Record<string, string> = { ...request.headers }
  if (request.credential === 'bearer') headers.authorization = `Bearer ${request.secret.reveal()}`
  else headers['x-goog-api-key'] = request.secret.reveal()
  if (body !== null && !isWarm) headers['content-length'] = String(body.byteLength)
  return {
    method: request.method,
    headers,
    body: body === null || isWarm ? body : announcing(body, onConnect),
    signal: request.controller.signal,
    // Where there is none, HTTPS_PROXY and NO_PROXY of the environment hold, as for any program.
    ...(wayOut.proxy === null ? {} : { proxy: wayOut.proxy.reveal() }),
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
