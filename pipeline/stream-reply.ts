import { GatewayError, toGatewayError } from '#src/errors/gateway-error.ts'
import type { Answered } from './exchange.ts'
import type { ReplyContent } from './stages/optimize-stream.ts'

/** The body of a streamed reply. Pulled by the client: a slow reader slows the upstream, and memory stays as it is. */
export const streamReply = (
  known: Answered,
  content: Exclude<ReplyContent, { kind: 'whole' }>,
): ReadableStream<Uint8Array> | null =>
  content.kind === 'events'
    ? streamEvents(known, content)
    : content.body === null
      ? noBody(known)
      : passOn(known, content.body)

const streamEvents = (known: Answered, { form, source }: Extract<ReplyContent, { kind: 'events' }>) => {
  const { scope, door, answer } = known
  let isFirst = true
  scope.defer(ending => {
    if (ending.kind !== 'finished') source.cancel()
  })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await source.read()
          if (bytes !== null) {
            isFirst = false
            return controller.enqueue(bytes)
          }
          scope.close(
            isBroken(answer) ? { kind: 'failed', stage: 'call-upstream', error: upstreamError } : { kind: 'finished' },
          )
        } catch (failure) {
          // The client is gone: nobody reads what would be written now.
          if (scope.ending !== undefined) return
          const error = toGatewayError(failure, known.requestId)
          controller.enqueue(Buffer.from(door.writeErrorFrame(form, error, isFirst)))
          scope.close({ kind: 'failed', stage: 'call-upstream', error })
        }
        controller.close()
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
      },
    },
    { highWaterMark: 0 },
  )
}

const upstreamError = new GatewayError('upstream-refused', 'The model sent an error in the middle of its answer.')

/** Upstream ended the stream with an error event of its own, which has been passed on. */
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
          if (!done) return controller.enqueue(value)
          scope.close({ kind: 'finished' })
          controller.close()
        } catch (error) {
          // Nothing can be said in a body nobody here understands: the connection breaks, as the upstream's did.
          scope.close({
            kind: 'failed',
            stage: 'call-upstream',
            error: new GatewayError('upstream-cut', 'cut', { cause: error }),
          })
          controller.error(error)
        }
      },
      cancel() {
        scope.close({ kind: 'abandoned' })
      },
    },
    { highWaterMark: 0 },
  )
}
