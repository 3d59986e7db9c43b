import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { clientToken, goodKey, type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { type ByteUpstream, startByteUpstream } from './_byte-upstream.ts'

/** What an OpenAI client is told when upstream does what Google never should, or what the gateway must not lose. */
let upstream: ByteUpstream
let gateway: LocalGateway
beforeAll(async () => {
  upstream = await startByteUpstream()
  gateway = await startGateway({
    settings: { BASE_URL: `${upstream.url}/v1beta`, MAX_RETRIES: '2', PROGRESS_TIMEOUT_SECONDS: '1' },
  })
})
afterAll(async () => {
  await gateway.stop()
  upstream.stop()
})
afterEach(async () => {
  while (gateway.live.count > 0) await Bun.sleep(5)
  expect(gateway.services.pool.inFlight).toBe(0)
})

const post = (path: string, body: object, init: RequestInit = {}) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}` },
    body: JSON.stringify(body),
    ...init,
  })

const chat = (more: object = {}) =>
  post('/v1/chat/completions', { model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hi' }], ...more })

const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error

const eventOf = (text: string, more: object = {}) =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, ...more }] })}\r\n\r\n`

test.each([
  ['a page of HTML', '<html>hello</html>'],
  ['half of a small answer', '{"candidates":[{"content":{"parts":[{"text":"a'],
  ['half of a large answer', `{"candidates":[{"content":{"parts":[{"text":"${'a'.repeat(40_000)}"}]}}}`],
])('%s with status 200 is tried again and then told as a cut answer', async (_what, body) => {
  upstream.answerWith({ contentType: 'application/json', pieces: [body] })
  for (const ask of [
    () => chat(),
    () => chat({ n: 2 }),
    () => post('/v1/embeddings', { model: 'gemini-embedding-001', input: 'hi' }),
  ]) {
    const before = upstream.requests.length
    const response = await ask()
    expect(response.status).toBe(502)
    expect(await errorOf(response)).toMatchObject({ type: 'server_error', code: 'upstream_cut' })
    expect(upstream.requests.length).toBeGreaterThan(before + 1)
  }
  expect(gateway.takeErrors()).toEqual([])
})

test('an error with status 200 is an error', async () => {
  const error = '{"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED"}}'
  upstream.answerWith({ contentType: 'application/json', pieces: [error] })
  expect((await chat()).status).toBe(429)
  upstream.answerWith({ contentType: 'application/json', pieces: [`[${error}]`] })
  const passed = await post('/openai/v1/chat/completions', { model: 'gemini-3.8-flash', messages: [] })
  expect([passed.status, await passed.json()]).toEqual([429, JSON.parse(error)])
})

test('nothing follows an error in a stream, whatever upstream still says or fails to say', async () => {
  const error = 'data: {"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}\r\n\r\n'
  upstream.answerWith({
    contentType: 'text/event-stream',
    pieces: [eventOf('half'), error, eventOf('more'), ...Array.from({ length: 600 }, () => ': still here\r\n\r\n')],
  })
  const text = await (await chat({ stream: true })).text()
  expect(text.match(/"error"/g)).toHaveLength(1)
  expect(text).not.toContain('more')
  expect(text).not.toContain('[DONE]')
})

test('choices of one request have seeds of their own, and the same ones every time', async () => {
  upstream.answerWith({
    contentType: 'application/json',
    pieces: [
      '{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2}}',
    ],
  })
  const seedsOf = async () => {
    const before = upstream.requests.length
    expect((await chat({ n: 3, seed: 2 ** 31 - 1 })).status).toBe(200)
    return upstream.requests
      .slice(before)
      .map(({ body }) => JSON.parse(body.toString()).generationConfig.seed as number)
  }
  const seeds = await seedsOf()
  expect(new Set(seeds).size).toBe(3)
  for (const seed of seeds) expect(seed | 0).toBe(seed)
  expect((await seedsOf()).toSorted()).toEqual(seeds.toSorted())
})

