import { percentile } from './figures.ts'
import { type Shot, streamShot } from './targets.ts'

/**
 * The load of streams, a process of its own: `bun sse-load.ts <port> <lanes> <interval> <seconds>`. Prints a StreamFigures
 * as JSON.
 */
export type StreamFigures = {
  readonly perSecond: number
  /** Milliseconds to the first event. */
  readonly firstP50: number
  readonly firstP99: number
  /** Milliseconds to the end of the stream. */
  readonly totalP50: number
  /** Whole streams, those before and after the measured time included. */
  readonly answers: number
  readonly errors: number
}

/** What is sent, and how its answer is told. */
export type StreamPlan = {
  readonly shot: Shot
  readonly hasEvent: (piece: Buffer) => boolean
  /** Whether a body with this end is whole; holds what comes after the last text. */
  readonly isWhole: (tail: string) => boolean
  readonly tailLength: number
  /** Sees every piece of the streams that are measured. */
  readonly watch?: (piece: Buffer) => void
}

type Lane = { startedAt: number; firstAt: number; tail: string; isMeasured: boolean }

/**
 * Each lane reads one stream after the other over a connection of its own; the lanes begin spread over the length of a
 * stream, as real clients do.
 *
 * @param interval milliseconds between two events
 */
export const loadStreams = async (
  plan: StreamPlan,
  port: number,
  laneCount: number,
  interval: number,
  seconds: number,
): Promise<StreamFigures> => {
  const { path, headers, body } = plan.shot
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  })
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  const lead = interval * 50
  const measureFrom = performance.now() + lead + 300
  const measureUntil = measureFrom + seconds * 1000
  const first: number[] = []
  const total: number[] = []
  let completed = 0
  let answers = 0
  let errors = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  let running = laneCount

  const begin = (socket: Bun.Socket<Lane>) => {
    const now = performance.now()
    if (now >= measureUntil) {
      socket.end()
      if (--running === 0) resolve()
      return
    }
    socket.data = { startedAt: now, firstAt: 0, tail: '', isMeasured: now >= measureFrom }
    socket.write(request)
  }

  const finish = (socket: Bun.Socket<Lane>) => {
    const { startedAt, firstAt, isMeasured, tail } = socket.data
    const now = performance.now()
    if (!plan.isWhole(tail)) errors++
    else answers++
    if (now >= measureFrom && now < measureUntil) completed++
    if (isMeasured) {
      first.push(firstAt - startedAt)
      total.push(now - startedAt)
    }
    begin(socket)
  }

  const open = () =>
    Bun.connect<Lane>({
      hostname: '127.0.0.1',
      port,
      data: { startedAt: 0, firstAt: 0, tail: '', isMeasured: false },
      socket: {
        open: begin,
        data(socket, chunk) {
          const lane = socket.data
          if (lane.firstAt === 0 && plan.hasEvent(chunk)) lane.firstAt = performance.now()
          if (lane.isMeasured) plan.watch?.(chunk)
          // The last event and the end of the body; the rest is only let through.
          lane.tail = (lane.tail + chunk.toString('latin1')).slice(-plan.tailLength)
          if (lane.tail.endsWith('\r\n0\r\n\r\n')) finish(socket)
        },
        close() {
          if (performance.now() >= measureUntil) return
          errors++
          setTimeout(open, 100)
        },
      },
    }).catch(() => {
      errors++
      if (--running === 0) resolve()
    })

  for (let lane = 0; lane < laneCount; lane++) setTimeout(open, (lane / laneCount) * lead)
  const limit = setTimeout(resolve, (lead + 300 + seconds * 1000) * 2 + 10_000)
  await promise
  clearTimeout(limit)
  return {
    perSecond: completed / seconds,
    firstP50: percentile(first, 0.5),
    firstP99: percentile(first, 0.99),
    totalP50: percentile(total, 0.5),
    answers,
    errors: errors + running,
  }
}

const planOf = (interval: number): StreamPlan => ({
  shot: streamShot(interval),
  hasEvent: piece => piece.includes('data:'),
  isWhole: tail => tail.includes('"finishReason":"STOP"'),
  // Holds the end of the last event, whose finish reason stands before the usage.
  tailLength: 320,
})

if (import.meta.main) {
  const [port = 0, lanes = 1, interval = 20, seconds = 1] = process.argv.slice(2).map(Number)
  process.stdout.write(JSON.stringify(await loadStreams(planOf(interval), port, lanes, interval, seconds)))
  process.exit(0)
}
