import { listOf, type Members, numberOf, recordOf, textOf } from '../../read-value.ts'
import type { CitedText, Place, Segment } from './cited-text.ts'

/** OpenAI's `url_citation`: the places count code points of `message.content`. */
export type Annotation = {
  readonly type: 'url_citation'
  readonly url_citation: {
    readonly start_index: number
    readonly end_index: number
    readonly url: string
    readonly title: string
  }
}

/** Gathers what a candidate says of its sources, over one event or many; the last told of a kind holds. */
export class Sources {
  #chunks: readonly unknown[] = []
  #supports: readonly unknown[] = []
  #quoted: readonly unknown[] = []

  read(candidate: Members): void {
    if (candidate.groundingMetadata !== undefined) {
      const grounding = recordOf(candidate.groundingMetadata)
      this.#chunks = lastTold(this.#chunks, grounding?.groundingChunks)
      this.#supports = lastTold(this.#supports, grounding?.groundingSupports)
    }
    if (candidate.citationMetadata !== undefined) {
      this.#quoted = lastTold(this.#quoted, recordOf(candidate.citationMetadata)?.citationSources)
    }
  }

  /** Every source once for each place that it supports; one that supports none stands once at the end of the content. */
  toAnnotations(content: CitedText): readonly Annotation[] {
    if (this.#chunks.length === 0 && this.#quoted.length === 0) return []
    const text = content.lay()
    const sources = this.#chunks.map(toSource)
    const cited = new Set<number>()
    const annotations: Annotation[] = []
    for (const support of this.#supports.map(recordOf)) {
      const place = text.find(toSegment(recordOf(support?.segment)))
      for (const index of new Set(listOf(support?.groundingChunkIndices))) {
        const source = typeof index === 'number' ? sources[index] : null
        if (typeof index !== 'number' || source == null) continue
        cited.add(index)
        annotations.push(toAnnotation(source, place))
      }
    }
    for (const quoted of this.#quoted.map(recordOf)) {
      const url = textOf(quoted?.uri)
      if (url !== '') annotations.push(toAnnotation({ url, title: url }, text.find(toSegment(quoted))))
    }
    const end = { start: text.end, end: text.end }
    sources.forEach((source, index) => {
      if (source !== null && !cited.has(index)) annotations.push(toAnnotation(source, end))
    })
    return annotations
  }
}

type Source = { readonly url: string; readonly title: string }

const lastTold = (before: readonly unknown[], now: unknown): readonly unknown[] =>
  Array.isArray(now) && now.length > 0 ? now : before

/** Null for a source without an address: a file of a store, say. */
const toSource = (chunk: unknown): Source | null => {
  const members = recordOf(chunk)
  const kind = recordOf(members?.web ?? members?.retrievedContext ?? members?.maps ?? members?.image)
  const url = textOf(kind?.uri) || textOf(kind?.sourceUri)
  return url === '' ? null : { url, title: textOf(kind?.title) || url }
}

const toSegment = (segment: Members | null): Segment => ({
  part: numberOf(segment?.partIndex),
  startByte: numberOf(segment?.startIndex),
  endByte: numberOf(segment?.endIndex),
  text: textOf(segment?.text),
})

const toAnnotation = ({ url, title }: Source, { start, end }: Place): Annotation => ({
  type: 'url_citation',
  url_citation: { start_index: start, end_index: end, url, title },
})
