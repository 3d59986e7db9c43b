import { arrayFrames } from '#src/protocols/gemini/array-frames.ts'
import { sseFrames } from '#src/protocols/gemini/sse-frames.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { EventSource } from './event-source.ts'
import type { GeminiAnswer } from './exchange.ts'

/** One event of a stream: parsed, or as text where it is nothing of Gemini's (a mirror's `[DONE]`). */
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: GeminiAnswer }
  | { readonly kind: 'other'; readonly text: string }

/** Parses the events of a source, one after the other; null at the end. */
export const readEvents = (source: EventSource, form: StreamForm): (() => Promise<ReadEvent | null>) => {
  const frames = form === 'sse' ? sseFrames() : arrayFrames()
  let waiting: string[] = []
  let next = 0
  return async () => {
    for (;;) {
      const text = waiting[next]
      if (text !== undefined) {
        next++
        return toEvent(text)
      }
      const bytes = await source.read()
      if (bytes === null) return null
      waiting = []
      next = 0
      frames.push(bytes, (all, start, end) => waiting.push(all.toString('utf8', start, end).trim()))
    }
  }
}

const toEvent = (text: string): ReadEvent => {
  try {
    const event: unknown = JSON.parse(text)
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) {
      return { kind: 'event', event: event as GeminiAnswer }
    }
  } catch {
    // No JSON: it says nothing that could be changed.
  }
  return { kind: 'other', text }
}