test('tokens are counted over all calls of a request, and those of embeddings too', async () => {
  const rows = () => {
    const database = new Database(join(gateway.dataDirectory, 'default_db'), { readonly: true })
    try {
      return database
        .query<{ prompt_tokens: number | null; output_tokens: number | null }, []>(
          'SELECT prompt_tokens, output_tokens FROM t_request_log ORDER BY id DESC LIMIT 1',
        )
        .all()
    } finally {
      database.close()
    }
  }
  const lastRow = async (expected: object) => {
    for (let turn = 0; turn < 200 && !Bun.deepEquals(rows()[0], expected); turn++) await Bun.sleep(20)
    expect(rows()[0]).toEqual(expected as never)
  }
  await chat({ n: 3 })
  await lastRow({ prompt_tokens: 15, output_tokens: 6 })
  upstream.answerWith({
    contentType: 'application/json',
    pieces: ['{"embeddings":[{"values":[1,0]}],"usageMetadata":{"promptTokenCount":7}}'],
  })
  const response = await post('/v1/embeddings', { model: 'gemini-embedding-2', input: 'hi' })
  expect(await response.json()).toMatchObject({ usage: { prompt_tokens: 7, total_tokens: 7 } })
  await lastRow({ prompt_tokens: 7, output_tokens: null })
})

test('a picture of many megabytes is translated', async () => {
  const data = Buffer.alloc(9 * 1024 * 1024, 7).toString('base64')
  const answer = {
    candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data } }] }, finishReason: 'STOP' }],
  }
  upstream.answerWith({ contentType: 'application/json', pieces: [JSON.stringify(answer)] })
  const { choices } = (await (await chat()).json()) as { choices: { message: { content: string } }[] }
  expect(choices[0]?.message.content).toContain(`](data:image/png;base64,${data.slice(0, 100)}`)
})

test('whoever leaves while an address is being fetched is no fault', async () => {
  const slow = Bun.serve({ port: 0, fetch: () => Bun.sleep(3000).then(() => new Response('')) })
  const open = await startGateway({ settings: { MEDIA_ALLOW_PRIVATE_ADDRESSES: 'true' }, keys: [{ secret: goodKey }] })
  const controller = new AbortController()
  const image = { type: 'image_url', image_url: { url: `http://127.0.0.1:${slow.port}/a.png` } }
  const asked = fetch(`${open.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}` },
    body: JSON.stringify({ model: 'gemini-3.8-flash', messages: [{ role: 'user', content: [image] }] }),
    signal: controller.signal,
  }).catch((error: Error) => error.name)
  while (slow.pendingRequests === 0) await Bun.sleep(5)
  controller.abort()
  expect(await asked).toBe('AbortError')
  while (open.live.count > 0) await Bun.sleep(5)
  expect(open.takeErrors()).toEqual([])
  await open.stop()
  await slow.stop(true)
})

test.each(['GET', 'PUT', 'DELETE'])('%s on a chat is told what to use', async method => {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method,
    headers: { authorization: `Bearer ${clientToken}` },
  })
  expect([response.status, await errorOf(response)]).toMatchObject([405, { code: 'method_not_supported' }])
})

test.each(['null', '[]', '"text"'])('an answer that is %s is none', async body => {
  upstream.answerWith({ contentType: 'application/json', pieces: [body] })
  for (const ask of [() => chat(), () => chat({ n: 2 }), () => chat({ model: 'gemini-3.8-flash-search' })]) {
    const response = await ask()
    expect(response.status).toBe(502)
    expect(await errorOf(response)).toMatchObject({ type: 'server_error' })
  }
  expect(gateway.takeErrors()).toEqual([])
})

test('20 MB of brackets are refused without being read into memory', async () => {
  for (const [path, body] of [
    ['/v1/chat/completions', '['.repeat(19_000_000)],
    ['/v1/embeddings', '['.repeat(19_000_000)],
    ['/v1/chat/completions', `{"model":"gemini-3.8-flash","messages":[],"x":${'[['.repeat(9_000_000)}`],
  ] as const) {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${clientToken}` },
      body,
    })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error' })
  }
})
