import { type Answer, planAnswer } from '../answers/plan-answer.ts'
import { type Chunk, tailOf, toStreamChunks, toWholeResponse } from '../answers/response-chunks.ts'
import { spoiledChunks } from '../answers/spoiled-answers.ts'
import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import { streamError } from '../keys/key-refusals.ts'
import type { Model } from '../models/catalogue.ts'
import type { GenerateContentRequest } from '../wire/messages.ts'
import type { EmbedUsage } from './embed.ts'
import { eventSteps, jsonReply, jsonSteps, type Reply } from './reply.ts'
import { brokenWhole, type StreamText, stepsOf } from './stream-fates.ts'

export type GenerateOptions = {
  readonly behaviour: KeyBehaviour
  readonly form: 'unary' | 'events' | 'array'
  readonly pretty: boolean
  readonly betweenChunksMs: number
  readonly embedUsage: EmbedUsage
}

/** Answers a request that has passed all checks. */
export const generate = (request: GenerateContentRequest, model: Model, options: GenerateOptions): Reply => {
  const answer = planAnswer(request, model)
  const spoiled = spoiledChunks(options.behaviour, answer)
  if (options.form === 'unary') return wholeReply(spoiled?.at(-1) ?? toWholeResponse(answer), options)
  const stream = (options.form === 'events' ? toEvents : toArray)(spoiled ?? toStreamChunks(answer), answer)
  const steps = stepsOf(options.behaviour, stream, options.betweenChunksMs)
  return options.form === 'events' ? eventSteps(steps) : jsonSteps(steps)
}

const wholeReply = (chunk: Chunk, { behaviour, pretty }: GenerateOptions): Reply => {
  if (behaviour === 'stream-error') throw streamError()
  const reply = jsonReply(chunk, { pretty })
  const broken = reply.kind === 'whole' ? brokenWhole(behaviour, reply.body) : undefined
  return broken === undefined ? reply : jsonSteps(broken)
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\r\n\r\n`

const toEvents = (chunks: readonly Chunk[], answer: Answer): StreamText => ({
  opening: '',
  chunks: chunks.map(event),
  closing: '',
  keepAlive: event(tailOf(answer, 0)),
  error: event(streamError().toBody()),
})

/** Google writes `[`, then each element as it comes, with `,` and CRLF between them, then `]`. */
const toArray = (chunks: readonly Chunk[], answer: Answer): StreamText => {
  const element = (value: unknown, index: number) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(value, null, 2)}\n`
  return {
    opening: '',
    chunks: chunks.map(element),
    closing: ']',
    keepAlive: element(tailOf(answer, 0), 1),
    error: element(streamError().toBody(), 1),
  }
}
