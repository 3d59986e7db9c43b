import type { Annotation } from './annotations.ts'
import { type Call, toOpeningPiece, toTextPiece } from './calls.ts'
import type { ChoiceSink, Logprobs } from './choice.ts'
import type { FinishReason } from './finish-reason.ts'

/** What the writer of one choice writes to. */
export type ChoiceOutput = {
  /** One delta, as JSON, with the logprobs that belong to it, as JSON. */
  readonly delta: (delta: string, logprobs: string) => void
  readonly finish: (reason: FinishReason, logprobs: string) => void
}

export type ChoiceWriterOptions = {
  readonly callForm: 'tools' | 'functions'
  readonly soundId: () => string
  readonly created: number
  readonly output: ChoiceOutput
}

/** Writes what one choice says as OpenAI's deltas, the role before all else. */
export class ChoiceWriter {
  readonly #options: ChoiceWriterOptions
  #isOpen = false
  #callCount = 0
  #hasSound = false
  #logprobs: Logprobs['content'] = []

  constructor(options: ChoiceWriterOptions) {
    this.#options = options
  }

  readonly sink: ChoiceSink = {
    content: text => this.#write(`{"content":${JSON.stringify(text)}}`, this.#takeLogprobs()),
    reasoning: text => this.#write(`{"reasoning_content":${JSON.stringify(text)}}`),
    call: call => this.#writeCall(call),
    sound: data => this.#writeSound({ data }),
    transcript: transcript => this.#writeSound({ transcript }),
    logprobs: ({ content }) => {
      for (const token of content) this.#logprobs.push(token)
    },
  }

  /** What comes when all was said; exactly one reason to finish. */
  end(refusal: string | null, annotations: readonly Annotation[], reason: FinishReason): void {
    this.#open()
    if (refusal !== null) this.#write(JSON.stringify({ refusal }))
    // OpenAI sends the expiry alone, and its SDK takes that for the end of the sound.
    if (this.#hasSound) this.#write(JSON.stringify({ audio: { expires_at: this.#options.created } }))
    if (annotations.length > 0) this.#write(JSON.stringify({ annotations }))
    this.#options.output.finish(reason, this.#takeLogprobs())
  }

  #open() {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#options.output.delta('{"role":"assistant","content":""}', 'null')
  }

  #write(delta: string, logprobs = 'null') {
    this.#open()
    this.#options.output.delta(delta, logprobs)
  }

  #writeCall(call: Call) {
    if (this.#options.callForm === 'functions') {
      this.#write(JSON.stringify({ function_call: { name: call.name, arguments: '' } }))
      this.#write(JSON.stringify({ function_call: { arguments: call.text } }))
      return
    }
    const index = this.#callCount++
    this.#write(JSON.stringify({ tool_calls: [toOpeningPiece(call, index)] }))
    this.#write(JSON.stringify({ tool_calls: [toTextPiece(call, index)] }))
  }

  /** The id stands in the first piece only: accumulators join texts, ids too. */
  #writeSound(piece: { readonly data: string } | { readonly transcript: string }) {
    const audio = this.#hasSound ? piece : { id: this.#options.soundId(), data: '', transcript: '', ...piece }
    this.#hasSound = true
    this.#write(JSON.stringify({ audio }))
  }

  #takeLogprobs(): string {
    if (this.#logprobs.length === 0) return 'null'
    const content = this.#logprobs
    this.#logprobs = []
    return JSON.stringify({ content, refusal: null })
  }
}
