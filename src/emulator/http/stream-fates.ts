import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import type { Step } from './reply.ts'

export type StreamText = {
  /** What comes before the first chunk: nothing in SSE, `[` in a JSON array. */
  readonly opening: string
  readonly chunks: readonly string[]
  readonly closing: string
  /** A chunk without new content. */
  readonly keepAlive: string
  readonly error: string
}

/** How a stream goes, given how the key behaves. */
export const stepsOf = (behaviour: KeyBehaviour, stream: StreamText, betweenChunksMs: number): readonly Step[] => {
  const { opening, chunks, closing, keepAlive, error } = stream
  const paced = (texts: readonly string[]) => pace([opening, ...texts], betweenChunksMs)
  const some = Math.min(2, chunks.length - 1)
  switch (behaviour) {
    case 'stalled':
      return [
        ...paced(chunks.slice(0, some)),
        betweenChunksMs > 0 ? { do: 'hang', keepAlive: { text: keepAlive, everyMs: betweenChunksMs } } : { do: 'hang' },
      ]
    case 'cut':
      return paced(chunks.slice(0, -1))
    case 'cut-inside-event':
      return paced([...chunks.slice(0, some), firstHalf(chunks[some] ?? '')])
    case 'reset':
      return [...paced(chunks.slice(0, some)), letGoOut, { do: 'reset' }]
    case 'stream-error':
      return paced([...chunks.slice(0, some), error, closing])
    default:
      return [...paced(chunks), ...(closing === '' ? [] : [write(closing)])]
  }
}

/** How a response that is no stream breaks off in its middle, or `undefined` if it does not. */
export const brokenWhole = (behaviour: KeyBehaviour, body: string): readonly Step[] | undefined => {
  const half: Step = { do: 'write', text: firstHalf(body) }
  if (behaviour === 'stalled') return [half, { do: 'hang' }]
  if (behaviour === 'cut' || behaviour === 'cut-inside-event') return [half, letGoOut, { do: 'reset' }]
  return undefined
}

/** What was written may still wait in this process: a reset at once would be seen before it, or instead of it. */
const letGoOut: Step = { do: 'pause', milliseconds: 20 }

const pace = (texts: readonly string[], milliseconds: number): readonly Step[] =>
  texts
    .filter(text => text !== '')
    .flatMap((text, index): readonly Step[] =>
      index === 0 || milliseconds === 0
        ? [{ do: 'write', text }]
        : [
            { do: 'pause', milliseconds },
            { do: 'write', text },
          ],
    )

const write = (text: string): Step => ({ do: 'write', text })

const firstHalf = (text: string) => text.slice(0, Math.ceil(text.length / 2))
