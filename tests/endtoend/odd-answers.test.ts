import { afterAll, beforeEach, expect, test } from 'bun:test'
import { clientToken, goodKey, startGateway } from '#tests/_gateway.ts'

/** What Google would hardly send, but a mirror in between may. */
let answer: () => Response = () => new Response('{}')
const upstream = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async request => {
    await request.bytes()
    return answer()
  },
})
const gateway = await startGateway({
  settings: {
    BASE_URL: `http://127.0.0.1:${upstream.port}/v1beta`,
    API_KEYS: JSON.stringify([goodKey]),
    MAX_RETRIES: '1',
    PROGRESS_TIMEOUT_SECONDS: '1',
  },
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop(true)
})
beforeEach(() => {
  answer = () => new Response('{}')
})

const ask = (method = 'generateContent') =>
  fetch(`${gateway.url}/v1beta/models/gemini-3.8-flash:${method}`, {
    method: 'POST',
    headers: { 'x-goog-api-key': clientToken },
    body: '{"contents":[{"parts":[{"text":"hello"}]}]}',
  })

const answered = (text: string, more: object = {}) =>
  JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }], ...more })

const json = { 'content-type': 'application/json' }

test('a compressed answer is read, and the key in it is not passed on', async () => {
  answer = () =>
    new Response(Bun.gzipSync(answered(`the key is ${goodKey}`)), { headers: { ...json, 'content-encoding': 'gzip' } })
  const response = await ask()
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual(JSON.parse(answered('the key is [redacted]')))
})

test.each(['generateContent', 'countTokens'])(
  'a very large answer of %s is passed on without the key',
  async method => {
    const filler = 'x'.repeat(9_000_000)
    answer = () => new Response(answered(`${filler} ${goodKey} ${filler}`), { headers: json })
    const text = await (await ask(method)).text()
    expect(text.includes(goodKey)).toBe(false)
    expect(text === answered(`${filler} [redacted] ${filler}`)).toBe(true)
  },
)

test('a compressed answer that stands still is given up on', async () => {
  answer = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(Bun.gzipSync('{"candidates":[]}').subarray(0, 12))
          await new Promise(() => {})
        },
      }),
      { headers: { ...json, 'content-encoding': 'gzip' } },
    )
  expect((await ask()).status).toBe(504)
  expect(gateway.services.pool.inFlight).toBe(0)
})

test.each([
  ['usageMetadata', { usageMetadata: null }],
  ['usage of another kind', { usageMetadata: 'many' }],
  ['promptFeedback', { promptFeedback: null }],
  ['error', { error: null }],
])('an answer whose %s says nothing is an answer', async (_name, more) => {
  answer = () => new Response(answered('hello', more), { headers: json })
  const response = await ask()
  expect([response.status, await response.json()]).toEqual([200, JSON.parse(answered('hello', more))])
})

test('a stream whose finish reason is null has not finished', async () => {
  const event = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'half' }] }, finishReason: null }] })
  answer = () => new Response(`data: ${event}\r\n\r\n`, { headers: { 'content-type': 'text/event-stream' } })
  const text = await (await ask('streamGenerateContent?alt=sse')).text()
  expect(text).toStartWith(`data: ${event}\r\n\r\ndata: {"error":`)
})

test('a very large error is an error, and does not show the key', async () => {
  const message = `${'x'.repeat(9_000_000)} ${goodKey}`
  answer = () => new Response(JSON.stringify({ error: { code: 400, message } }), { status: 400, headers: json })
  const response = await ask()
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect((await response.text()).includes(goodKey)).toBe(false)
})

test('a compressed refusal of the key takes the key out', async () => {
  const body = JSON.stringify({ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } })
  answer = () => new Response(Bun.gzipSync(body), { status: 400, headers: { ...json, 'content-encoding': 'gzip' } })
  expect((await ask()).status).toBe(503)
  expect(gateway.services.pool.isAnyAlive('gemini')).toBe(false)
})
