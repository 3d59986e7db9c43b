import { invalidKey } from '#src/emulator/keys/key-refusals.ts'
import { type QuotaViolation, quotaExceeded } from '#src/emulator/keys/quota-refusals.ts'
import { GoogleError } from '#src/emulator/wire/google-error.ts'
import { judge } from '#src/keys/judge.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import { noFacts } from '#src/protocols/gemini/answer-facts.ts'
import type { Answer } from './google.ts'
import type { Scenario } from './scenario.ts'

/**
 * What the gateway makes of an answer: Google's own body, byte for byte as recorded, goes through the real `judge`.
 * `askedAt` is when Google refused: the hint to come back says how long its minute still lasts, a used-up day included.
 */
export const judgeAnswer = (scenario: Scenario, answer: Answer, model: number, askedAt: number): Verdict => {
  switch (answer) {
    case 'served':
      return served
    case 'overloaded':
      return overloaded
    case 'key-invalid':
      return dead
    case 'minute-used-up':
      return judgeQuota(scenario, [perMinute(scenario)], model, askedAt)
    case 'day-used-up':
      return judgeQuota(scenario, [perDay(scenario)], model, askedAt)
    case 'both-used-up':
      return judgeQuota(scenario, [perDay(scenario), perMinute(scenario)], model, askedAt)
  }
}

const judgeError = (error: GoogleError): Verdict =>
  judge({
    kind: 'refused',
    status: error.httpStatus,
    contentType: 'application/json; charset=UTF-8',
    body: JSON.stringify(error.toBody()),
  })

const served = judge({ kind: 'answered', facts: { ...noFacts, visible: true, finishReason: 'STOP' } })

const dead = judgeError(invalidKey())

const overloaded = judgeError(
  new GoogleError(
    503,
    'UNAVAILABLE',
    'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
  ),
)

const perMinute = (scenario: Scenario): QuotaViolation => ({ kind: 'requests-per-minute', limit: scenario.perMinute })

const perDay = (scenario: Scenario): QuotaViolation => ({ kind: 'requests-per-day', limit: scenario.perDay })

const judgeQuota = (
  scenario: Scenario,
  violations: readonly QuotaViolation[],
  model: number,
  askedAt: number,
): Verdict =>
  judgeError(
    quotaExceeded({
      violations,
      tier: 'free',
      family: 'generate',
      bucket: scenario.models[model] ?? '',
      retryAfterMs: Math.ceil(60_000 - (askedAt % 60_000)),
    }),
  )
