import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { Secret } from '../security/secret.ts'
import { type HttpHead, headerOf, readHttpHead, writeHttpHead } from './http-head.ts'
import type { SocksServer } from './proxy-address.ts'
import { connectOverSocks, SocksRefused, socksAuthenticationReason } from './socks-connect.ts'

/** An HTTP proxy on this machine that leads to one SOCKS server. */
export type BridgeRoute = {
  /** For `fetch`; holds the token. */
  readonly proxy: Secret
  /** Nothing new goes this way; what is under way goes on. */
  readonly close: () => void
}

/**
 * Bun's `fetch` speaks to HTTP proxies only (measured, Bun 1.4.5: `UnsupportedProxyProtocol`), so this is one: on the
 * loopback address, on a port of its own, for whoever knows the token of this process, with a SOCKS5 server behind it.
 * It listens while there is a route.
 */
export class SocksBridge {
  readonly #token = randomBytes(24).toString('hex')
  readonly #routes = new Map<string, SocksServer>()
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #count = 0

  open(socks: SocksServer): BridgeRoute {
    const name = `route-${++this.#count}`
    this.#routes.set(name, socks)
    return {
      proxy: new Secret(`http://${name}:${this.#token}@127.0.0.1:${this.#port()}`),
      close: () => {
        this.#routes.delete(name)
        if (this.#routes.size === 0) this.#stopListening()
      },
    }
  }

  /** Ends everything that goes through it. */
  close(): void {
    this.#routes.clear()
    this.#stopListening()
    for (const socket of this.#sockets) socket.destroy()
  }

  #port(): number {
    this.#server ??= createServer({ noDelay: true }, socket => this.#serve(socket))
      .listen(0, '127.0.0.1')
      .unref()
    // Known at once for a numeric address, not only with the `listening` event (measured).
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The bridge to SOCKS proxies has no port.')
    return address.port
  }

  #stopListening() {
    this.#server?.close()
    this.#server = undefined
  }

  async #serve(client: Socket): Promise<void> {
    this.#sockets.add(client)
    client.on('close', () => this.#sockets.delete(client))
    client.on('error', () => client.destroy())
    client.setTimeout(headMilliseconds, () => client.destroy())
    const head = await readHttpHead(client)
    client.setTimeout(0)
    if (head === null) return void client.destroy()
    const server = this.#routeOf(headerOf(head, 'proxy-authorization') ?? '')
    if (server === undefined) return void client.end(refusal(socksAuthenticationReason))
    const target = targetOf(head.firstLine)
    if (target === null)
      return void client.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    const attempt = connectOverSocks(server, target.host, target.port)
    client.on('close', attempt.destroy)
    if (client.destroyed) attempt.destroy()
    try {
      await relay(client, await attempt.connected, head, target)
    } catch (error) {
      client.end(refusal(error instanceof SocksRefused ? error.reason : 'bridge'))
    }
  }

  #routeOf(authorization: string): SocksServer | undefined {
    const [, encoded = ''] = /^Basic ([\w+/=]+)$/i.exec(authorization) ?? []
    const [name = '', token = ''] = Buffer.from(encoded, 'base64').toString('latin1').split(':')
    const given = Buffer.from(token, 'latin1')
    const expected = Buffer.from(this.#token, 'latin1')
    return given.length === expected.length && timingSafeEqual(given, expected) ? this.#routes.get(name) : undefined
  }
}

/** Whoever connects from this machine and says nothing is not waited for. */
const headMilliseconds = 10_000

type Target = { readonly host: string; readonly port: number; readonly firstLine: string | null }

/** Of `CONNECT host:port` (then `firstLine` is null) and of `POST http://host:port/path`, which becomes `POST /path`. */
const targetOf = (requestLine: string): Target | null => {
  const [method = '', address = '', version = ''] = requestLine.split(' ')
  const isTunnel = method === 'CONNECT'
  const url = URL.parse(isTunnel ? `http://${address}` : address)
  if (url === null || url.protocol !== 'http:' || url.hostname === '') return null
  const path = address.slice(address.indexOf('/', 'http://'.length))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 80 : Number(url.port),
    firstLine: isTunnel ? null : `${method} ${path.startsWith('/') ? path : '/'} ${version}`,
  }
}

/** RFC 9209 has a header for what a proxy did not manage; `transport-reason.ts` reads it. */
const refusal = (reason: string): string => {
  const status = reason === socksAuthenticationReason ? '407 Proxy Authentication Required' : '502 Bad Gateway'
  const challenge = reason === socksAuthenticationReason ? 'Proxy-Authenticate: Basic realm="proxy"\r\n' : ''
  return `HTTP/1.1 ${status}\r\n${challenge}Proxy-Status: gemini-balance; error=${reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
}

const ofOneConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
])
const closing = ['Connection: close']

/**
 * Passes bytes both ways until one side ends. A plain request goes alone: with a second one on the same connection the
 * token of this process would reach the server, so both sides are told that the connection ends here.
 */
const relay = async (client: Socket, server: Socket, head: HttpHead, { firstLine }: Target): Promise<void> => {
  server.on('error', () => client.destroy())
  server.on('close', () => {
    if (!server.readableEnded) client.destroy()
  })
  if (firstLine === null) client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  else server.write(writeHttpHead(firstLine, head.headers, ofOneConnection, closing))
  if (head.rest.length > 0) server.write(head.rest)
  client.pipe(server)
  if (firstLine !== null) await relayAnswerHead(client, server)
  server.pipe(client)
}

const relayAnswerHead = async (client: Socket, server: Socket): Promise<void> => {
  let head = await readHttpHead(server)
  while (head !== null && /^HTTP\/1\.\d 1\d\d/.test(head.firstLine)) {
    client.write(writeHttpHead(head.firstLine, head.headers, new Set(), []))
    head = await readHttpHead(server, head.rest)
  }
  if (head === null) return void client.destroy()
  client.write(writeHttpHead(head.firstLine, head.headers, ofOneConnection, closing))
  if (head.rest.length > 0) client.write(head.rest)
}
