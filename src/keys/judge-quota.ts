import type { GoogleError, QuotaViolation } from '../protocols/gemini/google-error.ts'
import type { LearnedLimit, Verdict } from './verdict.ts'

const day = 24 * 3600

/**
 * What a 429 (or 402) says. The order matters: a violated daily quota comes with a RetryInfo as short as the
 * per-minute one, which is wrong in practice, so the quota's id is asked first.
 */
export const judgeQuota = (status: number, error: GoogleError): Verdict => {
  if (status === 402 || /prepayment credits are depleted|spending (limit|cap)|spend.based/i.test(error.message)) {
    return { name: 'billing', blames: 'owner', retry: 'other-owner', effect: { kind: 'cool-owner', seconds: 3600 } }
  }
  const { violations } = error
  if (violations.length === 0) {
    return { name: 'busy', blames: 'egress', retry: 'any-key', effect: { kind: 'throttle', target: 'egress' } }
  }
  const model = violations.find(violation => violation.model !== null)?.model
  const learned = violations.map(toLimit).filter(limit => limit !== null)
  const told = { ...(model ? { bucket: model } : {}), ...(learned.length > 0 ? { limits: learned } : {}) }
  if (hasNoQuota(error, violations)) {
    return { name: 'no-quota', blames: 'owner', retry: 'other-owner', effect: coolOwner({ seconds: day }), ...told }
  }
  if (violations.some(violation => isPerDay(violation.quotaId))) {
    return {
      name: 'quota-per-day',
      blames: 'owner',
      retry: 'other-owner',
      effect: coolOwner('until-pacific-midnight'),
      ...told,
    }
  }
  return {
    name: 'quota-per-minute',
    blames: 'owner',
    retry: 'other-owner',
    effect: coolOwner({ seconds: error.retrySeconds ?? 60 }),
    ...told,
  }
}

/** "limit: 0", or every tier of requests and tokens violated at once without any value: this tier never has this model. */
const hasNoQuota = (error: GoogleError, violations: readonly QuotaViolation[]) =>
  violations.some(violation => violation.value === 0) ||
  /limit:\s*0(?![\d.])/.test(error.message) ||
  (violations.length >= 3 && violations.every(violation => violation.value === null))

const isPerDay = (quotaId: string) => /PerDay|Daily/i.test(quotaId)

const toLimit = ({ quotaId, value }: QuotaViolation): LearnedLimit | null =>
  value === null || value === 0
    ? null
    : {
        quotaId,
        value,
        unit: /Token/i.test(quotaId) ? 'input-tokens' : 'requests',
        per: isPerDay(quotaId) ? 'day' : 'minute',
      }

const coolOwner = (lasts: { readonly seconds: number } | 'until-pacific-midnight') =>
  ({ kind: 'cool', scope: 'owner', lasts }) as const
