import { describe, expect, test } from 'bun:test'
import { callOpenAi, chatEventsOf, userSays } from './openai-support.ts'
import { call, emulatorForTests, goodKey } from './support.ts'

const emulator = emulatorForTests([{ secret: goodKey }, { secret: 'AQ.limited', limits: { perMinute: 1 } }])

describe('the OpenAI layer takes a key', () => {
  const missing = 'Missing or invalid Authorization header.'
  const several = 'Multiple authentication credentials received. Please pass only one.'
  const path = '/v1beta/openai/models'
  const noHeader = { 'x-goog-api-key': '' }
  const bearer = { ...noHeader, authorization: `Bearer ${goodKey}` }

  test.each([
    ['only from the Authorization header, and not from Google’s own', path, {}, missing],
    ['not from the query', `${path}?key=${goodKey}`, noHeader, missing],
    ['not without "Bearer"', path, { ...noHeader, authorization: goodKey }, missing],
    ['not beside another header', path, { ...bearer, 'x-goog-api-key': goodKey }, several],
    ['not beside one in the query', `${path}?key=${goodKey}`, bearer, several],
    ['not beside an organization', path, { ...bearer, 'openai-organization': 'org' }, several],
  ])('%s', async (_name, address, headers, message) => {
    const { status, json } = await call(emulator, address, undefined, { headers })
    expect({ status, json }).toEqual({
      status: 400,
      json: [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }],
    })
  })

  test('and the record of requests names it', async () => {
    await callOpenAi(emulator, 'models')
    expect(emulator.requests.at(-1)?.key).toBe(goodKey)
  })

  test('and refuses one it does not know inside an array', async () => {
    const { status, json } = await callOpenAi(emulator, 'models', undefined, { key: 'AQ.nobody' })
    expect([status, json.length, json[0].error.details[0].reason]).toEqual([400, 1, 'API_KEY_INVALID'])
  })
})

describe('models', () => {
  test('are listed at once, without a time', async () => {
    const { json } = await callOpenAi(emulator, 'models')
    expect(json.object).toBe('list')
    expect(json.data.length).toBeGreaterThan(50)
    expect(json.data[1]).toEqual({
      id: 'models/gemini-3.8-flash',
      object: 'model',
      owned_by: 'google',
      display_name: 'Gemini 3.8 Flash',
    })
  })

  test.each(['models/gemini-3.8-flash', 'models/models/gemini-3.8-flash', 'models/models%2Fgemini-3.8-flash'])(
    'are found as %s',
    async path => {
      expect((await callOpenAi(emulator, path)).json.id).toBe('models/gemini-3.8-flash')
    },
  )

  test('that do not exist are 404 in an array', async () => {
    const { status, json } = await callOpenAi(emulator, 'models/gpt-5')
    expect([status, json[0].error.status]).toEqual([404, 'NOT_FOUND'])
  })
})

describe('embeddings', () => {
  const embed = async (body: object) =>
    (await callOpenAi(emulator, 'embeddings', { model: 'gemini-embedding-2', ...body })).json

  test('are those of the native API, for a text and for several', async () => {
    const content = { parts: [{ text: 'hello' }] }
    const native = await call(emulator, '/v1beta/models/gemini-embedding-2:embedContent', { content })
    expect(await embed({ input: 'hello' })).toEqual({
      data: [{ embedding: native.json.embedding.values, index: 0, object: 'embedding' }],
      model: 'gemini-embedding-2',
      object: 'list',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    })
    const several = await embed({ input: ['other', 'hello'], dimensions: 4 })
    expect(several.data.map((entry: { index: number }) => entry.index)).toEqual([0, 1])
    expect(several.data[1].embedding).toEqual(native.json.embedding.values.slice(0, 4))
  })

  test('in base64 are little-endian floats', async () => {
    const plain = await embed({ input: 'hello', dimensions: 3 })
    const packed = await embed({ input: 'hello', dimensions: 3, encoding_format: 'base64' })
    const bytes = Buffer.from(packed.data[0].embedding, 'base64')
    expect([0, 4, 8].map(at => bytes.readFloatLE(at))).toEqual(plain.data[0].embedding.map(Math.fround))
  })

  test.each([
    ['an empty text', { input: '' }, 'requests[0].content.parts[0].data: required oneof'],
    ['too many texts', { input: Array.from({ length: 101 }, () => 'a') }, 'at most 100 requests can be in one batch'],
    ['too many dimensions', { input: 'a', dimensions: 5000 }, 'output_dimensionality must be in the range [1, 3072].'],
    ['lists of tokens', { input: [[1, 2]] }, 'Invalid input: only texts can be embedded'],
    ['an unknown field', { input: 'a', task_type: 'CLUSTERING' }, 'Unknown name "task_type": Cannot find field.'],
    ['a chat model', { input: 'a', model: 'gemini-3.8-flash' }, 'is not supported for embedContent'],
  ])('refuse %s', async (_name, body, message) => {
    expect((await embed(body))[0].error.message).toContain(message)
  })
})

