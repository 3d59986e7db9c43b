import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, says } from './support.ts'

/** Ten seconds into a minute, twenty minutes before midnight in California. */
const evening = Date.parse('2026-11-23T23:40:10-08:00')
const minute = 60_000

const start = (limits: object, extra: readonly { secret: string; project: string }[] = []) =>
  emulatorForTests([{ secret: 'first', project: '123456789012', limits }, ...extra, { secret: 'other', limits }], {
    startAt: evening,
    clockSpeed: 0,
  })

const flash = generatePath('gemini-3.8-flash')

describe('a limit per minute', () => {
  const emulator = start({ perMinute: 2 }, [{ secret: 'second', project: '123456789012' }])
  const status = async (key: string, model = flash) => (await call(emulator, model, says('a'), { key })).status

  test('is shared by the keys of a project, and by nobody else, per model', async () => {
    expect([await status('first'), await status('second'), await status('second')]).toEqual([200, 200, 429])
    expect(await status('other')).toBe(200)
    expect(await status('first', generatePath('gemini-3.6-flash'))).toBe(200)
  })

  test('is shared by the names of one bucket', async () => {
    expect(await status('first', generatePath('gemini-3.7-flash'))).toBe(429)
  })

  test('leaves lists and counts alone', async () => {
    expect((await call(emulator, '/v1beta/models', undefined, { key: 'first' })).status).toBe(200)
    expect(
      (await call(emulator, '/v1beta/models/gemini-3.8-flash:countTokens', says('a'), { key: 'first' })).status,
    ).toBe(200)
  })

  test('says so in Google’s words', async () => {
    const { json } = await call(emulator, flash, says('a'), { key: 'first' })
    expect(json).toEqual({
      error: {
        code: 429,
        message:
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 2, model: gemini-3.8-flash\nPlease retry in 50s.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
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
            violations: [
              {
                quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
                quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
                quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
                quotaValue: '2',
              },
            ],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '50s' },
        ],
      },
    })
  })

  test('ends with the minute', async () => {
    emulator.advanceClock(50_000)
    expect(await status('first')).toBe(200)
  })
})

describe('a limit per day', () => {
  const emulator = start({ perDay: 1 })
  const ask = () => call(emulator, flash, says('a'), { key: 'first' })

  test('outlasts the hint in its own refusal, and ends at midnight Pacific', async () => {
    expect((await ask()).status).toBe(200)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(refused.json.error.details[1].violations[0].quotaId).toBe(
      'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    )
    expect(refused.json.error.details[2].retryDelay).toBe('50s')
    emulator.advanceClock(18 * minute)
    expect((await ask()).status).toBe(429)
    emulator.advanceClock(2 * minute)
    expect((await ask()).status).toBe(200)
  })
})

test('a failed request counts, a refused one does not', async () => {
  const emulator = start({ perMinute: 1, perDay: 2 })
  const ask = (body: unknown) => call(emulator, flash, body, { key: 'first' })
  expect((await ask({ contents: [] })).status).toBe(400)
  expect((await ask(says('a'))).status).toBe(429)
  emulator.advanceClock(minute)
  expect((await ask(says('a'))).status).toBe(200)
  emulator.advanceClock(minute)
  const { json } = await ask(says('a'))
  expect(json.error.details[1].violations.map((violation: { quotaId: string }) => violation.quotaId)).toEqual([
    'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
  ])
})

test('input tokens are counted too', async () => {
  const emulator = start({ inputTokensPerMinute: 30 })
  const long = says('x'.repeat(100))
  expect((await call(emulator, flash, long, { key: 'first' })).status).toBe(200)
  const { status, json } = await call(emulator, flash, long, { key: 'first' })
  expect(status).toBe(429)
  expect(json.error.details[1].violations).toEqual([
    {
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_input_token_count',
      quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
      quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
      quotaValue: '30',
    },
  ])
})

test('the names of paid and of embedding quotas differ', async () => {
  const emulator = emulatorForTests([{ secret: 'paid', tier: 'paid', limits: { perMinute: 0 } }], { startAt: evening })
  const content = { parts: [{ text: 'a' }] }
  const generated = await call(emulator, flash, says('a'), { key: 'paid' })
  const embedded = await call(emulator, '/v1beta/models/gemini-embedding-2:embedContent', { content }, { key: 'paid' })
  expect([generated, embedded].map(({ json }) => json.error.details[1].violations[0].quotaId)).toEqual([
    'GenerateRequestsPerMinutePerProjectPerModel',
    'EmbedContentRequestsPerMinutePerProjectPerModel',
  ])
})

test('a fast clock brings a quota back by itself', async () => {
  const emulator = emulatorForTests([{ secret: 'fast', limits: { perMinute: 1 } }], {
    startAt: evening,
    clockSpeed: 6000,
  })
  const ask = async () => (await call(emulator, flash, says('a'), { key: 'fast' })).status
  expect(await ask()).toBe(200)
  let status = await ask()
  while (status === 429) status = await ask()
  expect(status).toBe(200)
})
