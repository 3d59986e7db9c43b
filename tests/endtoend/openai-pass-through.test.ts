import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { clientToken, goodKey, type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { startByteUpstream } from './_byte-upstream.ts'

const otherKey = 'AQ.key-of-the-tests-that-is-good-as-well'
const keys = [
  { secret: goodKey, project: 'one' },
  { secret: otherKey, project: 'two' },
]

let gateway: LocalGateway
beforeAll(async () => {
  gateway = await startGateway({ keys })
})
afterAll(() => gateway.stop())
beforeEach(() => {
  gateway.emulator.clearRequests()
  for (const { secret } of keys) gateway.emulator.setBehaviour(secret, 'valid')
})

const prefixes = ['/openai/v1', '/v1beta/openai', '/gemini/v1beta/openai']

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json', ...headers },
    body,
  })

const chat = (more: object = {}) =>
  JSON.stringify({ model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hi' }], ...more })

const clientAt = (prefix: string) =>
  new OpenAI({ baseURL: gateway.url + prefix, apiKey: clientToken, maxRetries: 0, organization: 'org', project: 'p' })

describe.each(prefixes)('%s', prefix => {
  test('takes a body up to the byte, with a balanced key as the only credential', async () => {
    const body =
      '{ "model":"models/gemini-3.8-flash",\n"messages":[{"role":"user","content":"\\u0068i"}],"temperature":1.0,' +
      '"extra_body":{"google":{"thinking_config":{"include_thoughts":true}}} }'
    const response = await post(`${prefix}/chat/completions?key=${clientToken}`, body, { 'openai-organization': 'org' })
    expect(response.status).toBe(200)
    const [seen] = gateway.emulator.requests
    expect(seen?.bodyText).toBe(body)
    expect(seen?.path).toBe('/v1beta/openai/chat/completions')
    expect(keys.map(({ secret }) => secret)).toContain(seen?.key ?? '')
    expect(JSON.stringify(seen)).not.toContain(clientToken)
  })

  test('brings the answer down as Google wrote it, whole and streamed', async () => {
    for (const more of [{}, { stream: true, stream_options: { include_usage: true } }]) {
      const body = chat(more)
      const straight = await fetch(`${gateway.emulator.url}/v1beta/openai/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${goodKey}`, 'content-type': 'application/json' },
        body,
      })
      const passed = await post(`${prefix}/chat/completions`, body)
      expect(await passed.text()).toBe(await straight.text())
      expect(passed.headers.get('content-type')).toBe(straight.headers.get('content-type'))
    }
  })

  test('unwraps errors, so that the SDK can read them', async () => {
    const body = chat({ logprobs: true })
    const answer = await (await post(`${prefix}/chat/completions`, body)).json()
    expect(answer).toEqual({ error: expect.objectContaining({ code: 400, status: 'INVALID_ARGUMENT' }) })
    const raised = await clientAt(prefix)
      .chat.completions.create(JSON.parse(body))
      .catch((error: unknown) => error)
    expect(raised).toBeInstanceOf(OpenAI.BadRequestError)
    expect(String(raised)).toContain('Unknown name "logprobs"')
  })

  test('lists models and embeds as Google does', async () => {
    const client = clientAt(prefix)
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id)).toContain('models/gemini-3.8-flash')
    const embedded = await client.embeddings.create({ model: 'gemini-embedding-001', input: 'hi' })
    expect(embedded.data[0]?.embedding).toHaveLength(3072)
  })
})

const path = '/openai/v1/chat/completions'

test('A key that is out of quota is passed over, and one that is dead', async () => {
  gateway.emulator.setBehaviour(goodKey, 'per-minute', { times: 1 })
  for (let turn = 0; turn < 3; turn++) expect((await post(path, chat())).status).toBe(200)
  expect(gateway.emulator.requests.some(({ status }) => status === 429)).toBe(true)
})

test('An empty answer is tried again', async () => {
  for (const { secret } of keys) gateway.emulator.setBehaviour(secret, 'empty', { times: 1 })
  const response = await post(path, chat({ stream: true }))
  expect(await response.text()).toContain('You said: hi')
  expect(gateway.emulator.requests.length).toBeGreaterThan(1)
})

test.each(['stream-error', 'cut', 'reset'] as const)('A stream with the fate %s raises in the SDK', async behaviour => {
  for (const { secret } of keys) gateway.emulator.setBehaviour(secret, behaviour)
  const read = async () => {
    const stream = await clientAt('/openai/v1').chat.completions.create({
      model: 'gemini-3.8-flash',
      messages: [{ role: 'user', content: 'write 100 words' }],
      stream: true,
    })
    for await (const _chunk of stream) {
      // What was said before the end is not at issue.
    }
  }
  const raised = await read().catch((error: unknown) => error)
  expect(raised).toBeInstanceOf(OpenAI.APIError)
})

test('An error in mid-stream is an event that every client understands, behind what was said', async () => {
  const upstream = await startByteUpstream()
  const bare = await startGateway({ settings: { BASE_URL: `${upstream.url}/v1beta`, MAX_RETRIES: '1' } })
  const chunk = 'data: {"choices":[{"delta":{"content":"half"},"index":0,"finish_reason":null}]}\n\n'
  upstream.answerWith({
    contentType: 'text/event-stream',
    pieces: [chunk, 'data: [{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]\n\n'],
  })
  const response = await fetch(bare.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}` },
    body: chat({ stream: true }),
  })
  const error = '{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}'
  expect(await response.text()).toBe(`${chunk}data: ${error}\n\n`)
  await bare.stop()
  upstream.stop()
})

test('A model’s name is not shortened, and a filtered model is refused in the dialect', async () => {
  const response = await post(path, chat({ model: 'gemini-3.8-flash-search' }))
  expect(response.status).toBe(404)
  expect(gateway.emulator.requests.at(-1)?.bodyText).toContain('gemini-3.8-flash-search')
  const filtered = await post(path, chat({ model: 'gemini-1.0-pro' }))
  expect(filtered.status).toBe(404)
  expect(await filtered.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'model_not_found' } })
})

test.each(['hello', '[]', '['.repeat(1_000_000), '{"model":'])(
  'A chat that is no JSON object is refused at once: %p',
  async body => {
    const response = await post(path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    expect(gateway.emulator.requests).toHaveLength(0)
  },
)

test('A page of HTML where Google has nothing is an error that a program can read', async () => {
  const response = await post('/openai/v1/nothing/here', '{}')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null } })
})

test.each(['/openai/v1/..%2fmodels', '/openai/v1/%2e%2e/files', '/openai/v1/a%3fkey=x'])('%s is no path', async odd => {
  const response = await fetch(gateway.url + odd, { headers: { authorization: `Bearer ${clientToken}` } })
  expect(response.status).toBe(404)
  expect(gateway.emulator.requests.map(seen => seen.path)).toEqual([])
})

test('Without a token nothing is asked of Google, and the refusal is OpenAI’s', async () => {
  const response = await post(path, chat(), { authorization: 'Bearer nothing' })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key', param: null } })
  expect(gateway.emulator.requests).toHaveLength(0)
})
