import { GatewayError, toGatewayError } from '#src/errors/gateway-error.ts'
import type { Answered } from './exchange.ts'
import type { ReplyContent } from './stages/optimize-stream.ts'

/**
 * The body of a streamed reply. Pulled by the client: a slow reader slows the upstream, and memory stays as it is.
 * @param onFailure told of what broke the stream, besides the client
 */
export const streamReply = (
  known: Answered,
  content: Exclude<ReplyContent, { kind: 'whole' }>,
  onFailure: (stage: string, error: GatewayError) => void,
): ReadableStream<Uint8Array> | null =>
  content.kind === 'events'
    ? streamEvents(known, content, onFailure)
    : content.kind === 'pieces'
      ? streamPieces(known, content.pieces)
      : content.body === null
        ? noBody(known)
        : passOn(known, content.body)

/** A long answer that is written while it is sent; each piece in a turn of its own. */
const streamPieces = ({ scope }: Answered, pieces: Iterator<string>) =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await Bun.sleep(0)
        if (scope.ending !== undefined) return breakOff(controller)
        try {
          const { done, value } = pieces.next()
          if (done !== true) return controller.enqueue(Buffer.from(value))
        } catch (error) {
          scope.close({ kind: 'failed', stage: 'optimize-stream', error })
          return breakOff(controller)
        }
        scope.close({ kind: 'finished' })
        controller.close()
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
      },
    },
    { highWaterMark: 0 },
  )

const streamEvents = (
  known: Answered,
  { form, source }: Extract<ReplyContent, { kind: 'events' }>,
  onFailure: (stage: string, error: GatewayError) => void,
) => {
  const { scope, door, answer, requestId } = known
  let isFirst = true
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Whoever ends the exchange, be it the stop of the server: a client that is still there is told.
        scope.defer(ending => {
          if (ending.kind === 'finished') return
          source.cancel()
          if (ending.kind === 'abandoned') return
          if (ending.error !== toldUpstream) {
            const error = toGatewayError(ending.error, requestId)
            controller.enqueue(Buffer.from(door.writeErrorFrame(form, error, isFirst)))
          }
          controller.close()
        })
      },
      async pull(controller) {
        try {
          const bytes = await source.read()
          // It ended while this was read: the stream is closed, or nobody reads it.
          if (scope.ending !== undefined) return
          if (bytes !== null) {
            isFirst = false
            return controller.enqueue(bytes)
          }
        } catch (failure) {
          if (scope.ending !== undefined) return
          const stage = failure instanceof GatewayError ? 'call-upstream' : 'optimize-stream'
          const error = toGatewayError(failure, requestId)
          onFailure(stage, error)
          return scope.close({ kind: 'failed', stage, error })
        }
        if (isBroken(answer)) return scope.close({ kind: 'failed', stage: 'call-upstream', error: toldUpstream })
        scope.close({ kind: 'finished' })
        controller.close()
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
      },
    },
    { highWaterMark: 0 },
  )
}

/** Upstream ended the stream with an error event of its own, which has been passed on. */
const toldUpstream = new GatewayError('upstream-refused', 'The model sent an error in the middle of its answer.')

const isBroken = ({ content }: Answered['answer']) => content.kind === 'events' && content.events.errorText !== null

const noBody = ({ scope }: Answered) => {
  scope.close({ kind: 'finished' })
  return null
}

const passOn = ({ scope }: Answered, body: ReadableStream<Uint8Array>) => {
  const reader = body.getReader()
  const stop = () => {
    reader.cancel().catch(() => {
      // The upstream is already gone; there is nothing left to stop.
    })
  }
  scope.defer(ending => {
    if (ending.kind !== 'finished') stop()
  })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (scope.ending !== undefined) return breakOff(controller)
          if (!done) return controller.enqueue(value)
          scope.close({ kind: 'finished' })
          controller.close()
        } catch (cause) {
          const error = new GatewayError('upstream-cut', 'The connection to the model was lost.', { cause })
          scope.close({ kind: 'failed', stage: 'call-upstream', error })
          breakOff(controller)
        }
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
      },
    },
    { highWaterMark: 0 },
  )
}

/** Nothing can be said in a body nobody here understands: the connection breaks, which no client takes for an end. */
const breakOff = (controller: ReadableStreamDefaultController<Uint8Array>) => {
  // Any other value than `undefined` Bun would print.
  controller.error(undefined)
}
