import { createServer, type Socket } from 'node:net'
import { recorded } from './_recorded.ts'

/**
 * An upstream that understands nothing: the prompt `<what>|<places>` names a recorded stream and the bytes before which it
 * is to be cut; each piece leaves as a packet of its own.
 */
export const startCuttingUpstream = async (): Promise<{ readonly url: string; readonly stop: () => void }> => {
  const server = createServer(socket => {
    let received = ''
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', data => {
      received += data.toString('latin1')
      const headEnd = received.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (headEnd === -1 || received.length < headEnd + 4 + length) return
      const asked = /"text":"([^"|]+)\|([\d,]*)"/.exec(received)
      received = ''
      answer(socket, asked?.[1] ?? '', asked?.[2] ?? '')
    })
  })
  const listening = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    listening.resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  return { url: `http://127.0.0.1:${await listening.promise}`, stop: () => server.close() }
}

const answer = async (socket: Socket, what: string, places: string) => {
  const stream = recorded.get(what) ?? Buffer.alloc(0)
  const cuts = [0, ...places.split(',').filter(Boolean).map(Number), stream.length]
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
  for (const [index, start] of cuts.slice(0, -1).entries()) {
    const piece = stream.subarray(start, cuts[index + 1])
    if (piece.length === 0) continue
    socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]))
    // Lets each piece be read by itself.
    await Bun.sleep(1)
  }
  socket.write('0\r\n\r\n')
}
