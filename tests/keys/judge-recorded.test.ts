import { describe, expect, test } from 'bun:test'
import { judge } from '#src/keys/judge.ts'
import type { AttemptOutcome, Verdict } from '#src/keys/verdict.ts'
import { noFacts } from '#src/protocols/gemini/answer-facts.ts'

/** Bodies as they were recorded, and what they must not be mistaken for. The lines of the table are in judge.test.ts. */
const body = (status: number, text: string, contentType = 'application/json; charset=UTF-8'): AttemptOutcome => ({
  kind: 'refused',
  status,
  contentType,
  body: text,
})

const error = (code: number, status: string, message: string, details?: readonly object[]) =>
  body(code, JSON.stringify({ error: { code, message, status, ...(details === undefined ? {} : { details }) } }))

const info = (reason: string, metadata: Readonly<Record<string, string>>) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata,
})

const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests'
const tokenMetric = 'generativelanguage.googleapis.com/generate_content_free_tier_input_token_count'
const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'
const tokensPerMinute = 'GenerateContentInputTokensPerModelPerMinute-FreeTier'
const tokensPerDay = 'GenerateContentInputTokensPerModelPerDay-FreeTier'

type Violated = readonly [quotaId: string, quotaMetric: string, quotaValue?: string | number]

const introduction =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/usage?tab=rate-limit. '

const quota = (violated: readonly Violated[], hints: { lines?: readonly string[]; told?: string; delay?: string }) =>
  error(
    429,
    'RESOURCE_EXHAUSTED',
    [
      introduction,
      ...(hints.lines ?? []),
      ...(hints.told === undefined ? [] : [`Please retry in ${hints.told}.`]),
    ].join('\n'),
    [
      { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: violated.map(([quotaId, quotaMetric, quotaValue]) => ({
          quotaMetric,
          quotaId,
          quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
          ...(quotaValue === undefined ? {} : { quotaValue }),
        })),
      },
      ...(hints.delay === undefined
        ? []
        : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: hints.delay }]),
    ],
  )

const line = (name: string, limit: number) =>
  `* Quota exceeded for metric: ${name}, limit: ${limit}, model: gemini-3.8-flash`

const coolOwner = (seconds: number) => ({ kind: 'cool', scope: 'owner', lasts: { seconds } })
const none = { kind: 'none' }

type Row = readonly [name: string, outcome: AttemptOutcome, expected: object]

const check = (_name: string, outcome: AttemptOutcome, expected: object) => {
  expect(structuredClone(judge(outcome))).toMatchObject(expected as Partial<Verdict>)
}

