import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { EventSource } from './event-source.ts'
import type { EventWriter, GeminiAnswer } from './exchange.ts'
import { readEvents } from './read-events.ts'

/** Turns one event into those that go out in its place, each as soon as it is there. */
export type Rewrite = (event: GeminiAnswer) => Iterable<GeminiAnswer> | AsyncIterable<GeminiAnswer>

/** A source whose events went through `rewrite`. Only used when a stage really wants to change events. */
export const rewriteEvents = (source: EventSource, form: StreamForm, rewrite: Rewrite): EventSource => {
  const nextEvent = rewritten(source, form, rewrite)
  let isFirst = true
  let isClosed = false
  return {
    async read() {
      const next = await nextEvent()
      if (next !== null) {
        const value = typeof next === 'string' ? next : JSON.stringify(next)
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

/** A source that speaks the caller's dialect; `rewrite` comes first, where a stage wants it. */
export const translateEvents = (
  source: EventSource,
  form: StreamForm,
  rewrite: Rewrite | null,
  writer: EventWriter,
  onTranslated: (milliseconds: number) => void,
): EventSource => {
  const nextEvent = rewritten(source, form, rewrite ?? unchanged)
  let isOver = false
  const translate = (write: () => string): string => {
    const startedAt = performance.now()
    const text = write()
    onTranslated(performance.now() - startedAt)
    return text
  }
  return {
    async read() {
      while (!isOver) {
        const next = await nextEvent()
        // Nothing follows an error, whatever upstream sends.
        isOver = next === null || (typeof next !== 'string' && next.error !== undefined)
        const text =
          next === null ? translate(writer.end) : typeof next === 'string' ? '' : translate(() => writer.write(next))
        if (text !== '') return Buffer.from(text)
      }
      return null
    },
    cancel: () => source.cancel(),
  }
}

const unchanged: Rewrite = event => [event]

/** The events after `rewrite`, one by one; text where there was none of Gemini's; null at the end. */
const rewritten = (source: EventSource, form: StreamForm, rewrite: Rewrite) => {
  const nextRead = readEvents(source, form)
  let current: AsyncIterator<GeminiAnswer> | Iterator<GeminiAnswer> | undefined
  return async (): Promise<GeminiAnswer | string | null> => {
    for (;;) {
      const step = current?.next()
      const done = step instanceof Promise ? await step : step
      if (done !== undefined && !done.done) return done.value
      current = undefined
      const read = await nextRead()
      if (read === null) return null
      if (read.kind === 'other') return read.text
      const events = rewrite(read.event)
      current = Symbol.asyncIterator in events ? events[Symbol.asyncIterator]() : events[Symbol.iterator]()
    }
  }
}
