import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { call, emulatorForTests, eventsOf, generatePath, says, streamPath } from './support.ts'

const secret = 'AQ.this-key-changes'
const midday = Date.parse('2026-11-23T12:00:00-08:00')
const emulator = emulatorForTests([{ secret, project: '111122223333' }], { startAt: midday, clockSpeed: 0 })

const generate = generatePath('gemini-3.8-flash')
const stream = streamPath('gemini-3.8-flash')
const behaving = (behaviour: KeyBehaviour, path = generate) => {
  emulator.setBehaviour(secret, behaviour)
  return call(emulator, path, says('hello'), { key: secret })
}

describe('the state of a key is an error', () => {
  test.each([
    [
      'invalid',
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      ['API_KEY_INVALID', undefined],
    ],
    ['expired', 400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', ['API_KEY_INVALID', undefined]],
    [
      'not-found',
      400,
      'INVALID_ARGUMENT',
      'API Key not found. Please pass a valid API key.',
      ['API_KEY_INVALID', undefined],
    ],
    [
      'token-unsupported',
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token',
      ['ACCESS_TOKEN_TYPE_UNSUPPORTED', undefined],
    ],
    [
      'suspended',
      403,
      'PERMISSION_DENIED',
      `Permission denied: Consumer 'api_key:${secret}' has been suspended.`,
      ['CONSUMER_SUSPENDED', 'projects/111122223333'],
    ],
    ['leaked', 403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.', undefined],
    ['denied', 403, 'PERMISSION_DENIED', 'Your project has been denied access. Please contact support.', undefined],
    [
      'service-disabled',
      403,
      'PERMISSION_DENIED',
      'Generative Language API has not been used in project 111122223333 before or it is disabled.',
      ['SERVICE_DISABLED', 'projects/111122223333'],
    ],
    [
      'service-blocked',
      403,
      'PERMISSION_DENIED',
      'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent are blocked.',
      ['API_KEY_SERVICE_BLOCKED', 'projects/111122223333'],
    ],
    ['location', 400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', undefined],
    ['forbidden', 403, 'PERMISSION_DENIED', 'The caller does not have permission', undefined],
    [
      'prepay-empty',
      429,
      'RESOURCE_EXHAUSTED',
      'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
      undefined,
    ],
    ['payment-required', 402, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.', undefined],
    [
      'quota-without-details',
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details.',
      undefined,
    ],
    ['spending-cap', 429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its monthly spending cap.', undefined],
    [
      'per-minute-region',
      429,
      'RESOURCE_EXHAUSTED',
      "Quota exceeded for quota metric 'Generate Content API requests per minute' and limit",
      ['RATE_LIMIT_EXCEEDED', 'projects/111122223333'],
    ],
    ['busy', 429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', undefined],
    [
      'unavailable',
      503,
      'UNAVAILABLE',
      'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
      undefined,
    ],
    [
      'internal',
      500,
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      undefined,
    ],
    ['deadline', 504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.', undefined],
    [
      'model-not-found',
      404,
      'NOT_FOUND',
      'models/gemini-3.8-flash is not found for API version v1beta, or is not supported for generateContent.',
      undefined,
    ],
    [
      'model-retired',
      404,
      'NOT_FOUND',
      'This model models/gemini-3.8-flash is no longer available to new users.',
      undefined,
    ],
  ] as const)('%s', async (behaviour, status, name, message, reasonAndConsumer) => {
    const { status: answered, json } = await behaving(behaviour)
    expect({ status: answered, code: json.error.code, name: json.error.status }).toEqual({ status, code: status, name })
    expect(json.error.message).toStartWith(message)
    const info = json.error.details?.[0]
    expect(info && [info.reason, info.metadata.consumer]).toEqual(reasonAndConsumer as never)
  })

  test('per-minute, per-day and no-quota name their quotas', async () => {
    const violations = async (behaviour: KeyBehaviour) =>
      (await behaving(behaviour)).json.error.details[1].violations.map(
        ({ quotaId, quotaValue }: { quotaId: string; quotaValue?: string }) => [quotaId, quotaValue],
      )
    expect(await violations('per-minute')).toEqual([['GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '10']])
    expect(await violations('per-day')).toEqual([['GenerateRequestsPerDayPerProjectPerModel-FreeTier', '20']])
    expect(await violations('no-quota')).toEqual([
      ['GenerateContentInputTokensPerModelPerMinute-FreeTier', undefined],
      ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier', undefined],
      ['GenerateRequestsPerDayPerProjectPerModel-FreeTier', undefined],
    ])
    expect(await violations('no-quota-untold')).toEqual(await violations('no-quota'))
    expect(await violations('per-minute-tokens')).toEqual([
      ['GenerateContentInputTokensPerModelPerMinute-FreeTier', '250000'],
    ])
    expect(await violations('per-day-and-minute')).toEqual([
      ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '10'],
      ['GenerateRequestsPerDayPerProjectPerModel-FreeTier', '20'],
    ])
  })

  test('no-quota says so in its message, no-quota-untold leaves it out', async () => {
    const message = async (behaviour: KeyBehaviour) => (await behaving(behaviour)).json.error.message
    expect(await message('no-quota')).toContain('limit: 0, model: gemini-3.8-flash')
    expect(await message('no-quota-untold')).not.toContain('limit:')
  })

  test.each([
    ['html-error', 502],
    ['html-forbidden', 403],
  ] as const)('%s is a page', async (behaviour, expected) => {
    const { status, headers, text } = await behaving(behaviour)
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: expected,
      type: 'text/html; charset=UTF-8',
    })
    expect(text).toContain(`<b>${expected}.</b>`)
  })
})

test('an exhausted quota does not touch the model list, a dead key does', async () => {
  emulator.setBehaviour(secret, 'per-day')
  expect((await call(emulator, '/v1beta/models', undefined, { key: secret })).status).toBe(200)
  emulator.setBehaviour(secret, 'suspended')
  expect((await call(emulator, '/v1beta/models', undefined, { key: secret })).status).toBe(403)
})

test.each(['per-day', 'per-day-and-minute'] as const)('%s ends with the Pacific day', async behaviour => {
  expect((await behaving(behaviour)).status).toBe(429)
  emulator.advanceClock(11 * 3_600_000)
  expect((await call(emulator, generate, says('a'), { key: secret })).status).toBe(429)
  emulator.advanceClock(3_600_000)
  expect((await call(emulator, generate, says('a'), { key: secret })).status).toBe(200)
  // To midday again, for the next row.
  emulator.advanceClock(12 * 3_600_000)
})

test('a behaviour can last for some requests only', async () => {
  emulator.setBehaviour(secret, 'unavailable', { times: 2 })
  const statuses: number[] = []
  for (let request = 0; request < 4; request++)
    statuses.push((await call(emulator, generate, says('a'), { key: secret })).status)
  expect(statuses).toEqual([503, 503, 200, 200])
})

describe('answers go wrong with 200', () => {
  test('empty has no candidates', async () => {
    expect(Object.keys((await behaving('empty')).json)).toEqual(['usageMetadata', 'modelVersion', 'responseId'])
    expect(eventsOf((await behaving('empty', stream)).text).map(event => event.candidates)).toEqual([undefined])
  })

  test('empty-thoughts has thoughts and nothing else', async () => {
    const { json } = await behaving('empty-thoughts')
    expect(json.candidates).toEqual([{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }])
    expect(json.usageMetadata.thoughtsTokenCount).toBe(16)
  })

  test('blocked-prompt has a reason and no candidates', async () => {
    const { json } = await behaving('blocked-prompt')
    expect(json.promptFeedback.blockReason).toBe('PROHIBITED_CONTENT')
    expect(json.candidates).toBeUndefined()
  })

  test('blocked-answer stops in the middle of a stream', async () => {
    const events = eventsOf((await behaving('blocked-answer', stream)).text)
    expect(events.map(event => event.candidates[0].finishReason)).toEqual([undefined, undefined, 'SAFETY'])
    expect((await behaving('blocked-answer')).json.candidates[0].content).toBeUndefined()
  })

  test('malformed-call says what was malformed', async () => {
    expect((await behaving('malformed-call')).json.candidates[0]).toMatchObject({
      finishReason: 'MALFORMED_FUNCTION_CALL',
      finishMessage: expect.stringContaining('default_api.get_weather'),
    })
  })

  test('echo-key-in-header shows the key where nobody expects it', async () => {
    const { headers, status } = await behaving('echo-key-in-header')
    expect(status).toBe(200)
    expect(headers.get('x-goog-api-key')).toBe(secret)
  })
})

/** The raw end of a connection: what came, and whether a chunked body was closed properly. */
const rawEnd = (path: string) =>
  new Promise<string>(resolve => {
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
    const body = JSON.stringify(says('hello'))
    let received = ''
    const finish = () => {
      socket.destroy()
      resolve(received)
    }
    socket.on('data', data => {
      received += data.toString()
      if (received.endsWith('0\r\n\r\n')) finish()
    })
    socket.on('close', finish)
    socket.on('error', finish)
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nx-goog-api-key: ${secret}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  })

const isWhole = (raw: string) => raw.endsWith('\r\n0\r\n\r\n')

describe('streams have fates', () => {
  test('cut ends cleanly after a whole event, without a reason to finish', async () => {
    emulator.setBehaviour(secret, 'cut')
    expect(isWhole(await rawEnd(stream))).toBe(true)
    const events = eventsOf((await behaving('cut', stream)).text)
    expect(events.length).toBeGreaterThan(2)
    expect(events.some(event => event.candidates[0].finishReason !== undefined)).toBe(false)
  })

  test('cut-inside-event ends cleanly in the middle of JSON', async () => {
    emulator.setBehaviour(secret, 'cut-inside-event')
    expect(isWhole(await rawEnd(stream))).toBe(true)
    const { text } = await behaving('cut-inside-event', stream)
    expect(text.split('\r\n\r\n')).toHaveLength(3)
    expect(text).not.toEndWith('}\r\n\r\n')
  })

  test('reset aborts a stream after some events, and anything else before the first byte', async () => {
    emulator.setBehaviour(secret, 'reset')
    const streamed = await rawEnd(stream)
    expect(streamed).toContain('data: {"candidates"')
    expect(isWhole(streamed)).toBe(false)
    expect(await rawEnd(generate)).toBe('')
  })

  test('cut aborts a unary answer in its middle', async () => {
    emulator.setBehaviour(secret, 'cut')
    const raw = await rawEnd(generate)
    expect(raw).toContain('HTTP/1.1 200 OK')
    expect(raw).not.toContain('responseId')
    expect(isWhole(raw)).toBe(false)
  })

  test('stream-error ends with an error as an event, or as an element of the array', async () => {
    const events = eventsOf((await behaving('stream-error', stream)).text)
    expect(events.at(-1).error).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
    expect(events[0].candidates).toHaveLength(1)
    const array = await behaving('stream-error', '/v1beta/models/gemini-3.8-flash:streamGenerateContent')
    expect(array.json.at(-1).error.code).toBe(503)
    expect((await behaving('stream-error')).status).toBe(503)
  })
})

const post = (path: string, signal: AbortSignal) =>
  fetch(emulator.url + path, {
    method: 'POST',
    headers: { 'x-goog-api-key': secret },
    body: JSON.stringify(says('hello')),
    signal,
  })

const until = async (condition: () => boolean) => {
  while (!condition()) await Bun.sleep(1)
}

describe('a client that leaves is noticed', () => {
  test('while nothing has been answered', async () => {
    emulator.setBehaviour(secret, 'silent')
    emulator.clearRequests()
    const leaving = new AbortController()
    const outcome = post(generate, leaving.signal).then(
      () => 'answered',
      () => 'left',
    )
    await until(() => emulator.openRequests() === 1)
    leaving.abort()
    expect(await outcome).toBe('left')
    await until(() => emulator.openRequests() === 0)
    expect(emulator.requests).toMatchObject([{ status: null, cancelled: true, key: secret }])
  })

  test('in the middle of a stalled stream', async () => {
    emulator.setBehaviour(secret, 'stalled')
    emulator.clearRequests()
    const leaving = new AbortController()
    const response = await post(stream, leaving.signal)
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toStartWith('data: {')
    expect(emulator.openRequests()).toBe(1)
    leaving.abort()
    await until(() => emulator.openRequests() === 0)
    expect(emulator.requests).toMatchObject([{ status: 200, cancelled: true }])
  })

  test('among hundreds of streams at once', async () => {
    emulator.setBehaviour(secret, 'stalled')
    const leaving = new AbortController()
    const responses = await Promise.all(Array.from({ length: 200 }, () => post(stream, leaving.signal)))
    expect(emulator.openRequests()).toBe(200)
    leaving.abort()
    await until(() => emulator.openRequests() === 0)
    expect(responses.every(response => response.status === 200)).toBe(true)
  })

  test('and one that stays to the end is not taken for one', async () => {
    emulator.clearRequests()
    await behaving('valid', stream)
    await until(() => emulator.openRequests() === 0)
    expect(emulator.requests).toMatchObject([{ status: 200, cancelled: false }])
  })
})

test('a stalled stream goes on with empty chunks when chunks have a pace', async () => {
  const paced = emulatorForTests([{ secret, behaviour: 'stalled' }], { delayMs: { betweenChunks: 1 } })
  const leaving = new AbortController()
  const response = await fetch(paced.url + stream, {
    method: 'POST',
    headers: { 'x-goog-api-key': secret },
    body: JSON.stringify(says('hello')),
    signal: leaving.signal,
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk)
    if (text.split('\r\n\r\n').length > 6) break
  }
  leaving.abort()
  const complete = text.slice(0, text.lastIndexOf('\r\n\r\n'))
  const kinds = eventsOf(complete).map(event => (event.candidates === undefined ? 'empty' : 'content'))
  expect(kinds.slice(0, 5)).toEqual(['content', 'content', 'empty', 'empty', 'empty'])
})