describe('quotas', () => {
  const rows: readonly Row[] = [
    [
      'of the day, with the useless hint',
      quota([[perDay, metric, '20']], { lines: [line(metric, 20)], told: '37.82626638s', delay: '37s' }),
      {
        name: 'quota-per-day',
        effect: { kind: 'cool', lasts: 'until-pacific-midnight' },
        limits: [{ value: 20, per: 'day', unit: 'requests' }],
      },
    ],
    [
      'of tokens of a paid minute: the message says more than RetryInfo',
      quota([['GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2', metric, '3000000']], {
        told: '51.386192716s',
        delay: '14s',
      }),
      {
        name: 'quota-per-minute',
        effect: coolOwner(51.386192716),
        limits: [{ value: 3_000_000, per: 'minute', unit: 'input-tokens' }],
      },
    ],
    [
      'of a minute: RetryInfo says more than the message',
      quota([[perMinute, metric, '10']], { told: '3.5s', delay: '40s' }),
      { name: 'quota-per-minute', effect: coolOwner(40) },
    ],
    [
      'of a minute, in thousandths of a second',
      quota([[perMinute, metric, '10']], { told: '2500ms' }),
      { name: 'quota-per-minute', effect: coolOwner(2.5) },
    ],
    [
      'of a minute, with a hint of minutes',
      quota([[perMinute, metric, '10']], { told: '1m5.5s' }),
      { name: 'quota-per-minute', effect: coolOwner(65.5) },
    ],
    [
      'of a minute that is nearly over: RetryInfo is rounded down to nothing',
      quota([[perMinute, metric, '10']], { delay: '0s' }),
      { name: 'quota-per-minute', effect: coolOwner(1) },
    ],
    [
      'of a minute, with an absurd hint',
      quota([[perMinute, metric, '10']], { delay: '99999999s' }),
      { name: 'quota-per-minute', effect: coolOwner(86_400) },
    ],
    [
      'of tokens of a day',
      quota([[tokensPerDay, tokenMetric, '6000000']], { delay: '12s' }),
      { name: 'quota-per-day', limits: [{ value: 6_000_000, per: 'day', unit: 'input-tokens' }] },
    ],
    [
      'of a minute and of a day at once, in either order: the longest wins',
      quota(
        [
          [tokensPerMinute, tokenMetric, '250000'],
          [perDay, metric, '20'],
          [perMinute, metric, '10'],
        ],
        { delay: '5s' },
      ),
      {
        name: 'quota-per-day',
        effect: { kind: 'cool', scope: 'owner', lasts: 'until-pacific-midnight' },
        limits: [{ value: 250_000 }, { value: 20 }, { value: 10 }],
      },
    ],
    [
      'told by a program that writes numbers as numbers',
      quota([[perDay, metric, 20]], {}),
      { name: 'quota-per-day', limits: [{ value: 20 }] },
    ],
    [
      'with the limit in the message only',
      quota([[perDay, metric]], { lines: [line(metric, 20)] }),
      { name: 'quota-per-day', limits: [{ quotaId: perDay, value: 20 }] },
    ],
    ['of 0', quota([[perDay, metric, '0']], {}), { name: 'no-quota', effect: coolOwner(86_400) }],
    [
      'of 0, in the message only',
      quota([[perDay, metric]], { lines: [line(metric, 0)] }),
      { name: 'no-quota', effect: coolOwner(86_400) },
    ],
    [
      'with its dimensions lost on the way: the message has the model',
      error(429, 'RESOURCE_EXHAUSTED', `${introduction}\n${line(metric, 20)}\nPlease retry in 36.429760048s.`, [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaMetric: metric, quotaId: perDay, quotaDimensions: '[MaxDepth]', quotaValue: '20' }],
        },
      ]),
      { name: 'quota-per-day', bucket: 'gemini-3.8-flash' },
    ],
    [
      'of 0 among others that have a value',
      quota(
        [
          [tokensPerMinute, tokenMetric, '250000'],
          [perDay, metric],
        ],
        { lines: [line(tokenMetric, 250_000), line(metric, 0)] },
      ),
      { name: 'no-quota' },
    ],
    [
      'of a whole tier without any value',
      quota(
        [
          [tokensPerMinute, tokenMetric],
          [perMinute, metric],
          [perDay, metric],
          [tokensPerDay, tokenMetric],
        ],
        { delay: '8s' },
      ),
      { name: 'no-quota', effect: coolOwner(86_400) },
    ],
    [
      'of a whole tier, used up: the message has the values',
      quota(
        [
          [tokensPerMinute, tokenMetric],
          [perMinute, metric],
          [perDay, metric],
        ],
        { lines: [line(tokenMetric, 250_000), line(metric, 10), line(metric, 20)] },
      ),
      { name: 'quota-per-day', limits: [{ value: 250_000 }, { value: 10 }, { value: 20 }] },
    ],
    [
      'of requests without any value: no more than used up',
      quota(
        [
          [perMinute, metric],
          [perDay, metric],
        ],
        {},
      ),
      { name: 'quota-per-day', effect: { kind: 'cool', lasts: 'until-pacific-midnight' } },
    ],
    [
      'of 20, which begins like 0.2',
      quota([[perDay, metric, '20']], { lines: [line(metric, 20)] }),
      { name: 'quota-per-day' },
    ],
    [
      'of embeddings, per user and day',
      quota([['EmbedContentRequestsPerDayPerUserPerProjectPerModel-FreeTier', metric, '1000']], { delay: '20s' }),
      { name: 'quota-per-day', limits: [{ value: 1000, per: 'day' }] },
    ],
    [
      'of a region, as ErrorInfo tells it, with the project',
      error(
        429,
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'generativelanguage.googleapis.com' for consumer 'project_number:42'.",
        [
          info('RATE_LIMIT_EXCEEDED', {
            service: 'generativelanguage.googleapis.com',
            consumer: 'projects/42',
            quota_location: 'europe-west1',
            quota_metric: 'generativelanguage.googleapis.com/generate_content_requests',
            quota_limit: 'GenerateContentRequestsPerMinutePerProjectPerRegion',
            quota_limit_value: '60',
          }),
        ],
      ),
      { name: 'quota-per-minute', effect: coolOwner(60), consumer: 'projects/42', limits: [{ value: 60 }] },
    ],
    [
      'of a region that has none',
      error(429, 'RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'x' and limit 'y per minute'", [
        info('RATE_LIMIT_EXCEEDED', { quota_limit: 'RequestsPerMinutePerProjectPerRegion', quota_limit_value: '0' }),
      ]),
      { name: 'no-quota' },
    ],
    [
      'of a region, in words only',
      error(
        429,
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit 'GenerateContent request limit per minute for a region' of service 'generativelanguage.googleapis.com' for consumer 'project_number:42'.",
      ),
      { name: 'quota-per-minute', effect: coolOwner(60) },
    ],
  ]
  test.each(rows)('%s', check)

  const bare = (lines: readonly string[]) => error(429, 'RESOURCE_EXHAUSTED', [introduction, ...lines].join('\n'))
  const withoutDetails: readonly Row[] = [
    ['without a word of which', bare([]), { name: 'quota-per-minute', effect: coolOwner(60) }],
    [
      'with a limit and a hint in words',
      bare([line(metric, 20), 'Please retry in 15.5s.']),
      { name: 'quota-per-minute', effect: coolOwner(15.5), bucket: 'gemini-3.8-flash' },
    ],
    ['of 0, in words', bare([line(metric, 0)]), { name: 'no-quota', effect: coolOwner(86_400) }],
    [
      'of another length than is counted',
      quota([['GenerateRequestsPerHourPerProject', metric, '7']], { delay: '9s' }),
      { name: 'quota-per-minute', effect: coolOwner(9) },
    ],
  ]
  test.each(withoutDetails)('%s: a quota all the same, but no limit is learned', (_name, outcome, expected) => {
    check('', outcome, expected)
    expect(judge(outcome).limits).toBeUndefined()
  })

  test.each([
    'Resource has been exhausted (e.g. check quota).',
    'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
    '',
  ])('%j is none: the way to Google is busy', message => {
    expect(judge(error(429, 'RESOURCE_EXHAUSTED', message))).toMatchObject({ name: 'busy', blames: 'egress' })
  })
})

