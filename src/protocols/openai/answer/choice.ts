import { listOf, type Members, recordOf, textOf } from '../../read-value.ts'
import type { ChatManner } from '../chat-manner.ts'
import { type Annotation, Sources } from './annotations.ts'
import { toBlock } from './blocks.ts'
import type { Call } from './calls.ts'
import { CitedText } from './cited-text.ts'
import { endingOf, type FinishReason, toFinishReason } from './finish-reason.ts'
import { toLogprobs } from './logprobs.ts'
import { Sound } from './sound.ts'
import { isSound } from './sound-file.ts'

/** Told of what a choice says, in order; never of an empty text. */
export type ChoiceSink = {
  readonly content: (text: string) => void
  readonly reasoning: (text: string) => void
  readonly call: (call: Call) => void
  /** Base64, of which several are simply joined. */
  readonly sound: (data: string) => void
  readonly transcript: (text: string) => void
  /** Comes before the content that it is about. */
  readonly logprobs: (logprobs: Logprobs) => void
}

export type Logprobs = NonNullable<ReturnType<typeof toLogprobs>>

/** How a choice ended; `nothing` where there is nothing to show and no reason that OpenAI has a word for. */
export type Conclusion =
  | { readonly kind: 'said'; readonly finishReason: FinishReason; readonly refusal: string | null }
  | { readonly kind: 'nothing' | 'broken'; readonly reason: string }

/** One candidate of Google's, over a whole answer or over all events of a stream. */
export class Choice {
  readonly index: number
  readonly #manner: ChatManner
  readonly #readCall: (part: Members, functionCall: Members) => Call
  readonly #sink: ChoiceSink
  readonly #text = new CitedText()
  readonly #sources = new Sources()
  #sound: Sound | null = null
  #part = -1
  #partKind: PartKind = 'other'
  #callCount = 0
  #hasContent = false
  #endsInBlock = false
  #hasThoughts = false
  #finishReason = ''
  #finishMessage = ''

  constructor(
    index: number,
    manner: ChatManner,
    readCall: (part: Members, functionCall: Members) => Call,
    sink: ChoiceSink,
  ) {
    this.index = index
    this.#manner = manner
    this.#readCall = readCall
    this.#sink = sink
  }

  get isFinished(): boolean {
    return this.#finishReason !== ''
  }

  /** False for a candidate that was named and neither said nor ended anything. */
  get isReal(): boolean {
    return this.isFinished || this.#hasThoughts || this.#isUsable
  }

  read(candidate: Members): void {
    if (candidate.logprobsResult !== undefined) {
      const logprobs = toLogprobs(candidate.logprobsResult)
      if (logprobs !== null) this.#sink.logprobs(logprobs)
    }
    let isFirst = true
    for (const value of listOf(recordOf(candidate.content)?.parts)) {
      this.#readPart(recordOf(value) ?? {}, isFirst)
      isFirst = false
    }
    this.#finishReason = textOf(candidate.finishReason) || this.#finishReason
    this.#finishMessage = textOf(candidate.finishMessage) || this.#finishMessage
    this.#sources.read(candidate)
  }

  /** Lets go of what was held back until the end. To be called once, when all was read. */
  conclude(): Conclusion {
    const held = this.#sound?.end() ?? ''
    if (held !== '') this.#sink.sound(held)
    const ending = this.isFinished ? endingOf(this.#finishReason) : 'complete'
    // What was said before a failure is no whole answer, and OpenAI has no reason to finish that says so.
    if (ending === 'failed' && this.#isUsable && this.#callCount === 0) {
      return { kind: 'broken', reason: this.#reasonInWords() }
    }
    if (this.#isUsable || ending === 'cut-short') {
      const finishReason = toFinishReason(ending, this.#callCount > 0, this.#manner.callForm)
      return { kind: 'said', finishReason, refusal: null }
    }
    if (ending !== 'filtered') return { kind: 'nothing', reason: this.#reasonInWords() }
    const refusal = `Google's filters stopped the answer: ${this.#reasonInWords()}.`
    return { kind: 'said', finishReason: 'content_filter', refusal }
  }

  /** What the content cites, with places in all of it. */
  annotations(): readonly Annotation[] {
    return this.#sources.toAnnotations(this.#text)
  }

  /** Thoughts alone are no answer. */
  get #isUsable() {
    return this.#hasContent || this.#callCount > 0 || this.#sound !== null
  }

  #reasonInWords() {
    return this.#finishMessage === '' ? this.#finishReason : `${this.#finishReason} (${this.#finishMessage})`
  }

  #readPart(part: Members, isFirst: boolean) {
    const { text } = part
    const kind = typeof text !== 'string' ? 'other' : part.thought === true ? 'thought' : 'text'
    // A text goes on from one event to the next; within an event every part is one of its own.
    if (!isFirst || kind === 'other' || kind !== this.#partKind) this.#part++
    this.#partKind = kind
    if (typeof text !== 'string') this.#readOther(part)
    else if (text !== '') this.#readText(text, kind)
  }

  #readText(text: string, kind: PartKind) {
    if (kind === 'thought') {
      this.#hasThoughts = true
      this.#sink.reasoning(text)
      return
    }
    const gap = this.#endsInBlock ? blankLine : ''
    if (gap !== '') this.#text.insert(gap)
    this.#text.add(this.#part, text)
    this.#hasContent = true
    this.#endsInBlock = false
    this.#sink.content(gap + text)
  }

  #readOther(part: Members) {
    const functionCall = recordOf(part.functionCall)
    if (functionCall !== null) this.#readCallPart(part, functionCall)
    else if (part.thought !== true && !this.#readSound(part)) this.#readBlock(part)
  }

  #readCallPart(part: Members, functionCall: Members) {
    const isOneOnly = this.#manner.isOneCallOnly || this.#manner.callForm === 'functions'
    if (isOneOnly && this.#callCount > 0) return
    this.#callCount++
    this.#sink.call(this.#readCall(part, functionCall))
  }

  #readSound(part: Members): boolean {
    const data = recordOf(part.inlineData)
    const mimeType = textOf(data?.mimeType)
    if (this.#manner.audioFormat === null || !isSound(mimeType)) return false
    const piece = { mimeType, data: textOf(data?.data) }
    if (piece.data === '') return true
    this.#sound ??= new Sound(this.#manner.audioFormat)
    const ready = this.#sound.add(piece)
    if (ready !== '') this.#sink.sound(ready)
    const words = textOf(recordOf(part.audioTranscription)?.text)
    if (words !== '') this.#sink.transcript(words)
    return true
  }

  #readBlock(part: Members) {
    const block = toBlock(part)
    if (block === null) return
    const text = this.#hasContent ? blankLine + block : block
    this.#text.insert(text)
    this.#hasContent = true
    this.#endsInBlock = true
    this.#sink.content(text)
  }
}

type PartKind = 'text' | 'thought' | 'other'

const blankLine = '\n\n'
