import { isRecord, textOf } from '../read-value.ts'

/** One violated quota of a `google.rpc.QuotaFailure`, or of a message in its place. */
export type QuotaViolation = {
  /** Empty where only the message tells of the quota. */
  readonly quotaId: string
  readonly quotaMetric: string
  readonly model: string | null
  /** The limit, where Google tells it. */
  readonly value: number | null
}

/** An error of Google's, read with nothing assumed: any member may be missing. */
export type GoogleError = {
  readonly code: number | null
  readonly status: string
  readonly message: string
  /** `reason` of the `google.rpc.ErrorInfo`. */
  readonly reason: string | null
  /** `metadata.consumer` of the ErrorInfo, `projects/123`. */
  readonly consumer: string | null
  readonly violations: readonly QuotaViolation[]
  /** `retryDelay` of the `google.rpc.RetryInfo`, or the "retry in Ns" of the message if that is longer; seconds. */
  readonly retrySeconds: number | null
}

/**
 * Reads `{"error":{…}}`, also inside a one-element array (array streams and the OpenAI layer send that) and as text
 * inside another error's message (what programs in between make of an SDK's exception).
 * @returns null when the text is not such an error: HTML of a front end, an empty body
 */
export const readGoogleError = (text: string, depth = 0): GoogleError | null => {
  const error = memberOf(unwrap(parse(text)), 'error')
  if (!isRecord(error)) return null
  const message = textOf(error.message)
  const nested = depth < mostNested && /^\s*[{[]/.test(message) ? readGoogleError(message, depth + 1) : null
  if (nested !== null) return nested
  const details = Array.isArray(error.details) ? error.details.filter(isRecord) : []
  const info = details.find(detail => isOfType(detail, 'ErrorInfo'))
  const failures = details
    .filter(detail => isOfType(detail, 'QuotaFailure'))
    .flatMap(detail => (Array.isArray(detail.violations) ? detail.violations.filter(isRecord) : []))
  return {
    code: typeof error.code === 'number' ? error.code : null,
    status: textOf(error.status),
    message,
    reason: textOf(info?.reason) || null,
    consumer: readConsumer(memberOf(info?.metadata, 'consumer')),
    violations:
      failures.length > 0 ? withTold(failures.map(readViolation), message) : readFromWords(info?.metadata, message),
    retrySeconds: longest(
      details.map(detail => readSeconds(textOf(detail.retryDelay))),
      readSeconds(/retry in ([\d.hm]*s)/i.exec(message)?.[1] ?? ''),
    ),
  }
}

const mostNested = 3

const isOfType = (detail: Record<string, unknown>, name: string) =>
  textOf(detail['@type']).endsWith(`google.rpc.${name}`)

/** Only a project's number or id will do: Google is known to write whole keys into such places. */
const readConsumer = (value: unknown): string | null =>
  /^projects\/(\d{1,20}|[a-z][a-z0-9-]{4,28}[a-z0-9])$/.test(textOf(value)) ? textOf(value) : null

const readViolation = (violation: Record<string, unknown>): QuotaViolation => ({
  quotaId: textOf(violation.quotaId),
  quotaMetric: textOf(violation.quotaMetric),
  model: textOf(memberOf(violation.quotaDimensions, 'model')) || null,
  value: readCount(violation.quotaValue),
})

type Line = { readonly metric: string; readonly value: number | null; readonly model: string | null }

/** `* Quota exceeded for metric: M, limit: N, model: X` of the message; one for each violation, in order. */
const readLines = (message: string): readonly Line[] =>
  [...message.matchAll(/\* Quota exceeded for metric: ([^,\s]+)(?:, limit: (\d+))?(?:, model: (\S+))?/g)].map(
    ([, metric = '', limit, model]) => ({ metric, value: readCount(limit), model: model ?? null }),
  )

/** Takes from the message what the details leave out. */
const withTold = (violations: readonly QuotaViolation[], message: string): readonly QuotaViolation[] => {
  const lines = readLines(message)
  if (lines.length !== violations.length) return violations
  return violations.map((violation, index) => {
    const line = lines[index]
    if (line?.metric !== violation.quotaMetric) return violation
    return { ...violation, value: violation.value ?? line.value, model: violation.model ?? line.model }
  })
}

/**
 * Quotas without a QuotaFailure. By region they stand in the ErrorInfo, or in words with their name; where the details
 * were lost on the way, in words without one.
 */
const readFromWords = (metadata: unknown, message: string): readonly QuotaViolation[] => {
  const told = /^Quota exceeded for (?:quota )?(?:metric|group) '([^']*)' and limit '([^']*)'/.exec(message)
  const quotaId = textOf(memberOf(metadata, 'quota_limit')) || (told?.[2] ?? '')
  if (quotaId !== '') {
    const quotaMetric = textOf(memberOf(metadata, 'quota_metric')) || (told?.[1] ?? '')
    return [{ quotaId, quotaMetric, model: null, value: readCount(memberOf(metadata, 'quota_limit_value')) }]
  }
  const lines = readLines(message)
  if (lines.length > 0) return lines.map(({ metric, value, model }) => ({ quotaId, quotaMetric: metric, model, value }))
  const isQuota = message.startsWith('You exceeded your current quota')
  return isQuota ? [{ quotaId, quotaMetric: '', model: null, value: null }] : []
}

/** int64 is a text in Google's JSON; programs in between may write a number. */
const readCount = (value: unknown): number | null => {
  const text = typeof value === 'number' ? String(value) : textOf(value)
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** `"15s"`, `"15.06s"`, `"964.97ms"`, `"1h2m3s"` → seconds. */
const readSeconds = (text: string): number | null => {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(\d+(?:\.\d+)?)(m?s)$/.exec(text)
  if (match === null) return null
  const [, hours = 0, minutes = 0, seconds, unit] = match
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) / (unit === 'ms' ? 1000 : 1)
}

const longest = (values: readonly (number | null)[], other: number | null): number | null => {
  const known = [...values, other].filter(value => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const unwrap = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

const memberOf = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