describe('money', () => {
  const billing = {
    name: 'billing',
    blames: 'owner',
    retry: 'other-owner',
    effect: { kind: 'cool-owner', seconds: 3600 },
  }
  const rows: readonly Row[] = [
    [
      'a spending cap',
      error(
        429,
        'RESOURCE_EXHAUSTED',
        'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap. Learn more at https://ai.google.dev/gemini-api/docs/billing#project-spend-caps. ',
      ),
      billing,
    ],
    ['a spend-based limit', error(429, 'RESOURCE_EXHAUSTED', 'Spend-based rate limit exceeded.'), billing],
    [
      'billing that is switched off',
      error(403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.', [
        info('BILLING_DISABLED', { consumer: 'projects/42' }),
      ]),
      { ...billing, consumer: 'projects/42' },
    ],
    [
      'a country without a free tier',
      error(
        400,
        'FAILED_PRECONDITION',
        'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
      ),
      billing,
    ],
    ['402 without a word', body(402, '{"error":{}}'), billing],
  ]
  test.each(rows)('%s', check)

  test('"check your plan and billing details" is about quotas', () => {
    expect(judge(quota([[perDay, metric, '20']], {})).name).toBe('quota-per-day')
  })
})

describe('whose project it is', () => {
  const suspended = (consumer: string) =>
    error(403, 'PERMISSION_DENIED', "Permission denied: Consumer 'api_key:AIzaSyKey' has been suspended.", [
      info('CONSUMER_SUSPENDED', { service: 'generativelanguage.googleapis.com', consumer }),
    ])

  test.each(['projects/512345678901', 'projects/my-project-7'])('%s is a project', consumer => {
    expect(judge(suspended(consumer))).toMatchObject({ name: 'key-suspended', consumer })
  })

  test.each([
    'api_key:AIzaSyA-1234567890abcdefghijklmnopqrstuv',
    'projects/AIzaSyA-1234567890abcdefghijklmnopqrstuv',
    'projects/AQ.Ab8RN6Jexample',
    'projects/',
    'projects/1/keys/2',
    'project_number:42',
    '',
  ])('%j is none, and may be the key', consumer => {
    const verdict = judge(suspended(consumer))
    expect(verdict.name).toBe('key-suspended')
    expect(verdict.consumer).toBeUndefined()
  })
})

