import type { Socket } from 'node:net'

/** The first line and the headers of an HTTP/1.1 message as they came, and the bytes behind them. */
export type HttpHead = {
  readonly firstLine: string
  readonly headers: readonly string[]
  readonly rest: Buffer
}

const end = Buffer.from('\r\n\r\n')
const longest = 256 * 1024

/**
 * Reads a head from a socket and leaves the socket paused.
 * @returns null when the socket closes before, or when the head is too long to be one
 */
export const readHttpHead = (socket: Socket, before: Buffer = Buffer.alloc(0)): Promise<HttpHead | null> =>
  new Promise(resolve => {
    let bytes = before
    const finish = (head: HttpHead | null) => {
      socket.pause()
      socket.off('data', onData).off('close', onClose).off('end', onClose)
      resolve(head)
    }
    const onClose = () => finish(null)
    const look = (from: number) => {
      const place = bytes.indexOf(end, from)
      if (place >= 0) finish(toHead(bytes, place))
      else if (bytes.length > longest) finish(null)
    }
    const onData = (chunk: Buffer) => {
      const from = Math.max(0, bytes.length - end.length)
      bytes = Buffer.concat([bytes, chunk])
      look(from)
    }
    socket.on('data', onData).on('close', onClose).on('end', onClose)
    look(0)
  })

/** The bytes of a head, without the headers whose lower-case names are dropped. */
export const writeHttpHead = (
  firstLine: string,
  headers: readonly string[],
  dropped: ReadonlySet<string>,
  added: readonly string[],
): Buffer => {
  const kept = headers.filter(header => !dropped.has(nameOf(header)))
  return Buffer.from(`${[firstLine, ...kept, ...added].join('\r\n')}\r\n\r\n`, 'latin1')
}

export const headerOf = (head: HttpHead, name: string): string | undefined => {
  const header = head.headers.find(candidate => nameOf(candidate) === name)
  return header?.slice(header.indexOf(':') + 1).trim()
}

const toHead = (bytes: Buffer, place: number): HttpHead => {
  const [firstLine = '', ...headers] = bytes.subarray(0, place).toString('latin1').split('\r\n')
  return { firstLine, headers, rest: bytes.subarray(place + end.length) }
}

const nameOf = (header: string) => header.slice(0, header.indexOf(':')).trim().toLowerCase()
