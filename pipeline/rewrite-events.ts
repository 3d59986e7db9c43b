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
  const waiting: string[] = []
  let current: AsyncIterator<GeminiAnswer> | Iterator<GeminiAnswer> | undefined
  let isFirst = true
  let isClosed = false
  const nextValue = async (): Promise<string | null> => {
    for (;;) {
      const step = await current?.next()
      if (step !== undefined && !step.done) return JSON.stringify(step.value)
      current = undefined
      const text = waiting.shift()
      if (text !== undefined) {
        const event = readEvent(text)
        // What is no event of Gemini's (a mirror's `[DONE]`) is nobody's to change.
        if (event === null) return text
        const rewritten = rewrite(event)
        current = Symbol.asyncIterator in rewritten ? rewritten[Symbol.asyncIterator]() : rewritten[Symbol.iterator]()
        continue
      }
      const bytes = await source.read()
      if (bytes === null) return null
      frames.push(bytes, (all, start, end) => waiting.push(all.toString('utf8', start, end).trim()))
    }
  }
  return {
    async read() {
      const value = await nextValue()
      if (value !== null) {
        const frame = form === 'sse' ? `data: ${value}\r\n\r\n` : `${isFirst ? '[' : ',\r\n'}${value}`
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

const readEvent = (text: string): GeminiAnswer | null => {
  try {
    const event: unknown = JSON.parse(text)
    return typeof event === 'object' && event !== null && !Array.isArray(event) ? (event as GeminiAnswer) : null
  } catch {
    return null
  }
}
