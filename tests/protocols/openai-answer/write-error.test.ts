import { expect, test } from 'bun:test'
import { catalogue, type ErrorCode } from '#src/errors/catalogue.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { openaiErrorBody, openaiErrorFrame, translateGoogleError } from '#src/protocols/openai/write-error.ts'

const rows: Readonly<Record<ErrorCode, readonly [type: string, code: string | null]>> = {
  unauthenticated: ['invalid_request_error', 'invalid_api_key'],
  'invalid-request': ['invalid_request_error', null],
  'request-too-large': ['invalid_request_error', 'request_too_large'],
  'request-timeout': ['invalid_request_error', 'request_timeout'],
  'unsupported-encoding': ['invalid_request_error', 'unsupported_encoding'],
  'not-found': ['invalid_request_error', 'not_found'],
  'model-not-found': ['invalid_request_error', 'model_not_found'],
  'method-not-allowed': ['invalid_request_error', 'method_not_supported'],
  'keys-cooling': ['requests', 'rate_limit_exceeded'],
  'no-key': ['server_error', 'no_key'],
  'upstream-refused': ['server_error', 'upstream_refused'],
  'upstream-crowded': ['requests', 'rate_limit_exceeded'],
  'upstream-failing': ['server_error', 'upstream_failing'],
  'upstream-unreachable': ['server_error', 'upstream_unreachable'],
  'upstream-timeout': ['server_error', 'upstream_timeout'],
  'upstream-cut': ['server_error', 'upstream_cut'],
  'upstream-stalled': ['server_error', 'upstream_stalled'],
  'upstream-empty': ['server_error', 'upstream_empty'],
  'client-gone': ['invalid_request_error', 'client_gone'],
  draining: ['server_error', 'draining'],
  internal: ['server_error', 'internal_error'],
}

for (const errorCode of Object.keys(catalogue) as ErrorCode[]) {
  test(`${errorCode} is written with all four members`, () => {
    const [type, code] = rows[errorCode]
    const error = new GatewayError(errorCode, 'Words.', { detail: 'never shown' })
    const message = errorCode === 'unauthenticated' ? 'Incorrect API key provided. Words.' : 'Words.'
    expect(JSON.parse(openaiErrorBody(error))).toEqual({ error: { message, type, param: null, code } })
  })
}

test('the part at fault is named', () => {
  const error = new GatewayError('invalid-request', 'Words.', { param: 'messages[2].content' })
  expect(JSON.parse(openaiErrorBody(error)).error).toMatchObject({
    param: 'messages[2].content',
    code: 'invalid_value',
  })
})

test('a frame is one event, without [DONE]', () => {
  const frame = openaiErrorFrame(new GatewayError('upstream-cut', 'Two\nlines.'))
  expect(frame).toBe(
    'data: {"error":{"message":"Two\\nlines.","type":"server_error","param":null,"code":"upstream_cut"}}\n\n',
  )
})

const google = (code: number, status: string, message: string, details: readonly unknown[] = []) =>
  JSON.stringify({ error: { code, message, status, details } })

const quota = (metric: string) => [
  {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [{ quotaMetric: `generativelanguage.googleapis.com/${metric}`, quotaId: 'PerMinute' }],
  },
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '15.06s' },
]

const translated: readonly (readonly [
  what: string,
  status: number,
  body: string,
  error: Readonly<Record<string, unknown>>,
  retry?: number,
])[] = [
  [
    'a wrong argument',
    400,
    google(400, 'INVALID_ARGUMENT', 'Invalid value.'),
    { message: 'Invalid value.', type: 'invalid_request_error', param: null, code: null, status: 'INVALID_ARGUMENT' },
  ],
  [
    'an error in a list of one',
    400,
    `[${google(400, 'INVALID_ARGUMENT', 'Invalid value.')}\n]`,
    { message: 'Invalid value.', type: 'invalid_request_error', param: null, code: null, status: 'INVALID_ARGUMENT' },
  ],
  [
    'a wrong key',
    400,
    google(400, 'INVALID_ARGUMENT', 'API key not valid.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ]),
    {
      message: 'API key not valid.',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
      status: 'INVALID_ARGUMENT',
    },
  ],
  [
    'a foreign file',
    403,
    google(403, 'PERMISSION_DENIED', 'You do not have permission.'),
    {
      message: 'You do not have permission.',
      type: 'permission_error',
      param: null,
      code: 'permission_denied',
      status: 'PERMISSION_DENIED',
    },
  ],
  [
    'a model that is not there',
    404,
    google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.'),
    {
      message: 'models/x is not found for API version v1beta.',
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
      status: 'NOT_FOUND',
    },
  ],
  [
    'anything else that is not there',
    404,
    google(404, 'NOT_FOUND', 'No such batch.'),
    {
      message: 'No such batch.',
      type: 'invalid_request_error',
      param: null,
      code: 'not_found',
      status: 'NOT_FOUND',
    },
  ],
  [
    'a quota of requests',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'Quota.', quota('generate_content_free_tier_requests')),
    {
      message: 'Quota.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
      status: 'RESOURCE_EXHAUSTED',
    },
    16,
  ],
  [
    'a quota of tokens',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'Quota.', quota('generate_content_free_tier_input_token_count')),
    { message: 'Quota.', type: 'tokens', param: null, code: 'rate_limit_exceeded', status: 'RESOURCE_EXHAUSTED' },
    16,
  ],
  [
    'an empty purse',
    429,
    google(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted. Go and pay.'),
    {
      message: 'Your prepayment credits are depleted. Go and pay.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
      status: 'RESOURCE_EXHAUSTED',
    },
  ],
  [
    'an overloaded model',
    503,
    google(503, 'UNAVAILABLE', 'The model is overloaded.'),
    {
      message: 'The model is overloaded.',
      type: 'server_error',
      param: null,
      code: 'service_unavailable',
      status: 'UNAVAILABLE',
    },
  ],
  [
    "a front end's page",
    502,
    '<html><title>Error 502</title></html>',
    {
      message: 'The Gemini API answered with status 502 and no error that can be read.',
      type: 'server_error',
      param: null,
      code: 'bad_gateway',
    },
  ],
  [
    'a conversation that is too long',
    400,
    JSON.stringify({
      error: {
        code: 400,
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        status: 'INVALID_ARGUMENT',
      },
    }),
    {
      message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
      status: 'INVALID_ARGUMENT',
    },
  ],
  [
    'an empty body',
    429,
    '',
    {
      message: 'The Gemini API answered with status 429 and no error that can be read.',
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
    },
    2,
  ],
]

for (const [what, status, body, error, retryAfterSeconds = null] of translated) {
  test(`${what} is told in OpenAI's form`, () => {
    const result = translateGoogleError(status, body)
    expect(JSON.parse(result.body)).toEqual({ error })
    expect(result.retryAfterSeconds).toBe(retryAfterSeconds)
  })
}
