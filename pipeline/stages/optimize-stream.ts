import { GatewayError } from '#src/errors/gateway-error.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import { unwrapErrorEvents } from '#src/protocols/openai/unwrap-error.ts'
import { dropAnswer } from '../drop-answer.ts'
import type { EventSource } from '../event-source.ts'
import type { Answer, Answered, AnswerStream, AnswerWriter, GeminiAnswer } from '../exchange.ts'
import { type PaceSettings, paceText } from '../pace-text.ts'
import type { Refinements } from '../refine.ts'
import { type Rewrite, rewriteEvents, translateEvents } from '../rewrite-events.ts'
import type { Stage } from '../stage.ts'

/** What the client is sent. `whole` is text where it was written here. */
export type ReplyContent =
  | { readonly kind: 'whole'; readonly bytes: Buffer | string }
  | { readonly kind: 'pieces'; readonly pieces: Iterator<string> }
  | { readonly kind: 'events'; readonly form: StreamForm; readonly source: EventSource }
  | { readonly kind: 'unread'; readonly body: ReadableStream<Uint8Array> | null }

/**
 * Shapes the answer for the client: plugins' changes to it, the pacing of streamed text, and the caller's dialect. For a
 * native caller it mostly changes nothing.
 */
export const optimizeStream = (
  refinements: Refinements,
  pace: PaceSettings,
): Stage<Answered, { readonly reply: ReplyContent }> => ({
  name: 'optimize-stream',
  run: known => {
    const { content } = known.answer
    const { writer } = known.ask
    if (content.kind === 'unread') return { reply: writer === null ? content : withoutReading(known.answer) }
    if (content.kind === 'whole') return { reply: toReply(refineWhole(known, content, refinements)) }
    const rewrite = chooseRewrite(known, refinements, pace)
    if (writer !== null) return translated(known, content, rewrite, writer)
    if (known.ask.answer === 'openai') return { reply: { ...content, source: unwrappingErrors(content.events) } }
    const source = rewrite === null ? content.events : rewriteEvents(content.events, content.form, rewrite)
    return { reply: { kind: 'events', form: content.form, source } }
  },
})

const toReply = (written: Buffer | string | Iterable<string>): ReplyContent =>
  typeof written === 'string' || Buffer.isBuffer(written)
    ? { kind: 'whole', bytes: written }
    : { kind: 'pieces', pieces: written[Symbol.iterator]() }

/** What is too large to be translated. Of an error, its status says enough. @throws GatewayError `upstream-cut` */
const withoutReading = (answer: Answer): ReplyContent => {
  dropAnswer(answer)
  if (answer.status >= 400) return { kind: 'whole', bytes: '' }
  throw new GatewayError('upstream-cut', 'The answer is too large to be translated.')
}

/** Bytes as they came, but for an error of Google's OpenAI layer. */
const unwrappingErrors = (events: AnswerStream): EventSource => ({
  read: async () => {
    const bytes = await events.read()
    if (bytes === null || events.errorText === null) return bytes
    const unwrapped = unwrapErrorEvents(bytes.toString('utf8'))
    return unwrapped === null ? bytes : Buffer.from(unwrapped)
  },
  cancel: () => events.cancel(),
})

/** The first words are waited for: until they are there, the client can still be told the status of an error. */
const translated = async (
  { stopwatch }: Answered,
  { events, form }: Extract<Answered['answer']['content'], { kind: 'events' }>,
  rewrite: Rewrite | null,
  writer: AnswerWriter,
): Promise<{ readonly reply: ReplyContent }> => {
  const count = (milliseconds: number) => {
    stopwatch.translate += milliseconds
  }
  const source = translateEvents(events, form, rewrite, writer.stream(), count)
  const startedAt = performance.now()
  const before = stopwatch.translate
  let first: Buffer | null = await source.read()
  stopwatch.upstream += performance.now() - startedAt - (stopwatch.translate - before)
  const read = () => {
    if (first === null) return source.read()
    const bytes = first
    first = null
    return Promise.resolve(bytes)
  }
  return { reply: { kind: 'events', form, source: { read, cancel: source.cancel } } }
}

const refineWhole = (
  known: Answered,
  { bytes, value: parsed }: Extract<Answer['content'], { kind: 'whole' }>,
  refinements: Refinements,
): Buffer | string | Iterable<string> => {
  const { answer, ask, stopwatch } = known
  if (answer.status !== 200) return bytes
  const stages = ask.answer === 'gemini' ? refinements.applying('response', known) : []
  if (stages.length === 0 && ask.writer === null) return bytes
  const startedAt = performance.now()
  const refined = stages.reduce<unknown>(
    (value, stage) => stage.run(value as GeminiAnswer, known),
    parsed ?? JSON.parse(bytes.toString('utf8')),
  )
  const text = ask.writer === null ? JSON.stringify(refined, null, 2) : ask.writer.whole(refined)
  stopwatch.translate += performance.now() - startedAt
  return text
}

/** Null when no stage wants to see the events: they go through as they came. */
const chooseRewrite = (known: Answered, refinements: Refinements, pace: PaceSettings): Rewrite | null => {
  if (known.ask.answer !== 'gemini') return null
  const stages = refinements.applying('events', known)
  const isPaced = pace.STREAM_OPTIMIZER_ENABLED && known.mode.kind === 'text'
  if (stages.length === 0 && !isPaced) return null
  const refine = (event: GeminiAnswer) => stages.reduce((value, stage) => stage.run(value, known), event)
  return isPaced ? event => paceText(refine(event), pace, sleepUnlessGone(known)) : event => [refine(event)]
}

const sleepUnlessGone = (known: Answered) => async (milliseconds: number) => {
  await Bun.sleep(milliseconds)
  if (known.scope.ending !== undefined) throw new GatewayError('client-gone', 'The client went away.')
}
