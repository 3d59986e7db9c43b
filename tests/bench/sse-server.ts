import { answerEvents } from './bodies.ts'
import { hasRoom, stamp } from './stamps.ts'

/**
 * The upstream of streams, a process of its own that prints its port. Plain sockets, so that it is faster than
 * anything that stands before it. Answers every request with the same events, one each `interval` milliseconds of its
 * query. A model's name may ask for the interval as well, and for events that tell when they left (`stamps.ts`).
 */
export const eventCount = 51

const defaultInterval = 20

/** The model whose events carry stamps and come so many milliseconds apart. */
export const stampedModel = (interval: number) => `gemini-3.8-flash-stamped-every-${interval}-ms`

const stampedName = /-stamped-every-(\d+)-ms:/

type Lane = {
  received: Buffer
  /** What the socket would not take yet. */
  unsent: Buffer | null
  interval: number
  isStamped: boolean
  next: number
  dueAt: number
}

const serve = () => {
  const frames = answerEvents(eventCount, 240).map(event =>
    Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`),
  )
  const head = Buffer.from(
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\ncache-control: no-cache\r\n\r\n',
  )
  const first = Buffer.concat([head, frames[0] ?? head])
  const last = Buffer.concat([frames[eventCount - 1] ?? head, Buffer.from('0\r\n\r\n')])
  const active = new Set<Bun.Socket<Lane>>()

  const begin = (socket: Bun.Socket<Lane>, requestHead: string) => {
    const lane = socket.data
    const stamped = stampedName.exec(requestHead)?.[1]
    lane.isStamped = stamped !== undefined
    lane.interval = Number(stamped ?? /[?&]interval=(\d+)/.exec(requestHead)?.[1] ?? defaultInterval)
    lane.next = 1
    lane.dueAt = performance.now() + lane.interval
    send(socket, lane.isStamped ? stamp(first) : first)
    active.add(socket)
  }

  const advance = (socket: Bun.Socket<Lane>, now: number) => {
    const lane = socket.data
    while (lane.dueAt <= now) {
      const isLast = lane.next === eventCount - 1
      const frame = isLast ? last : (frames[lane.next] ?? last)
      send(socket, lane.isStamped && hasRoom(frame) ? stamp(frame) : frame)
      lane.next++
      lane.dueAt += lane.interval
      if (isLast) return void active.delete(socket)
    }
  }

  setInterval(() => {
    const now = performance.now()
    for (const socket of active) if (socket.data.dueAt <= now) advance(socket, now)
  }, 1)

  const { port } = Bun.listen<Lane>({
    hostname: '127.0.0.1',
    port: 0,
    data: newLane(),
    socket: {
      open(socket) {
        socket.data = newLane()
      },
      data(socket, chunk) {
        const lane = socket.data
        lane.received = lane.received.length === 0 ? chunk : Buffer.concat([lane.received, chunk])
        const headEnd = lane.received.indexOf('\r\n\r\n')
        if (headEnd === -1) return
        const requestHead = lane.received.toString('latin1', 0, headEnd)
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(requestHead)?.[1] ?? 0)
        if (lane.received.length < headEnd + 4 + length) return
        lane.received = lane.received.subarray(headEnd + 4 + length)
        begin(socket, requestHead)
      },
      drain(socket) {
        const { unsent } = socket.data
        socket.data.unsent = null
        if (unsent !== null) send(socket, unsent)
      },
      close: socket => void active.delete(socket),
      error: socket => void active.delete(socket),
    },
  })
  process.stdout.write(`${port}\n`)
}

const newLane = (): Lane => ({
  received: empty,
  unsent: null,
  interval: defaultInterval,
  isStamped: false,
  next: 0,
  dueAt: 0,
})

const empty = Buffer.alloc(0)

const send = (socket: Bun.Socket<Lane>, bytes: Buffer) => {
  const { unsent } = socket.data
  if (unsent !== null) {
    socket.data.unsent = Buffer.concat([unsent, bytes])
    return
  }
  const written = Math.max(0, socket.write(bytes))
  if (written < bytes.length) socket.data.unsent = bytes.subarray(written)
}

if (import.meta.main) serve()