describe('keys and projects', () => {
  const rows: readonly Row[] = [
    [
      'a key that is not found',
      error(400, 'INVALID_ARGUMENT', 'API Key not found. Please pass a valid API key.'),
      { name: 'key-invalid', effect: { kind: 'kill', scope: 'key' } },
    ],
    [
      'a key that is no longer accepted',
      error(
        401,
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
        [info('ACCESS_TOKEN_TYPE_UNSUPPORTED', { service: 'generativelanguage.googleapis.com' })],
      ),
      { name: 'key-invalid', effect: { kind: 'kill', scope: 'key' } },
    ],
    [
      'a method that takes no API key at all: the caller’s mistake',
      error(401, 'UNAUTHENTICATED', 'API keys are not supported by this API. Expected OAuth2 access token', [
        info('CREDENTIALS_MISSING', {
          method: 'google.ai.generativelanguage.v1beta.PermissionService.CreatePermission',
        }),
      ]),
      { name: 'bad-request', blames: 'client', retry: 'never', effect: none },
    ],
    [
      'a key that may be used from one address only',
      error(403, 'PERMISSION_DENIED', 'The provided API key has an IP address restriction.', [
        info('API_KEY_IP_ADDRESS_BLOCKED', { consumer: 'projects/42' }),
      ]),
      { name: 'service-blocked', effect: { kind: 'kill', scope: 'key' }, consumer: 'projects/42' },
    ],
    [
      'a leaked key, of which Google tells nothing but the words',
      error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
      { name: 'key-suspended', blames: 'key', effect: { kind: 'kill', scope: 'key' } },
    ],
    [
      'an API that is switched off, without ErrorInfo',
      error(
        403,
        'PERMISSION_DENIED',
        'Generative Language API has not been used in project 42 before or it is disabled. Enable it by visiting …',
      ),
      { name: 'project-denied', blames: 'owner', effect: { kind: 'kill', scope: 'owner' } },
    ],
    [
      'no key at all: lost on the way',
      error(
        403,
        'PERMISSION_DENIED',
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      ),
      { blames: 'gateway', retry: 'never', effect: none },
    ],
    [
      'two credentials',
      error(400, 'INVALID_ARGUMENT', 'Multiple authentication credentials received. Please pass only one.'),
      { name: 'bad-request', retry: 'never', effect: none },
    ],
  ]
  test.each(rows)('%s', check)
})

describe('words of the client in Google’s message blame nobody else', () => {
  const bad = (message: string) => error(400, 'INVALID_ARGUMENT', message)
  const file = (id: string) =>
    error(403, 'PERMISSION_DENIED', `You do not have permission to access the File ${id} or it may not exist.`)
  const missing = (name: string) =>
    error(
      404,
      'NOT_FOUND',
      `models/${name} is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.`,
    )
  const rows: readonly Row[] = [
    [
      'a value: user location',
      bad('Invalid value at \'contents\', "User location is not supported"'),
      { name: 'bad-request' },
    ],
    ['a value: API key', bad('Invalid value at \'x\', "API key not valid"'), { name: 'bad-request' }],
    ['a name: signature', bad('Unknown name "corrupted thought signature" at \'contents\''), { name: 'bad-request' }],
    ['a file: suspended', file("Consumer 'x' has been suspended"), { name: 'routing', effect: none }],
    ['a file: leaked', file('Your API key was reported as leaked'), { name: 'routing', effect: none }],
    ['a file: denied', file('Your project has been denied access'), { name: 'routing', effect: none }],
    ['a model: gone', missing('this is no longer available'), { blames: 'client', effect: none }],
    [
      'a call: signature',
      bad(
        'Function call is missing a thought_signature in functionCall parts. Additional data, function call `default_api:Invalid thought signature` , position 6.',
      ),
      { name: 'bad-request', retry: 'never' },
    ],
  ]
  test.each(rows)('%s', check)
})

