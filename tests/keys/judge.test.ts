import { expect, test } from 'bun:test'
import { judge } from '#src/keys/judge.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import type { AnswerFacts } from '#src/protocols/gemini/answer-facts.ts'

type Expected = Pick<Verdict, 'name' | 'blames' | 'retry' | 'effect'> & Partial<Verdict>

const refused = (status: number, error: object): AttemptOutcome => ({
  kind: 'refused',
  status,
  contentType: 'application/json; charset=UTF-8',
  body: JSON.stringify({ error: { code: status, ...error } }),
})

const info = (reason: string, metadata: object = {}) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata,
})

const quota = (violations: readonly object[], retryDelay: string, message = 'You exceeded your current quota') =>
  refused(429, {
    message,
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
    ],
  })

const violation = (quotaId: string, quotaValue?: string, model = 'gemini-2.5-flash-lite') => ({
  quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
  quotaId,
  quotaDimensions: { location: 'global', model },
  ...(quotaValue === undefined ? {} : { quotaValue }),
})

const answered = (facts: Partial<AnswerFacts>): AttemptOutcome => ({
  kind: 'answered',
  facts: {
    visible: false,
    thought: false,
    finishReason: null,
    blockReason: null,
    usage: null,
    hasError: false,
    ...facts,
  },
})

const none = { kind: 'none' } as const
const never = { retry: 'never', effect: none } as const
const coolOwner = (seconds: number) => ({ kind: 'cool', scope: 'owner', lasts: { seconds } }) as const
const coolKey = { kind: 'cool', scope: 'key', lasts: { seconds: 21_600 } } as const
const dead = (scope: 'key' | 'owner') =>
  ({ kind: 'kill', scope, remedy: expect.any(String) as unknown as string }) as const
const throttle = (target: 'egress' | 'model') => ({ kind: 'throttle', target }) as const

const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'
const tokens = 'GenerateContentInputTokensPerModelPerMinute-FreeTier'

