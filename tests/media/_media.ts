import { lookup } from 'node:dns/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { type Connect, connectToAddress } from '#src/media/connect-to-address.ts'
import { MediaFetcher, type MediaFetcherOptions } from '#src/media/media-fetcher.ts'
import { MediaRefused } from '#src/media/media-refused.ts'
import type { Resolve } from '#src/media/media-target.ts'

export const defaults: MediaFetcherOptions['settings'] = {
  MEDIA_FETCH_ENABLED: true,
  MEDIA_MAX_MEGABYTES: 20,
  MEDIA_TIMEOUT_SECONDS: 20,
  MEDIA_MAX_REDIRECTS: 3,
  MEDIA_ALLOW_PRIVATE_ADDRESSES: false,
}

/** Stands for a server on the internet: connections to it are led to 127.0.0.1 by `onThePublicInternet`. */
export const publicAddress = '93.184.216.34'

/** As the real resolver, but some names are given addresses here; what it was asked is in `asked`. */
export const resolverOf = (names: Readonly<Record<string, readonly string[]>>) => {
  const asked: string[] = []
  const resolve: Resolve = async hostname => {
    asked.push(hostname)
    return names[hostname] ?? (await lookup(hostname, { all: true })).map(({ address }) => address)
  }
  return { asked, resolve }
}

/** The real connector, with one public address that leads to this machine; every attempt is in `tried`. */
export const onThePublicInternet = () => {
  const tried: string[] = []
  const connect: Connect = async request => {
    tried.push(request.address)
    if (request.address !== publicAddress) throw new Error(`${request.address} is not led anywhere`)
    return await connectToAddress({ ...request, address: '127.0.0.1' })
  }
  return { tried, connect }
}

/** A fetcher for which `media.example` is a server on the internet. */
export const publicFetcher = (settings: Partial<MediaFetcherOptions['settings']> = {}, names = {}) => {
  const resolver = resolverOf({ 'media.example': [publicAddress], ...names })
  const internet = onThePublicInternet()
  const fetcher = new MediaFetcher({
    settings: { ...defaults, ...settings },
    resolve: resolver.resolve,
    connect: internet.connect,
  })
  return { fetcher, asked: resolver.asked, tried: internet.tried }
}

export const never = new AbortController().signal

/** A server of bytes, for what no HTTP server would send. `connections` counts every one that came about. */
export class ByteServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  connections = 0

  private constructor(answer: (socket: Socket, request: string) => void) {
    this.#server = createServer(socket => {
      this.connections++
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket))
      socket.once('data', data => answer(socket, data.toString('latin1')))
    })
  }

  static async start(answer: (socket: Socket, request: string) => void, host = '127.0.0.1'): Promise<ByteServer> {
    const server = new ByteServer(answer)
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, host, resolve))
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get open(): number {
    return this.#sockets.size
  }

  [Symbol.dispose](): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** One pixel. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const pictureAnswer = Buffer.concat([
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: ${picture.length}\r\n\r\n`),
  picture,
])

/** What a fetch was refused with; any other end is a failure of the test. */
export const refusalOf = async (promise: Promise<unknown>): Promise<MediaRefused> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MediaRefused)) throw new Error(`Not a refusal: ${String(error)}`)
  return error
}