describe('signatures', () => {
  test.each([
    'Corrupted thought signature.',
    'Invalid thought signature.',
    'Thought signature is not valid',
    'Unable to submit request because Thought signature is not valid.. Learn more: https://cloud.google.com/vertex-ai',
    '* GenerateContentRequest.contents[1].parts[0]: Corrupted thought_signature',
    'Invalid value at \'contents[1].parts[0].thought_signature\' (TYPE_BYTES), Base64 decoding failed for "@@"',
  ])('%s: once more without the old ones', message => {
    expect(judge(error(400, 'INVALID_ARGUMENT', message))).toMatchObject({
      name: 'bad-signature',
      retry: 'without-signatures',
      mostRetries: 1,
      effect: none,
    })
  })

  test.each([
    'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:Bash` , position 6. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    'Invalid JSON payload received. Unknown name "thoughtSignature" at \'contents[1].parts[0].function_call\': Cannot find field.',
  ])('%s: the client’s own', message => {
    expect(judge(error(400, 'INVALID_ARGUMENT', message))).toMatchObject({ name: 'bad-request', retry: 'never' })
  })

  test('an answer that only says that one is missing is the client’s own too', () => {
    const facts = { ...noFacts, finishReason: 'MISSING_THOUGHT_SIGNATURE' }
    expect(judge({ kind: 'answered', facts })).toMatchObject({ name: 'bad-request', retry: 'never', effect: none })
  })
})

describe('what is between us and Google', () => {
  const html = 'text/html; charset=UTF-8'
  const egress = { name: 'front-end-error', blames: 'egress', effect: { kind: 'throttle', target: 'egress' } }
  const mistake = { name: 'unclassified', blames: 'client', retry: 'never', effect: none }
  const rows: readonly Row[] = [
    ['HTML with 502', body(502, '<html>502. That’s an error.</html>', html), egress],
    ['HTML with 503', body(503, '<html>', html), egress],
    ['HTML with 429', body(429, '<html>Sorry…', html), egress],
    ['an IP address that is blocked', body(403, '<html>We’re sorry… automated queries', html), egress],
    ['a page of text', body(403, 'error code: 1020', 'text/plain'), egress],
    ['nothing at all with 502', body(502, '', ''), egress],
    ['JSON of a mirror with 502', body(502, '{"error":"bad gateway"}'), egress],
    ['JSON of a mirror with 429', body(429, '{"detail":"Too many requests"}'), egress],
    ['JSON that breaks off', body(503, '{"error":{"code":503,'), egress],
    [
      'HTML with 400: the address or the head was wrong',
      body(400, '<html>malformed or illegal request', html),
      mistake,
    ],
    ['HTML with 404', body(404, '<html>', html), mistake],
    ['HTML with 413', body(413, '<html>Your client issued a request that was too large.', html), mistake],
    ['HTML with 414', body(414, '<html>', html), mistake],
    ['JSON of a mirror with 400', body(400, '{"error":"no"}'), mistake],
    ['JSON of a mirror with 403, which may be about the content', body(403, '{"error":"moderated"}'), mistake],
    [
      'JSON of a mirror with 401',
      body(401, '{"error":"Unauthorized"}'),
      { name: 'unclassified', blames: 'key', retry: 'other-key', effect: { kind: 'soft-failure' } },
    ],
    [
      'a mirror’s own 401 in an envelope like Google’s',
      body(401, '{"error":{"message":"Invalid token","type":"new_api_error"}}'),
      { name: 'unclassified', blames: 'key', retry: 'other-key', effect: { kind: 'soft-failure' } },
    ],
    [
      'a mirror’s own 429 in an envelope like Google’s',
      body(429, '{"error":{"message":"upstream load saturated","type":"new_api_error"}}'),
      { name: 'busy', effect: { kind: 'throttle', target: 'egress' } },
    ],
    [
      'Google’s error as text inside another one’s message',
      body(
        429,
        JSON.stringify({
          error: {
            message: JSON.stringify(
              JSON.parse((quota([[perDay, metric, '20']], {}) as { body: string }).body),
              null,
              2,
            ),
            code: 429,
            status: 'Too Many Requests',
          },
        }),
      ),
      { name: 'quota-per-day', limits: [{ value: 20 }] },
    ],
    [
      'Google’s error in an array',
      body(400, `[${(error(400, 'INVALID_ARGUMENT', 'API key not valid.') as { body: string }).body}]`),
      { name: 'key-invalid' },
    ],
    [
      '501: a method that is not there',
      error(501, 'UNIMPLEMENTED', 'Operation is not implemented, or supported, or enabled.'),
      { name: 'bad-request', retry: 'never', effect: none },
    ],
    ['an error event of a stream', error(503, 'UNAVAILABLE', 'The model is overloaded.'), { name: 'upstream-failing' }],
  ]
  test.each(rows)('%s', check)
})
