import type { GoogleError, QuotaViolation } from '../protocols/gemini/google-error.ts'
import { billing } from './refusal-rules.ts'
import type { LearnedLimit, Verdict } from './verdict.ts'

const day = 24 * 3600

/**
 * What a 429 (or 402) says. Without any word of a quota it is about the way to Google, not about the key. Several quotas may be violated at once; the one that lasts longest counts. The order matters
 * for another reason too: a violated daily quota comes with a RetryInfo as short as the per-minute one, which is wrong in
 * practice, so the quota's id is asked first.
 */
export const judgeQuota = (status: number, error: GoogleError): Verdict => {
  if (status === 402 || isUnpaid.test(error.message)) return billing
  const { violations } = error
  if (violations.length === 0) {
    return { name: 'busy', blames: 'egress', retry: 'any-key', effect: { kind: 'throttle', target: 'egress' } }
  }
  const daily = violations.filter(violation => isPerDay(violation.quotaId))
  const model = [...daily, ...violations].find(violation => violation.model !== null)?.model
  const learned = violations.map(toLimit).filter(limit => limit !== null)
  const told = { ...(model ? { bucket: model } : {}), ...(learned.length > 0 ? { limits: learned } : {}) }
  if (hasNoQuota(error, violations)) {
    return { name: 'no-quota', blames: 'owner', retry: 'other-owner', effect: coolOwner({ seconds: day }), ...told }
  }
  if (daily.length > 0) {
    return {
      name: 'quota-per-day',
      blames: 'owner',
      retry: 'other-owner',
      effect: coolOwner('until-pacific-midnight'),
      ...told,
    }
  }
  // Google rounds the hint down to whole seconds, even to none; and no quota of a minute lasts longer than a day.
  const seconds = Math.min(day, Math.max(1, error.retrySeconds ?? 60))
  return { name: 'quota-per-minute', blames: 'owner', retry: 'other-owner', effect: coolOwner({ seconds }), ...told }
}

/** "Your prepayment credits are depleted", "exceeded its monthly spending cap", spend-based limits. */
const isUnpaid = /prepayment credits are depleted|spend(ing)?[ -](limit|cap|based)/i

/** "limit: 0", or all quotas of a tier violated at once without any value: this tier never has this model. */
const hasNoQuota = ({ message }: GoogleError, violations: readonly QuotaViolation[]) =>
  violations.some(violation => violation.value === 0) ||
  /limit:\s*0(?!\d|\.\d)/.test(message) ||
  (violations.every(violation => violation.value === null) && isWholeTier(violations.map(({ quotaId }) => quotaId)))

const isWholeTier = (quotaIds: readonly string[]) =>
  quotaIds.some(isPerDay) &&
  quotaIds.some(quotaId => !isPerDay(quotaId) && !isOfTokens(quotaId)) &&
  quotaIds.some(isOfTokens)

const isPerDay = (quotaId: string) => /Per ?Day|Daily/i.test(quotaId)

const isPerMinute = (quotaId: string) => /Per ?Minute/i.test(quotaId)

const isOfTokens = (quotaId: string) => /Token/i.test(quotaId)

/** Null for quotas of another length than the pool counts, or of one that is not told. */
const toLimit = ({ quotaId, value }: QuotaViolation): LearnedLimit | null =>
  value === null || value === 0 || !(isPerDay(quotaId) || isPerMinute(quotaId))
    ? null
    : {
        quotaId,
        value,
        unit: isOfTokens(quotaId) ? 'input-tokens' : 'requests',
        per: isPerDay(quotaId) ? 'day' : 'minute',
      }

const coolOwner = (lasts: { readonly seconds: number } | 'until-pacific-midnight') =>
  ({ kind: 'cool', scope: 'owner', lasts }) as const
