import { arrayFrames } from '#src/protocols/gemini/array-frames.ts'
import { sseFrames } from '#src/protocols/gemini/sse-frames.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { EventSource } from './event-source.ts'
import type { GeminiAnswer } from './plugin.ts'

/** Turns one event into those that go out in its place, each as soon as it is there. */
export type Rewrite = (event: GeminiAnswer) => Iterable<GeminiAnswer> | AsyncIterable<GeminiAnswer>

/** A source whose events went through `rewrite`. Only used when a stage really wants to change events. */
export const rewriteEvents = (source: EventSource, form: StreamForm, rewrite: Rewrite): EventSource => {
  const frames = form === 'sse' ? sseFrames() : arrayFrames()
  const waiting: GeminiAnswer[] = []
  let current: AsyncIterator<GeminiAnswer> | Iterator<GeminiAnswer> | undefined
  let isFirst = true
  let isClosed = false
  const nextEvent = async (): Promise<GeminiAnswer | null> => {
    for (;;) {
      const step = await current?.next()
      if (step !== undefined && !step.done) return step.value
      current = undefined
      const event = waiting.shift()
      if (event !== undefined) {
        const rewritten = rewrite(event)
        current = Symbol.asyncIterator in rewritten ? rewritten[Symbol.asyncIterator]() : rewritten[Symbol.iterator]()
        continue
      }
      const bytes = await source.read()
      if (bytes === null) return null
      frames.push(bytes, (all, start, end) =>
        waiting.push(JSON.parse(all.toString('utf8', start, end)) as GeminiAnswer),
      )
    }
  }
  return {
    async read() {
      const event = await nextEvent()
      if (event !== null) {
        const frame = writeFrame(form, event, isFirst)
        isFirst = false
        return Buffer.from(frame)
      }
      if (form === 'sse' || isClosed) return null
      isClosed = true
      return Buffer.from(isFirst ? '[]' : '\n]')
    },
    cancel: () => source.cancel(),
  }
}

const writeFrame = (form: StreamForm, event: GeminiAnswer, isFirst: boolean) =>
  form === 'sse'
    ? `data: ${JSON.stringify(event)}\r\n\r\n`
    : `${isFirst ? '[' : ',\r\n'}${JSON.stringify(event, null, 2)}`
