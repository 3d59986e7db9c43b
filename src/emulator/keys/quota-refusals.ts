import { GoogleError } from '../wire/google-error.ts'

export type QuotaKind = 'requests-per-minute' | 'requests-per-day' | 'input-tokens-per-minute'

/** `limit`: `null` where Google does not tell it, neither in the details nor in the message. */
export type QuotaViolation = { readonly kind: QuotaKind; readonly limit: number | null }

export type ExceededQuota = {
  readonly violations: readonly QuotaViolation[]
  readonly tier: 'free' | 'paid'
  readonly family: 'generate' | 'embed'
  /** The quota's bucket, which is not always the requested model. */
  readonly bucket: string
  /** What Google advises. For a daily quota it is just as short, and wrong. */
  readonly retryAfterMs: number
}

/** Google's 429 with one `QuotaFailure` violation per exceeded quota. Texts as recorded in 2025 and 2026. */
export const quotaExceeded = ({ violations, tier, family, bucket, retryAfterMs }: ExceededQuota): GoogleError => {
  const named = violations.map(violation => ({ ...violation, ...nameOf(violation.kind, tier, family) }))
  const lines = named.map(
    ({ metric, limit }) =>
      `* Quota exceeded for metric: ${metric}${limit === null ? '' : `, limit: ${limit}`}, model: ${bucket}`,
  )
  const message = [`${introduction}\n${lines.join('\n')}`, `Please retry in ${retryAfterMs / 1000}s.`].join('\n')
  return new GoogleError(429, 'RESOURCE_EXHAUSTED', message, [
    {
      '@type': 'type.googleapis.com/google.rpc.Help',
      links: [
        {
          description: 'Learn more about Gemini API quotas',
          url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
        },
      ],
    },
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: named.map(({ metric, id, limit }) => ({
        quotaMetric: metric,
        quotaId: id,
        quotaDimensions: { location: 'global', model: bucket },
        ...(limit !== null && limit > 0 && { quotaValue: String(limit) }),
      })),
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${Math.floor(retryAfterMs / 1000)}s` },
  ])
}

/** With which every 429 of a quota begins, and which sometimes is all there is. */
export const introduction =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. '

const nameOf = (kind: QuotaKind, tier: 'free' | 'paid', family: 'generate' | 'embed') => {
  const prefix = `generativelanguage.googleapis.com/${family}_content_${tier}_tier`
  const suffix = tier === 'free' ? '-FreeTier' : ''
  const method = family === 'generate' ? 'Generate' : 'EmbedContent'
  if (kind === 'input-tokens-per-minute')
    return {
      metric: `${prefix}_input_token_count`,
      id: `${family === 'generate' ? 'GenerateContent' : 'EmbedContent'}${tier === 'paid' ? 'PaidTier' : ''}InputTokensPerModelPerMinute${suffix}`,
    }
  const window = kind === 'requests-per-day' ? 'PerDay' : 'PerMinute'
  return { metric: `${prefix}_requests`, id: `${method}Requests${window}PerProjectPerModel${suffix}` }
}
