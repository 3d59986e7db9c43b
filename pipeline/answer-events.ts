import { GatewayError } from '#src/errors/gateway-error.ts'
import { type AnswerFacts, type AnswerReader, noFacts } from '#src/protocols/gemini/answer-facts.ts'
import { arrayFrames } from '#src/protocols/gemini/array-frames.ts'
import { type FrameReader, FrameTooLarge } from '#src/protocols/gemini/frames.ts'
import { sseFrames } from '#src/protocols/gemini/sse-frames.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { Secret } from '#src/security/secret.ts'
import type { Watch, Watchdog } from '#src/upstream/watchdog.ts'
import { bytesWithoutSecret, withoutSecret } from '#src/upstream/without-secret.ts'
import type { AnswerStream } from './exchange.ts'

export type AnswerEventsOptions = {
  readonly form: StreamForm
  readonly reader: AnswerReader
  /** The key of the attempt: an error event may quote it. */
  readonly secret: Secret
  readonly watchdog: Watchdog
  /** How long the stream may bring nothing new. Bytes alone are not progress: content is. */
  readonly progressMilliseconds: number
  /** Cuts the connection. */
  readonly abort: () => void
  /** The stream has been read to its end. */
  readonly onEnd: () => void
}

/** The default reader, said in the words both Bun's and Node's types agree on. */
type ChunkReader = {
  readonly read: () => Promise<{ readonly done: false; readonly value: Uint8Array } | { readonly done: true }>
}

/** What may stand behind the last event of a stream that was not cut. */
const closings: Readonly<Record<StreamForm, RegExp>> = { sse: /^\s*$/, array: /^\s*(\[\s*)?\]\s*$/ }

/** The events of one streamed answer: passed on as they came, and observed on the way. */
export class AnswerEvents implements AnswerStream {
  readonly #reader: ChunkReader
  readonly #frames: FrameReader
  readonly #options: AnswerEventsOptions
  readonly #watch: Watch
  readonly #held: Buffer[] = []
  #facts: AnswerFacts = noFacts
  #errorText: string | null = null
  #isStalled = false
  #isOver = false

  constructor(body: ReadableStream<Uint8Array>, options: AnswerEventsOptions) {
    this.#reader = body.getReader() as ChunkReader
    this.#frames = options.form === 'sse' ? sseFrames() : arrayFrames()
    this.#options = options
    this.#watch = options.watchdog.watch(options.progressMilliseconds, () => {
      this.#isStalled = true
      options.abort()
    })
  }

  /** What has been seen so far, over all events. */
  get facts(): AnswerFacts {
    return this.#facts
  }

  /** Google ends every whole stream with one of these two; one without is cut, however cleanly the bytes end. */
  get isComplete(): boolean {
    return this.#facts.finishReason !== null || this.#facts.blockReason !== null
  }

  /** The error event upstream sent in mid-stream, as JSON text. */
  get errorText(): string | null {
    return this.#errorText
  }

  /**
   * Reads until it is clear that the answer is worth passing on; what was read is kept for {@link read}.
   * @throws GatewayError as `read` does
   */
  async hold(): Promise<void> {
    while (!this.#isOver && this.#errorText === null && !this.#isWorthSending()) {
      const bytes = await this.#readFrames()
      if (bytes !== null) this.#held.push(bytes)
    }
  }

  /**
   * The next whole events; null at the end of a complete answer.
   * @throws GatewayError `upstream-cut`, `upstream-stalled` or, when nothing at all came, `upstream-empty`
   */
  async read(): Promise<Buffer | null> {
    const held = this.#held.shift()
    if (held !== undefined) return held
    return this.#isOver ? null : await this.#readFrames()
  }

  /** Stops reading and lets the connection go. */
  cancel(): void {
    this.#watch.stop()
    this.#isOver = true
    this.#options.abort()
  }

  #isWorthSending() {
    return this.#facts.visible || this.#facts.thought || this.isComplete
  }

  async #readFrames(): Promise<Buffer | null> {
    for (;;) {
      const chunk = await this.#readChunk()
      if (chunk.done) return this.#end()
      const { value } = chunk
      const bytes = this.#push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
      if (bytes !== null) return bytesWithoutSecret(bytes, this.#options.secret)
    }
  }

  async #readChunk() {
    // A client that reads slowly is no stall of the upstream: the limit runs only while something is waited for.
    this.#watch.resume()
    try {
      const chunk = await this.#reader.read()
      this.#watch.pause()
      return chunk
    } catch (error) {
      this.#watch.stop()
      throw this.#isStalled
        ? new GatewayError('upstream-stalled', 'The model stopped sending and was given up on.', { cause: error })
        : new GatewayError('upstream-cut', 'The connection to the model was lost in the middle of the answer.', {
            cause: error,
          })
    }
  }

  #push(chunk: Buffer): Buffer | null {
    try {
      return this.#frames.push(chunk, (bytes, start, end) => this.#observe(bytes, start, end))
    } catch (error) {
      if (!(error instanceof FrameTooLarge)) throw error
      this.cancel()
      throw new GatewayError('upstream-cut', 'One event of the answer was too large to pass on.', { cause: error })
    }
  }

  #end(): Buffer | null {
    this.#watch.stop()
    this.#isOver = true
    this.#options.onEnd()
    const rest = this.#frames.rest()
    const isClosed = closings[this.#options.form].test(rest.toString('utf8'))
    // What is left behind the last event is the upstream's, so it goes on like the rest.
    if (isClosed && (this.isComplete || this.#errorText !== null)) return rest.length === 0 ? null : rest
    const { visible, thought } = this.#facts
    if (isClosed && !visible && !thought) throw new GatewayError('upstream-empty', 'The model gave no answer.')
    throw new GatewayError('upstream-cut', 'The answer ended before it was complete.')
  }

  #observe(bytes: Buffer, start: number, end: number) {
    const text = bytes.toString('utf8', start, end)
    const facts = readFacts(text, this.#options.reader)
    if (facts === null) return
    if (facts.hasError) this.#errorText = withoutSecret(text, this.#options.secret)
    const before = this.#facts
    const isProgress =
      facts.visible || facts.thought || (facts.usage?.totalTokens ?? 0) > (before.usage?.totalTokens ?? 0)
    if (isProgress) this.#watch.extend(this.#options.progressMilliseconds)
    this.#facts = {
      visible: before.visible || facts.visible,
      thought: before.thought || facts.thought,
      finishReason: before.finishReason ?? facts.finishReason,
      blockReason: facts.blockReason ?? before.blockReason,
      usage: facts.usage ?? before.usage,
      hasError: before.hasError || facts.hasError,
    }
  }
}

/** An event that is not JSON is passed on all the same; it just says nothing. */
const readFacts = (text: string, reader: AnswerReader): AnswerFacts | null => {
  try {
    return reader.event(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