const rows: readonly (readonly [string, AttemptOutcome, Expected])[] = [
  [
    'an answer with visible output',
    answered({ visible: true, finishReason: 'STOP' }),
    { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } },
  ],
  [
    'an answer nobody looks into',
    { kind: 'answered', facts: null },
    { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } },
  ],
  [
    'the daily quota, whatever RetryInfo says',
    quota([violation(perDay, '20')], '37s', 'You exceeded your current quota\nPlease retry in 37.82626638s.'),
    {
      name: 'quota-per-day',
      blames: 'owner',
      retry: 'other-owner',
      effect: { kind: 'cool', scope: 'owner', lasts: 'until-pacific-midnight' },
      bucket: 'gemini-2.5-flash-lite',
      limits: [{ quotaId: perDay, value: 20, unit: 'requests', per: 'day' }],
    },
  ],
  [
    'the quota of a minute, for as long as RetryInfo says',
    quota([violation(perMinute, '10')], '14s'),
    {
      name: 'quota-per-minute',
      blames: 'owner',
      retry: 'other-owner',
      effect: coolOwner(14),
      limits: [{ quotaId: perMinute, value: 10, unit: 'requests', per: 'minute' }],
    },
  ],
  [
    'tokens of a minute, for as long as the message says if that is longer',
    quota([violation(tokens, '250000')], '14s', 'Quota exceeded, limit: 250000\nPlease retry in 51.5s.'),
    {
      name: 'quota-per-minute',
      blames: 'owner',
      retry: 'other-owner',
      effect: coolOwner(51.5),
      limits: [{ quotaId: tokens, value: 250_000, unit: 'input-tokens', per: 'minute' }],
    },
  ],
  [
    'the quota of a minute without any hint',
    refused(429, {
      message: 'Quota',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation(perMinute)] }],
    }),
    { name: 'quota-per-minute', blames: 'owner', retry: 'other-owner', effect: coolOwner(60) },
  ],
  [
    'day and minute together: the day counts',
    quota([violation(perMinute, '10'), violation(perDay, '20')], '3s'),
    {
      name: 'quota-per-day',
      blames: 'owner',
      retry: 'other-owner',
      effect: { kind: 'cool', scope: 'owner', lasts: 'until-pacific-midnight' },
    },
  ],
  [
    'limit: 0',
    quota([violation(perDay, '0')], '3s', 'Quota exceeded for metric: x, limit: 0, model: y'),
    { name: 'no-quota', blames: 'owner', retry: 'other-owner', effect: coolOwner(86_400) },
  ],
  [
    'all tiers violated without a value',
    quota([violation(perMinute), violation(tokens), violation(perDay)], '3s'),
    { name: 'no-quota', blames: 'owner', retry: 'other-owner', effect: coolOwner(86_400) },
  ],
  [
    'depleted credits',
    refused(429, {
      message: 'Your prepayment credits are depleted. Please go to AI Studio',
      status: 'RESOURCE_EXHAUSTED',
    }),
    { name: 'billing', blames: 'owner', retry: 'other-owner', effect: { kind: 'cool-owner', seconds: 3600 } },
  ],
  [
    '402',
    refused(402, { message: 'Payment required', status: 'RESOURCE_EXHAUSTED' }),
    { name: 'billing', blames: 'owner', retry: 'other-owner', effect: { kind: 'cool-owner', seconds: 3600 } },
  ],
  [
    '429 without details',
    refused(429, { message: 'Resource has been exhausted (e.g. check quota).', status: 'RESOURCE_EXHAUSTED' }),
    { name: 'busy', blames: 'egress', retry: 'any-key', effect: throttle('egress') },
  ],
  [
    'a key that is not valid',
    refused(400, {
      message: 'API key not valid. Please pass a valid API key.',
      status: 'INVALID_ARGUMENT',
      details: [info('API_KEY_INVALID')],
    }),
    { name: 'key-invalid', blames: 'key', retry: 'other-key', effect: dead('key') },
  ],
  [
    'a key that expired',
    refused(400, { message: 'API key expired. Please renew the API key.', status: 'INVALID_ARGUMENT' }),
    { name: 'key-invalid', blames: 'key', retry: 'other-key', effect: dead('key') },
  ],
  [
    '401',
    refused(401, {
      message: 'Request had invalid authentication credentials.',
      status: 'UNAUTHENTICATED',
      details: [info('ACCESS_TOKEN_TYPE_UNSUPPORTED')],
    }),
    { name: 'key-invalid', blames: 'key', retry: 'other-key', effect: dead('key') },
  ],
  [
    'a suspended consumer',
    refused(403, {
      message: "Permission denied: Consumer 'api_key:K' has been suspended.",
      status: 'PERMISSION_DENIED',
      details: [info('CONSUMER_SUSPENDED', { consumer: 'projects/42' })],
    }),
    { name: 'key-suspended', blames: 'key', retry: 'other-key', effect: dead('key'), consumer: 'projects/42' },
  ],
  [
    'a leaked key',
    refused(403, {
      message: 'Your API key was reported as leaked. Please use another API key.',
      status: 'PERMISSION_DENIED',
    }),
    { name: 'key-suspended', blames: 'key', retry: 'other-key', effect: dead('key') },
  ],
  [
    'a project that was denied access',
    refused(403, {
      message: 'Your project has been denied access. Please contact support.',
      status: 'PERMISSION_DENIED',
    }),
    { name: 'project-denied', blames: 'owner', retry: 'other-owner', effect: dead('owner') },
  ],
  [
    'an API that is not enabled',
    refused(403, {
      message: 'Generative Language API has not been used in project 7 before',
      status: 'PERMISSION_DENIED',
      details: [info('SERVICE_DISABLED')],
    }),
    { name: 'project-denied', blames: 'owner', retry: 'other-owner', effect: dead('owner') },
  ],
  [
    'a key that is restricted to other services',
    refused(403, {
      message: 'Requests to this API are blocked.',
      status: 'PERMISSION_DENIED',
      details: [info('API_KEY_SERVICE_BLOCKED')],
    }),
    { name: 'service-blocked', blames: 'key', retry: 'other-key', effect: dead('key') },
  ],
  [
    "another project's file",
    refused(403, {
      message: 'You do not have permission to access the File abc or it may not exist.',
      status: 'PERMISSION_DENIED',
    }),
    { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none },
  ],
  [
    "another project's cache",
    refused(403, { message: 'CachedContent not found (or permission denied)', status: 'PERMISSION_DENIED' }),
    { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none },
  ],
  [
    'a resource that is not there',
    refused(404, { message: 'Requested entity was not found.', status: 'NOT_FOUND' }),
    { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none },
  ],
  [
    'any other 403',
    refused(403, { message: 'The caller does not have permission', status: 'PERMISSION_DENIED' }),
    { name: 'forbidden', blames: 'key', retry: 'other-key', effect: coolKey },
  ],
  [
    'an unknown model',
    refused(404, {
      message: 'models/x is not found for API version v1beta, or is not supported for generateContent.',
      status: 'NOT_FOUND',
    }),
    { name: 'model-not-found', blames: 'client', retry: 'other-owner', effect: none, mostRetries: 2 },
  ],
  [
    'a model closed to new users',
    refused(404, {
      message: 'This model models/gemini-2.5-flash is no longer available to new users.',
      status: 'NOT_FOUND',
    }),
    { name: 'model-not-found', blames: 'key', retry: 'other-owner', effect: coolKey },
  ],
  [
    'an unsupported location',
    refused(400, { message: 'User location is not supported for the API use.', status: 'FAILED_PRECONDITION' }),
    { name: 'location', blames: 'egress', retry: 'other-egress', effect: throttle('egress') },
  ],
  [
    'a request Google does not understand',
    refused(400, { message: 'Invalid JSON payload received. Unknown name "x"', status: 'INVALID_ARGUMENT' }),
    { name: 'bad-request', blames: 'client', ...never },
  ],
  [
    'too long a context',
    refused(400, {
      message: 'The input token count exceeds the maximum number of tokens allowed (1048576).',
      status: 'INVALID_ARGUMENT',
    }),
    { name: 'bad-request', blames: 'client', ...never },
  ],
  [
    'a corrupted thought signature',
    refused(400, { message: 'Corrupted thought signature.', status: 'INVALID_ARGUMENT' }),
    { name: 'bad-signature', blames: 'client', retry: 'without-signatures', effect: none },
  ],
  [
    '500',
    refused(500, { message: 'An internal error has occurred.', status: 'INTERNAL' }),
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    '503',
    refused(503, { message: 'This model is currently experiencing high demand.', status: 'UNAVAILABLE' }),
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    '504',
    refused(504, { message: 'Deadline expired before operation could complete.', status: 'DEADLINE_EXCEEDED' }),
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    'an error inside a one-element array',
    {
      kind: 'refused',
      status: 503,
      contentType: 'application/json',
      body: '[{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}]',
    },
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    'refused connection',
    { kind: 'unreachable', reason: 'ECONNREFUSED' },
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    'no first byte in time',
    { kind: 'timeout', limit: 'first-byte' },
    { name: 'upstream-failing', blames: 'model', retry: 'any-key', effect: throttle('model') },
  ],
  [
    'HTML of a front end',
    { kind: 'refused', status: 502, contentType: 'text/html', body: '<html>502. That is an error.</html>' },
    { name: 'front-end-error', blames: 'egress', retry: 'any-key', effect: throttle('egress') },
  ],
  [
    'an HTML page that is not there',
    {
      kind: 'refused',
      status: 404,
      contentType: 'text/html; charset=UTF-8',
      body: '<html>404. That is an error.</html>',
    },
    { name: 'unclassified', blames: 'client', ...never },
  ],
  [
    'HTML with a client status',
    {
      kind: 'refused',
      status: 403,
      contentType: 'text/html; charset=UTF-8',
      body: '<html>Sorry… automated queries</html>',
    },
    { name: 'front-end-error', blames: 'egress', retry: 'any-key', effect: throttle('egress') },
  ],
  [
    'a blocked prompt',
    answered({ blockReason: 'PROHIBITED_CONTENT' }),
    { name: 'blocked', blames: 'content', ...never },
  ],
  ['a blocked answer', answered({ finishReason: 'SAFETY' }), { name: 'blocked', blames: 'content', ...never }],
  [
    'an empty answer',
    answered({ finishReason: 'STOP' }),
    { name: 'empty', blames: 'luck', retry: 'any-key', effect: none, mostRetries: 2 },
  ],
  [
    'an answer without candidates',
    answered({}),
    { name: 'empty', blames: 'luck', retry: 'any-key', effect: none, mostRetries: 2 },
  ],
  [
    'a malformed function call',
    answered({ finishReason: 'MALFORMED_FUNCTION_CALL' }),
    { name: 'empty', blames: 'luck', retry: 'any-key', effect: none, mostRetries: 2 },
  ],
  [
    'a budget eaten up by thinking',
    answered({ thought: true, finishReason: 'MAX_TOKENS' }),
    { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } },
  ],
  ['a cut stream', { kind: 'cut' }, { name: 'cut', blames: 'luck', retry: 'any-key', effect: none, mostRetries: 2 }],
  [
    'a stalled stream',
    { kind: 'stalled' },
    { name: 'cut', blames: 'luck', retry: 'any-key', effect: none, mostRetries: 2 },
  ],
  ['a client that went away', { kind: 'client-gone' }, { name: 'client-gone', blames: 'nobody', ...never }],
  [
    'a conflict of the caller with itself',
    refused(409, { message: 'Requested entity already exists', status: 'ALREADY_EXISTS' }),
    { name: 'bad-request', blames: 'client', ...never },
  ],
  [
    'a status nobody knows',
    refused(418, { message: 'I am a teapot', status: 'UNKNOWN' }),
    { name: 'unclassified', blames: 'key', retry: 'never', effect: { kind: 'soft-failure' } },
  ],
]

test.each(rows)('%s', (_name, outcome, expected) => {
  // A copy: `toMatchObject` writes its matchers into what it is given (Bun 1.4.5), and verdicts are shared.
  expect(structuredClone(judge(outcome))).toMatchObject(expected)
})