describe('addresses', () => {
  test.each([
    ['POST', 'files'],
    ['POST', 'audio/speech'],
    ['POST', 'audio/transcriptions'],
    ['GET', 'files'],
    ['GET', 'chat/completions'],
    ['POST', 'models'],
  ])('%s %s are no part of it: a page with 404', async (method, path) => {
    const { status, headers } = await callOpenAi(emulator, path, method === 'POST' ? {} : undefined)
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
  })

  test('of chat and embeddings also answer without the layer’s name', async () => {
    const headers = { 'x-goog-api-key': '', authorization: `Bearer ${goodKey}` }
    const chatted = await call(emulator, '/v1beta/chat/completions', userSays('a'), { headers })
    const embedded = await call(
      emulator,
      '/v1beta/embeddings',
      { model: 'gemini-embedding-001', input: 'a' },
      { headers },
    )
    expect([chatted.json.object, embedded.json.object]).toEqual(['chat.completion', 'list'])
  })
})

describe('keys behave on it as on the native API:', () => {
  const path = 'chat/completions'
  const behaving = async (behaviour: Parameters<typeof emulator.setBehaviour>[1], body: object = userSays('hello')) => {
    emulator.setBehaviour(goodKey, behaviour, { times: 1 })
    return callOpenAi(emulator, path, body)
  }
  const streamed = userSays('hello', { stream: true })

  test.each([
    ['suspended', 403, 'PERMISSION_DENIED'],
    ['per-day', 429, 'RESOURCE_EXHAUSTED'],
    ['payment-required', 402, 'RESOURCE_EXHAUSTED'],
    ['unavailable', 503, 'UNAVAILABLE'],
    ['model-not-found', 404, 'NOT_FOUND'],
  ] as const)('%s is %d', async (behaviour, status, name) => {
    const answered = await behaving(behaviour)
    expect([answered.status, answered.json.length, answered.json[0].error.status]).toEqual([status, 1, name])
  })

  test('a quota is counted for the model that the body names, together with native calls', async () => {
    const key = 'AQ.limited'
    expect((await callOpenAi(emulator, path, userSays('a'), { key })).status).toBe(200)
    const second = await callOpenAi(emulator, path, userSays('a'), { key })
    expect([second.status, second.json[0].error.details[1].violations[0].quotaDimensions.model]).toEqual([
      429,
      'gemini-3.8-flash',
    ])
    const native = await call(
      emulator,
      '/v1beta/models/gemini-3.8-flash:generateContent',
      { contents: [{ parts: [{ text: 'a' }] }] },
      { key },
    )
    expect(native.status).toBe(429)
  })

  test('stream-error is an error event in the middle, without [DONE]', async () => {
    const events = chatEventsOf((await behaving('stream-error', streamed)).text)
    expect(events.at(-1)).toEqual([{ error: expect.objectContaining({ code: 503 }) }])
    expect(events.length).toBe(3)
    expect((await behaving('stream-error')).status).toBe(503)
  })

  test('cut ends cleanly without a reason to finish and without [DONE]', async () => {
    const events = chatEventsOf((await behaving('cut', streamed)).text)
    expect(events.length).toBeGreaterThan(2)
    expect(events.some(event => event === '[DONE]' || 'finish_reason' in event.choices[0])).toBe(false)
  })

  test('reset ends the connection, of a stream in its middle', async () => {
    await expect(behaving('reset')).rejects.toThrow()
    await expect(behaving('reset', streamed)).rejects.toThrow()
  })

  test('empty is a choice with nothing in it', async () => {
    const { json } = await behaving('empty')
    expect(json.choices).toEqual([{ index: 0, message: { role: 'assistant' } }])
    const events = chatEventsOf((await behaving('empty', streamed)).text)
    expect(events.map(event => event.choices ?? event)).toEqual([
      [{ index: 0, delta: { role: 'assistant' } }],
      '[DONE]',
    ])
  })

  test('blocked-prompt and malformed-call have reasons of Google’s own', async () => {
    const reasons = [await behaving('blocked-prompt'), await behaving('malformed-call')].map(
      ({ json }) => json.choices[0].finish_reason,
    )
    expect(reasons).toEqual(['content_filter: PROHIBITED_CONTENT', 'function_call_filter: MALFORMED_FUNCTION_CALL'])
  })
})

test('embeddings tell their usage always or never, if the emulator is told so', async () => {
  const always = emulatorForTests(undefined, { embedUsage: 'always' })
  const never = emulatorForTests(undefined, { embedUsage: 'never' })
  const content = { parts: [{ text: 'hello' }] }
  const native = (side: typeof emulator, model: string) =>
    call(side, `/v1beta/models/${model}:embedContent`, { content })
  expect((await native(always, 'gemini-embedding-001')).json.usageMetadata).toEqual({ promptTokenCount: 2 })
  expect((await native(never, 'gemini-embedding-2')).json.usageMetadata).toBeUndefined()
  const compatible = await callOpenAi(never, 'embeddings', { model: 'gemini-embedding-2', input: 'hello' })
  expect(compatible.json.usage).toBeUndefined()
})
