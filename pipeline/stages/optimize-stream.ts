import { GatewayError } from '#src/errors/gateway-error.ts'
import type { StreamForm } from '#src/protocols/gemini/write-error.ts'
import type { EventSource } from '../event-source.ts'
import type { Answered } from '../exchange.ts'
import { type PaceSettings, paceText } from '../pace-text.ts'
import type { GeminiAnswer } from '../plugin.ts'
import type { Refinements } from '../refine.ts'
import { type Rewrite, rewriteEvents } from '../rewrite-events.ts'
import type { Stage } from '../stage.ts'

/** What the client is sent. */
export type ReplyContent =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'events'; readonly form: StreamForm; readonly source: EventSource }
  | { readonly kind: 'unread'; readonly body: ReadableStream<Uint8Array> | null }

/** Shapes the answer for the client: plugins' changes to it, and the pacing of streamed text. Mostly it changes nothing. */
export const optimizeStream = (
  refinements: Refinements,
  pace: PaceSettings,
): Stage<Answered, { readonly reply: ReplyContent }> => ({
  name: 'optimize-stream',
  run: known => {
    const { content } = known.answer
    if (content.kind === 'unread') return { reply: content }
    if (content.kind === 'whole')
      return { reply: { kind: 'whole', bytes: refineWhole(known, content.bytes, refinements) } }
    const rewrite = chooseRewrite(known, refinements, pace)
    const source = rewrite === null ? content.events : rewriteEvents(content.events, content.form, rewrite)
    return { reply: { kind: 'events', form: content.form, source } }
  },
})

const refineWhole = (known: Answered, bytes: Buffer, refinements: Refinements): Buffer => {
  const stages = known.answer.status === 200 && known.ask.isObserved ? refinements.applying('response', known) : []
  if (stages.length === 0) return bytes
  const startedAt = performance.now()
  const answer = stages.reduce(
    (value, stage) => stage.run(value, known),
    JSON.parse(bytes.toString('utf8')) as GeminiAnswer,
  )
  known.stopwatch.translate += performance.now() - startedAt
  return Buffer.from(JSON.stringify(answer, null, 2))
}

/** Null when no stage wants to see the events: they go through as they came. */
const chooseRewrite = (known: Answered, refinements: Refinements, pace: PaceSettings): Rewrite | null => {
  const stages = refinements.applying('events', known)
  const isPaced = pace.STREAM_OPTIMIZER_ENABLED && known.mode.kind === 'text' && known.ask.isObserved
  if (stages.length === 0 && !isPaced) return null
  const refine = (event: GeminiAnswer) => stages.reduce((value, stage) => stage.run(value, known), event)
  return isPaced ? event => paceText(refine(event), pace, sleepUnlessGone(known)) : event => [refine(event)]
}

const sleepUnlessGone = (known: Answered) => async (milliseconds: number) => {
  await Bun.sleep(milliseconds)
  if (known.scope.ending !== undefined) throw new GatewayError('client-gone', 'The client went away.')
}
