import { GatewayError } from '#src/errors/gateway-error.ts'
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
      const came = await Promise.all(group.map(async call => (await single.run(call)).answer))
      countSlowest(known.stopwatch, group)
      const refused = came.find(({ status }) => status !== 200)
      if (refused !== undefined) {
        for (const answer of came) if (answer !== refused) drop(answer)
        return { answer: refused }
      }
      answers.push(...came)
    }
    return { answer: merge(answers, plan) }
  },
})

const callsOf = (known: Built, plan: FanOut): readonly Built[] => {
  if (plan.kind === 'copies')
    return Array.from({ length: plan.count }, () => ({ ...known, stopwatch: new Stopwatch() }))
  return plan.bodies.map(bytes => ({ ...known, stopwatch: new Stopwatch(), body: { kind: 'bytes', bytes } }))
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

const drop = ({ content }: Answer) => {
  if (content.kind === 'events') content.events.cancel()
}

const merge = (answers: readonly Answer[], plan: FanOut): Answer => {
  const [first] = answers
  if (first === undefined) throw new Error('A request was divided into no calls.')
  const streams = answers.flatMap(({ content }) => (content.kind === 'events' ? [content.events] : []))
  if (first.content.kind === 'events') {
    return { ...first, content: { ...first.content, events: new MergedEvents(streams, first.content.form) } }
  }
  const wholes = answers.flatMap(({ content }) => (content.kind === 'whole' ? [content] : []))
  // One that is too large to hold cannot be joined with others.
  if (wholes.length < answers.length) throw new GatewayError('upstream-cut', 'The answers are too large to be joined.')
  const facts = wholes
    .map(whole => whole.facts)
    .reduce((left, right) => (left && right ? mergeFacts(left, right) : null))
  const texts = wholes.map(({ bytes }) => bytes.toString('utf8'))
  const text =
    plan.kind === 'pieces'
      ? `[${texts.join(',')}]`
      : JSON.stringify(mergeCandidates(texts.map(each => JSON.parse(each))))
  return { ...first, content: { kind: 'whole', bytes: Buffer.from(text), facts } }
}
