import type { AnswerFacts } from '#src/protocols/gemini/answer-facts.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { AnswerStream, GeminiAnswer } from './exchange.ts'
import { mergeFacts, mergeUsage } from './merge-answers.ts'
import { type ReadEvent, readEvents } from './read-events.ts'

type Copy = {
  readonly stream: AnswerStream
  readonly next: () => Promise<ReadEvent | null>
  usage: unknown
}

type Arrival = { readonly index: number; readonly read: ReadEvent | null }

/** The events of several streamed answers as those of one: each answer is one candidate, told in the order they come. */
export class MergedEvents implements AnswerStream {
  readonly #copies: readonly Copy[]
  readonly #pending = new Map<number, Promise<Arrival>>()

  constructor(streams: readonly AnswerStream[], form: StreamForm) {
    this.#copies = streams.map(stream => ({ stream, next: readEvents(stream, form), usage: undefined }))
    for (const index of this.#copies.keys()) this.#ask(index)
  }

  get facts(): AnswerFacts {
    return this.#copies.map(({ stream }) => stream.facts).reduce(mergeFacts)
  }

  get errorText(): string | null {
    return this.#copies.find(({ stream }) => stream.errorText !== null)?.stream.errorText ?? null
  }

  /** @throws GatewayError as soon as one of the answers breaks: an answer that lacks a choice is none */
  async read(): Promise<Buffer | null> {
    while (this.#pending.size > 0) {
      const { index, read } = await Promise.race(this.#pending.values())
      this.#pending.delete(index)
      if (read === null) continue
      this.#ask(index)
      if (read.kind === 'event') return this.#frame(index, read.event)
    }
    return null
  }

  cancel(): void {
    for (const { stream } of this.#copies) stream.cancel()
  }

  #ask(index: number) {
    const copy = this.#copies[index]
    if (copy === undefined) return
    const arrival = copy.next().then(read => ({ index, read }))
    // Whoever reads is told; a copy that breaks while another one is being read must not be an unhandled rejection.
    arrival.catch(() => undefined)
    this.#pending.set(index, arrival)
  }

  #frame(index: number, event: GeminiAnswer): Buffer {
    const copy = this.#copies[index]
    if (copy !== undefined) copy.usage = event.usageMetadata ?? copy.usage
    const usageMetadata = mergeUsage(this.#copies.map(({ usage }) => usage))
    const candidates = Array.isArray(event.candidates)
      ? event.candidates.map(candidate => ({ ...candidate, index }))
      : event.candidates
    return Buffer.from(`data: ${JSON.stringify({ ...event, candidates, usageMetadata })}\r\n\r\n`)
  }
}
