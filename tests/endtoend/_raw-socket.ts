import { connect } from 'node:net'

export type RawAnswer = {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Whether the server ended the connection, rather than keeping it for the next request. */
  readonly isClosed: boolean
}

/**
 * Writes the pieces to a new connection as they are and reads until the server has closed it or, for an answer with a
 * `content-length`, until that is complete.
 * @param untilClosed waits for the server to close the connection in any case
 */
export const sendRaw = (
  port: number,
  pieces: readonly (string | Uint8Array)[],
  { untilClosed = false } = {},
): Promise<RawAnswer> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    let received: Buffer = Buffer.alloc(0)
    const finish = (isClosed: boolean) => {
      socket.destroy()
      resolve(parseAnswer(received, isClosed))
    }
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk as Uint8Array])
      if (!untilClosed && isComplete(received)) finish(false)
    })
    socket.on('close', () => finish(true))
    socket.on('error', () => finish(true))
    for (const piece of pieces) socket.write(piece)
  })

/** A request with a body and its length; the connection is closed after the answer. */
export const rawPost = (target: string, headers: readonly string[], body: string): string =>
  [
    `POST ${target} HTTP/1.1`,
    'Host: gateway.test',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers,
    '',
    body,
  ].join('\r\n')

const headEnd = Buffer.from('\r\n\r\n')

const isComplete = (received: Buffer): boolean => {
  const end = received.indexOf(headEnd)
  if (end === -1) return false
  const length = /content-length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1]
  return length !== undefined && received.length >= end + headEnd.length + Number(length)
}

const parseAnswer = (received: Buffer, isClosed: boolean): RawAnswer => {
  const end = received.indexOf(headEnd)
  const [statusLine = '', ...lines] = received.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
  const headers = new Headers(lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0),
    headers,
    body: end === -1 ? '' : received.toString('utf8', end + headEnd.length),
    isClosed,
  }
}
