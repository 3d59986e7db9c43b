import type { Step } from './reply.ts'

export type BodyEnding = 'sent' | 'reset' | 'cancelled'

const encoder = new TextEncoder()

/**
 * A response body that performs the steps. Each piece of text leaves as a chunk of its own.
 * @param onEnd told once: the first ending wins, since a pull that was waiting resumes after a cancel
 */
export const bodyOf = (steps: readonly Step[], onEnd: (ending: BodyEnding) => void): ReadableStream<Uint8Array> => {
  const pending = Promise.withResolvers<void>()
  let position = 0
  let ended = false
  const end = (ending: BodyEnding) => {
    if (ended) return
    ended = true
    pending.resolve()
    onEnd(ending)
  }
  const wait = (milliseconds: number) => Promise.race([Bun.sleep(milliseconds), pending.promise])

  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const step = steps[position]
      if (step === undefined) {
        end('sent')
        return controller.close()
      }
      if (step.do === 'reset') {
        end('reset')
        // Bun aborts the connection; any other value than `undefined` it would also print.
        return controller.error(undefined)
      }
      if (step.do === 'hang') {
        await (step.keepAlive === undefined ? pending.promise : wait(step.keepAlive.everyMs))
        if (ended) return
        return controller.enqueue(encoder.encode(step.keepAlive?.text ?? ''))
      }
      position++
      if (step.do === 'pause') await wait(step.milliseconds)
      // Without a turn of the event loop Bun joins neighbouring chunks, and short streams into one body.
      else await nextTurn()
      if (ended) return
      if (step.do === 'write') return controller.enqueue(encoder.encode(step.text))
    }
  }
  return new ReadableStream<Uint8Array>({ pull, cancel: () => end('cancelled') }, { highWaterMark: 0 })
}

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))
