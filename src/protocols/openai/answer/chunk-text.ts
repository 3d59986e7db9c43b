import type { AnswerHead } from './answer.ts'
import type { FinishReason } from './finish-reason.ts'

/** Writes the events of one stream: all but the choice is the same in each, and made once. */
export class ChunkText {
  readonly #start: string
  readonly #end: string

  constructor({ id, ...head }: AnswerHead, includesUsage: boolean) {
    const members = JSON.stringify({ id, object: 'chat.completion.chunk', ...head })
    this.#start = `data: ${members.slice(0, -1)},"choices":[`
    this.#end = includesUsage ? '],"usage":null}\n\n' : ']}\n\n'
  }

  /** One delta as JSON; `logprobs` is JSON too, `null` where there are none. */
  delta(index: number, delta: string, logprobs = 'null'): string {
    return `${this.#start}{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":null}${this.#end}`
  }

  /** The one chunk that tells how a choice ended. */
  finish(index: number, reason: FinishReason, logprobs: string): string {
    return `${this.#start}{"index":${index},"delta":{},"logprobs":${logprobs},"finish_reason":"${reason}"}${this.#end}`
  }

  /** The extra last chunk of those who asked for it. */
  usage(usage: Readonly<Record<string, unknown>>): string {
    return `${this.#start}],"usage":${JSON.stringify(usage)}}\n\n`
  }
}
