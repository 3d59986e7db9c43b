import type { Arrived } from './exchange.ts'
import { replyHeaders } from './reply-headers.ts'

/** The original's settings; what it fetched whole is really streamed here. */
export type HeartbeatSettings = {
  readonly FAKE_STREAM_ENABLED: boolean
  readonly FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS: number
}

/**
 * Lets a client of a stream of events hear something while the model thinks, keys are waited for or an attempt is
 * repeated. Signs of life carry nothing: what is tried again upstream is still tried again. They need a head, so an error
 * that comes after the first one is told inside the stream.
 */
export const bridgeSilence = (
  arrived: Arrived,
  answering: Promise<Response>,
  settings: HeartbeatSettings,
): Promise<Response> =>
  settings.FAKE_STREAM_ENABLED && arrived.door.keepAlive !== ''
    ? bridge(arrived, answering, settings.FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS * 1000)
    : answering

const bridge = async (arrived: Arrived, answering: Promise<Response>, milliseconds: number): Promise<Response> => {
  let early = await orSilence(answering, milliseconds)
  // What is asked for is known when the body has arrived.
  while (early === silence && !arrived.journal.isRead) early = await orSilence(answering, milliseconds)
  if (early === silence && arrived.journal.stream === 'sse') {
    const headers = replyHeaders(arrived, { 'content-type': 'text/event-stream; charset=utf-8' })
    return new Response(beating(arrived, answering, milliseconds, true), { headers })
  }
  const response = early === silence ? await answering : early
  if (response.status !== 200 || arrived.journal.stream !== 'sse' || response.body === null) return response
  return new Response(beating(arrived, Promise.resolve(response), milliseconds, false), { headers: response.headers })
}

const silence = Symbol('silence')

const orSilence = async <Value>(coming: Promise<Value>, milliseconds: number): Promise<Value | typeof silence> => {
  let timer: Timer | undefined
  const silent = new Promise<typeof silence>(resolve => {
    timer = setTimeout(() => resolve(silence), milliseconds)
  })
  try {
    return await Promise.race([coming, silent])
  } finally {
    clearTimeout(timer)
  }
}

/** The default reader, said in the words both Bun's and Node's types agree on. */
type Chunk = { readonly done: false; readonly value: Uint8Array } | { readonly done: true }

/** @param isLate whether it has been silent for so long already */
const beating = ({ door, scope }: Arrived, answering: Promise<Response>, milliseconds: number, isLate: boolean) => {
  const keepAlive = Buffer.from(door.keepAlive)
  const reading = answering.then(readerOf)
  let next: Promise<Chunk> | undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (isLate) controller.enqueue(keepAlive)
      },
      async pull(controller) {
        next ??= reading.then(reader => reader.read())
        const chunk = await orSilence(next, milliseconds)
        if (scope.ending?.kind === 'abandoned') return
        if (chunk === silence) return controller.enqueue(keepAlive)
        next = undefined
        if (chunk.done) controller.close()
        else controller.enqueue(chunk.value)
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
        reading.then(reader => reader.cancel())
      },
    },
    { highWaterMark: 0 },
  )
}

type Reader = { readonly read: () => Promise<Chunk>; readonly cancel: () => void }

const readerOf = (response: Response): Reader => {
  const { body, status } = response
  if (status !== 200 || body === null) return errorReader(response)
  const reader = body.getReader()
  return {
    read: () => reader.read() as Promise<Chunk>,
    cancel: () => {
      reader.cancel().catch(() => {
        // It has ended at the same moment.
      })
    },
  }
}

/** An error that came after the first sign of life: its status can no longer be told, its body is an event. */
const errorReader = (response: Response): Reader => {
  let isTold = false
  return {
    read: async () => {
      if (isTold) return { done: true }
      isTold = true
      const text = await response.text()
      return { done: false, value: Buffer.from(`data: ${text.replaceAll(/\s*\n\s*/g, ' ')}\n\n`) }
    },
    cancel: () => undefined,
  }
}
