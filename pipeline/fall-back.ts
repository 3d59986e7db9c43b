import { GatewayError } from '#src/errors/gateway-error.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import type { Answer } from './exchange.ts'
import type { CallResult } from './stages/call-upstream.ts'

/** An attempt that did not come out well. */
export type FailedAttempt = { readonly result: CallResult; readonly verdict: Verdict }

/** Whether a refusal says something of our keys, which is none of the client's business. */
export const isAboutOurKeys = ({ effect }: Verdict) =>
  effect.kind === 'kill' || effect.kind === 'cool-owner' || (effect.kind === 'cool' && effect.scope === 'owner')

/**
 * What the client gets when no attempt came out well.
 * @throws GatewayError when what the last attempt said is nothing for the client
 */
export const fallBack = (last: FailedAttempt | undefined, secondsUntilReady: () => number): Answer => {
  if (last === undefined) throw new GatewayError('internal', 'No attempt was made.')
  const { result, verdict } = last
  if (result.answer !== null && !isAboutOurKeys(verdict) && verdict.name !== 'front-end-error') return result.answer
  throw errorOf(result.outcome, verdict, secondsUntilReady)
}

const errorOf = (outcome: AttemptOutcome, verdict: Verdict, secondsUntilReady: () => number): GatewayError => {
  switch (outcome.kind) {
    case 'unreachable':
      return new GatewayError('upstream-unreachable', 'The Gemini API could not be reached.', {
        detail: outcome.reason,
      })
    case 'timeout':
      return new GatewayError('upstream-timeout', `The Gemini API did not answer in time (limit: ${outcome.limit}).`)
    case 'stalled':
      return new GatewayError('upstream-stalled', 'The model stopped sending and was given up on.')
    case 'cut':
      return new GatewayError('upstream-cut', 'The connection to the model was lost in the middle of the answer.')
    case 'refused':
      if (verdict.name === 'front-end-error') {
        // A page of HTML says nothing to a program.
        return new GatewayError(
          'upstream-unreachable',
          `The Gemini API cannot be reached: ${outcome.status} in between.`,
        )
      }
      return verdict.effect.kind === 'cool'
        ? new GatewayError('keys-cooling', 'Every key that was tried is out of quota for now.', {
            retryAfterSeconds: Math.max(1, secondsUntilReady()),
          })
        : new GatewayError(
            'upstream-refused',
            'Google refused every key that was tried. Ask the administrator of this gateway.',
          )
    default:
      return new GatewayError('upstream-empty', 'The model gave no answer.')
  }
}
