import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import { malformedCall, safetyRatings } from './finish.ts'
import type { Answer } from './plan-answer.ts'
import { type Chunk, tailOf, toStreamChunks } from './response-chunks.ts'

/**
 * The chunks of an answer that went wrong with HTTP 200, or `undefined` for every behaviour that leaves answers alone.
 * A unary answer is the last of them.
 */
export const spoiledChunks = (behaviour: KeyBehaviour, answer: Answer): readonly Chunk[] | undefined =>
  spoilers[behaviour]?.(answer)

const ending = (answer: Answer, candidate: Readonly<Record<string, unknown>>): Chunk => ({
  candidates: [{ ...candidate, index: 0 }],
  ...tailOf(answer, 0),
})

const thoughtful = (answer: Answer): Answer => ({ ...answer, thoughtTokens: Math.max(answer.thoughtTokens, 16) })

const spoilers: Readonly<Partial<Record<KeyBehaviour, (answer: Answer) => readonly Chunk[]>>> = {
  empty: answer => [tailOf(answer, 0)],
  'empty-thoughts': answer => [
    ...toStreamChunks(answer).slice(0, answer.pieces[0]?.part.thought === true ? 1 : 0),
    ending(thoughtful(answer), { content: { role: 'model' }, finishReason: 'STOP' }),
  ],
  'blocked-prompt': answer => [
    {
      promptFeedback: {
        blockReason: 'PROHIBITED_CONTENT',
        safetyRatings: safetyRatings('HARM_CATEGORY_DANGEROUS_CONTENT', 'HIGH'),
      },
      ...tailOf(answer, 0),
    },
  ],
  'blocked-answer': answer => [
    ...toStreamChunks(answer).slice(0, Math.min(2, answer.pieces.length - 1)),
    ending(answer, { finishReason: 'SAFETY', safetyRatings: safetyRatings('HARM_CATEGORY_DANGEROUS_CONTENT', 'HIGH') }),
  ],
  'malformed-call': answer => [
    ending(answer, {
      content: {},
      finishReason: 'MALFORMED_FUNCTION_CALL',
      finishMessage: malformedCall,
    }),
  ],
}
