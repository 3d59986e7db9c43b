import { createServer } from 'node:net'

export type ByteUpstream = {
  /** Without a slash at the end. */
  readonly url: string
  /** Whole requests as they arrived, heads and bodies. */
  readonly requests: readonly { readonly head: string; readonly body: Buffer }[]
  /** What the next requests get, to the byte. */
  answerWith: (answer: { readonly contentType: string; readonly pieces: readonly (string | Buffer)[] }) => void
  readonly stop: () => void
}

/** An upstream that understands nothing: it keeps what it is sent and sends what it is told, piece by piece. */
export const startByteUpstream = async (): Promise<ByteUpstream> => {
  const requests: { head: string; body: Buffer }[] = []
  let answer: Parameters<ByteUpstream['answerWith']>[0] = { contentType: 'application/json', pieces: ['{}'] }
  const server = createServer(socket => {
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', async chunk => {
      received = Buffer.concat([received, chunk as Uint8Array])
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd === -1) return
      const head = received.toString('latin1', 0, headEnd)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (received.length < headEnd + 4 + length) return
      requests.push({ head, body: Buffer.from(received.subarray(headEnd + 4)) })
      received = Buffer.alloc(0)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${answer.contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`)
      for (const piece of answer.pieces) {
        const bytes = Buffer.from(piece)
        socket.write(`${bytes.length.toString(16)}\r\n`)
        socket.write(bytes)
        socket.write('\r\n')
        // Lets each piece go out as a packet of its own.
        await Bun.sleep(2)
      }
      socket.write('0\r\n\r\n')
    })
  })
  const listening = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    listening.resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  return {
    url: `http://127.0.0.1:${await listening.promise}`,
    requests,
    answerWith: given => {
      answer = given
    },
    stop: () => server.close(),
  }
}
