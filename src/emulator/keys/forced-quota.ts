import type { GoogleError } from '../wire/google-error.ts'
import type { KeyBehaviour } from './key-behaviour.ts'
import type { QuotaLimits } from './key-ring.ts'
import { type ExceededQuota, type QuotaViolation, quotaExceeded } from './quota-refusals.ts'

/** The 429 of a key that is told to be out of quota, whatever it has used; `undefined` for all other behaviours. */
export const forcedQuota = (
  behaviour: KeyBehaviour,
  limits: QuotaLimits,
  exceeded: Omit<ExceededQuota, 'violations'>,
): GoogleError | undefined => {
  const violations = violationsOf[behaviour]?.(limits)
  return violations && quotaExceeded({ ...exceeded, violations })
}

const requestsPerDay = ({ perDay = 20 }: QuotaLimits): QuotaViolation => ({ kind: 'requests-per-day', limit: perDay })

const requestsPerMinute = ({ perMinute = 10 }: QuotaLimits): QuotaViolation => ({
  kind: 'requests-per-minute',
  limit: perMinute,
})

const wholeTier = (limit: number | null): readonly QuotaViolation[] => [
  { kind: 'input-tokens-per-minute', limit },
  { kind: 'requests-per-minute', limit },
  { kind: 'requests-per-day', limit },
]

const violationsOf: Readonly<Partial<Record<KeyBehaviour, (limits: QuotaLimits) => readonly QuotaViolation[]>>> = {
  'per-minute': limits => [requestsPerMinute(limits)],
  'per-minute-tokens': ({ inputTokensPerMinute = 250_000 }) => [
    { kind: 'input-tokens-per-minute', limit: inputTokensPerMinute },
  ],
  'per-day': limits => [requestsPerDay(limits)],
  'per-day-and-minute': limits => [requestsPerMinute(limits), requestsPerDay(limits)],
  'no-quota': () => wholeTier(0),
  'no-quota-untold': () => wholeTier(null),
}
