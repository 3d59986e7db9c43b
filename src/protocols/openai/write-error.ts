import type { ErrorCode } from '../../errors/catalogue.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { type GoogleError, readGoogleError } from '../gemini/google-error.ts'

/** An error of the gateway as OpenAI writes one. */
export const openaiErrorBody = (error: GatewayError): string => JSON.stringify(toOpenaiError(error))

/** An error in mid-stream, when status 200 is long sent. OpenAI's SDKs raise it; nothing may follow, no `[DONE]` either. */
export const openaiErrorFrame = (error: GatewayError): string => `data: ${openaiErrorBody(error)}\n\n`

/**
 * Google's error in OpenAI's form; its message is kept, and its `status` beside. Reads an object, a list of one, and makes
 * words of its own for anything else (HTML of a front end, an empty body).
 * @param status the HTTP status it came with
 */
export const translateGoogleError = (
  status: number,
  body: string,
): { readonly body: string; readonly retryAfterSeconds: number | null } => {
  const error = readGoogleError(body)
  const translated = error === null ? unreadable(status) : fromGoogle(status, error)
  const seconds = error?.retrySeconds ?? null
  const isBusy = status === 429 && translated.type !== 'insufficient_quota'
  return {
    body: JSON.stringify({ error: translated }),
    retryAfterSeconds: seconds !== null ? Math.ceil(seconds) : isBusy ? busySeconds : null,
  }
}

/** Google says nothing of how long it is busy. The gateway has tried again by then: a moment is all that makes sense. */
const busySeconds = 2

/** Google's error event of a stream as OpenAI's. */
export const translatedErrorFrame = (event: string): string => {
  const status = readGoogleError(event)?.code ?? internalError
  return `data: ${translateGoogleError(status, event).body}\n\n`
}

/** `error` of OpenAI's ErrorResponse: all four are required. */
type OpenaiError = {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

const toOpenaiError = ({ errorCode, status, message, param: told }: GatewayError): { readonly error: OpenaiError } => {
  const param = told ?? null
  // LiteLLM knows a wrong key by these words alone.
  const words = errorCode === 'unauthenticated' ? `Incorrect API key provided. ${message}` : message
  return { error: { message: words, type: typeOf(status), param, code: codeOf(errorCode, param) } }
}

const internalError = 500

/** Types as OpenAI sends them by status; a missing model and a wrong key are an "invalid request" there as well. */
const typeOf = (status: number): string => {
  if (status >= 500) return 'server_error'
  return types[status] ?? 'invalid_request_error'
}

const types: Readonly<Record<number, string>> = {
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'requests',
}

/** Codes that OpenAI has; the gateway's own names where it has none. */
const codeOf = (errorCode: ErrorCode, param: string | null): string | null => {
  if (errorCode === 'invalid-request') return param === null ? null : 'invalid_value'
  return codes[errorCode] ?? errorCode.replaceAll('-', '_')
}

const codes: Readonly<Partial<Record<ErrorCode, string>>> = {
  unauthenticated: 'invalid_api_key',
  'method-not-allowed': 'method_not_supported',
  'keys-cooling': 'rate_limit_exceeded',
  'upstream-crowded': 'rate_limit_exceeded',
  internal: 'internal_error',
}

const unreadable = (status: number): OpenaiError => ({
  message: `The Gemini API answered with status ${status} and no error that can be read.`,
  type: typeOf(status),
  param: null,
  code: codeByStatus(status),
})

const fromGoogle = (status: number, error: GoogleError): OpenaiError & { readonly status?: string } => ({
  message: error.message === '' ? unreadable(status).message : error.message,
  ...kindOf(status, error),
  ...(error.status !== '' && { status: error.status }),
})

const kindOf = (status: number, { message, reason, violations }: GoogleError): Omit<OpenaiError, 'message'> => {
  const known = { type: typeOf(status), param: null, code: codeByStatus(status) }
  if (reason === 'API_KEY_INVALID') return { ...known, code: 'invalid_api_key' }
  // Google answers 404 for files, caches and whatever else as well.
  if (status === 404)
    return { ...known, code: /^(This model )?models\//.test(message) ? 'model_not_found' : 'not_found' }
  // The code by which clients know that a conversation has to be shortened (LangChain looks for it).
  if (status === 400 && /input token count.{0,40} exceeds the maximum number of tokens/i.test(message)) {
    return { ...known, param: 'messages', code: 'context_length_exceeded' }
  }
  if (status !== 429) return known
  if (message.startsWith('Your prepayment credits are depleted')) {
    return { ...known, type: 'insufficient_quota', code: 'insufficient_quota' }
  }
  return violations.some(({ quotaMetric }) => quotaMetric.includes('token_count'))
    ? { ...known, type: 'tokens' }
    : known
}

const codeByStatus = (status: number): string | null => {
  if (status >= 500) return statusCodes[status] ?? 'internal_error'
  return statusCodes[status] ?? null
}

const statusCodes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  403: 'permission_denied',
  404: 'not_found',
  405: 'method_not_supported',
  408: 'request_timeout',
  413: 'request_too_large',
  429: 'rate_limit_exceeded',
  502: 'bad_gateway',
  503: 'service_unavailable',
  504: 'timeout',
}
