import { GatewayError } from '#src/errors/gateway-error.ts'
import { withSeed } from '#src/protocols/gemini/with-seed.ts'
import { dropAnswer } from './drop-answer.ts'
import type { Answer, Built, FanOut } from './exchange.ts'
import { mergeCandidates, mergeFacts } from './merge-answers.ts'
import { MergedEvents } from './merged-events.ts'
import type { Stage } from './stage.ts'
import { Stopwatch } from './stopwatch.ts'

/** Calls of one request that are under way at the same time. */
const mostAtOnce = 8

/**
 * Requests that take several calls upstream (`n` choices, more texts than one call embeds): each call has a key and
 * retries of its own, and their answers become one. All others pass through.
 */
export const fanOut = (
  single: Stage<Built, { readonly answer: Answer }>,
): Stage<Built, { readonly answer: Answer }> => ({
  name: single.name,
  run: async known => {
    const plan = known.ask.fanOut
    if (plan === null) return await single.run(known)
    const calls = callsOf(known, plan)
    const answers: Answer[] = []
    for (let from = 0; from < calls.length; from += mostAtOnce) {
      const group = calls.slice(from, from + mostAtOnce)
      try {
        answers.push(...(await runGroup(single, group)))
      } catch (error) {
        if (error instanceof Refused) return { answer: error.answer }
        throw error
      } finally {
        countSlowest(known.stopwatch, group)
      }
    }
    return { answer: merge(answers, plan) }
  },
})

/** One of the calls was refused: what the others say is of no use. */
class Refused extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super('one of several calls was refused')
    this.answer = answer
  }
}

/** @throws Refused, or what a call throws, as soon as the first one does; the end of the exchange stops the others */
const runGroup = async (single: Stage<Built, { readonly answer: Answer }>, group: readonly Built[]) => {
  const running = group.map(async call => {
    const { answer } = await single.run(call)
    if (answer.status !== 200) throw new Refused(answer)
    return answer
  })
  try {
    return await Promise.all(running)
  } catch (error) {
    for (const other of running) {
      other.then(dropAnswer, () => {
        // One failure is told; the others are its like.
      })
    }
    throw error
  }
}

/** Choices of one request are to differ, also where the client wants them to be the same every time. */
const callsOf = (known: Built, plan: FanOut): readonly Built[] => {
  if (plan.kind === 'pieces') {
    return plan.bodies.map(bytes => ({ ...known, stopwatch: new Stopwatch(), body: { kind: 'bytes', bytes } }))
  }
  const { body } = known
  return Array.from({ length: plan.count }, (_, index) => ({
    ...known,
    stopwatch: new Stopwatch(),
    body: body.kind === 'bytes' && index > 0 ? { kind: 'bytes', bytes: withSeed(body.bytes, index) } : body,
  }))
}

/** They ran side by side: what the client waited for is the slowest. */
const countSlowest = (stopwatch: Stopwatch, calls: readonly Built[]) => {
  const [slowest] = calls.map(call => call.stopwatch).sort((left, right) => timeOf(right) - timeOf(left))
  if (slowest === undefined) return
  stopwatch.key += slowest.key
  stopwatch.connect += slowest.connect
  stopwatch.upstream += slowest.upstream
}

const timeOf = ({ key, connect, upstream }: Stopwatch) => key + connect + upstream

const merge = (answers: readonly Answer[], plan: FanOut): Answer => {
  const [first] = answers
  if (first === undefined) throw new Error('A request was divided into no calls.')
  if (first.content.kind === 'events') {
    const streams = answers.flatMap(({ content }) => (content.kind === 'events' ? [content.events] : []))
    return { ...first, content: { ...first.content, events: new MergedEvents(streams, first.content.form) } }
  }
  const wholes = answers.flatMap(({ content }) => (content.kind === 'whole' ? [content] : []))
  if (wholes.length < answers.length) {
    for (const answer of answers) dropAnswer(answer)
    throw new GatewayError('upstream-cut', 'The answers are too large to be joined.')
  }
  const facts = wholes
    .map(whole => whole.facts)
    .reduce((left, right) => (left !== null && right !== null ? mergeFacts(left, right) : null))
  const values = wholes.map(({ value }) => value)
  const value = plan.kind === 'pieces' ? values : mergeCandidates(values)
  return { ...first, content: { kind: 'whole', bytes: Buffer.alloc(0), facts, value } }
}
