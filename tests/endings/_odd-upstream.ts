import { createServer, type Socket } from 'node:net'

export type OddUpstream = {
  /** Without a slash at the end. */
  readonly url: string
  /** Connections on which a request came and which are still open. */
  readonly open: () => number
  /** Bytes handed to the operating system so far, over all connections. */
  readonly sent: () => number
  readonly stop: () => void
}

/** What is done with a connection once a request has arrived on it. */
export type Manners = (socket: Socket, write: (bytes: string | Uint8Array) => boolean) => void

/** An upstream that does with each request what it is told, and counts. */
export const startOddUpstream = async (manners: Manners): Promise<OddUpstream> => {
  const sockets = new Set<Socket>()
  let sent = 0
  const server = createServer(socket => {
    let isAsked = false
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', () => {
      if (isAsked) return
      isAsked = true
      sockets.add(socket)
      manners(socket, bytes => {
        sent += bytes.length
        return socket.write(bytes)
      })
    })
  })
  const port = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    port.resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  return {
    url: `http://127.0.0.1:${await port.promise}`,
    open: () => sockets.size,
    sent: () => sent,
    stop: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

export const head = (contentType: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`

/** One chunk of a chunked body. */
export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

export const lastChunk = '0\r\n\r\n'

/** An event of a stream, or with a reason to finish its last one. */
export const event = (text: string, finishReason?: string): string =>
  JSON.stringify({
    candidates: [
      { content: { parts: [{ text }], role: 'model' }, ...(finishReason === undefined ? {} : { finishReason }) },
    ],
  })
