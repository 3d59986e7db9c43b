/** One violated quota of a `google.rpc.QuotaFailure`. */
export type QuotaViolation = {
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
 * Reads `{"error":{…}}`, also inside a one-element array (array streams and the OpenAI layer send that).
 * @returns null when the text is not such an error: HTML of a front end, an empty body
 */
export const readGoogleError = (text: string): GoogleError | null => {
  const error = memberOf(unwrap(parse(text)), 'error')
  if (!isRecord(error)) return null
  const details = Array.isArray(error.details) ? error.details.filter(isRecord) : []
  const message = textOf(error.message)
  const info = details.find(detail => textOf(detail['@type']).endsWith('google.rpc.ErrorInfo'))
  return {
    code: typeof error.code === 'number' ? error.code : null,
    status: textOf(error.status),
    message,
    reason: textOf(info?.reason) || null,
    consumer: textOf(memberOf(info?.metadata, 'consumer')) || null,
    violations: details
      .filter(detail => textOf(detail['@type']).endsWith('google.rpc.QuotaFailure'))
      .flatMap(detail => (Array.isArray(detail.violations) ? detail.violations.filter(isRecord) : []))
      .map(readViolation),
    retrySeconds: longest(
      details.map(detail => readSeconds(textOf(detail.retryDelay))),
      readSeconds(/retry in ([\d.]+m?s)/.exec(message)?.[1] ?? ''),
    ),
  }
}

const readViolation = (violation: Record<string, unknown>): QuotaViolation => {
  const value = Number.parseInt(textOf(violation.quotaValue), 10)
  return {
    quotaId: textOf(violation.quotaId),
    quotaMetric: textOf(violation.quotaMetric),
    model: textOf(memberOf(violation.quotaDimensions, 'model')) || null,
    value: Number.isNaN(value) ? null : value,
  }
}

/** `"15s"`, `"15.06s"`, `"964.97ms"` → seconds. */
const readSeconds = (text: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)(m?s)$/.exec(text)
  if (match === null) return null
  return Number(match[1]) / (match[2] === 'ms' ? 1000 : 1)
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

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
