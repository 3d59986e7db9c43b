import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type CompiledGateway, clientToken, goodKey, startCompiledGateway } from '#tests/_gateway.ts'
import { type ByteUpstream, startByteUpstream } from './_byte-upstream.ts'

/** JSON as no serialiser would write it again: odd numbers, escapes, spaces, doubled and unknown names. */
const odd =
  '\n{ "contents" :[ {"parts":[{"text":"\\u0041\\/ \\ud83d\\ude00 é","fromTheFuture":{"n":1.0}}] } ],  "generationConfig":' +
  '{"seed":12345678901234567890, "temperature":1e5,"topP":-0.0,"x":1E+2} ,"tomorrow":[ ],"tomorrow":null }\r\n '

const oddAnswer =
  '{\n  "candidates":[{"content":{"role":"model","parts":[{"text":"\\u00e9\\/","dreams":[1.0,1e5]}]},"finishReason":"STOP",' +
  '"mood":12345678901234567890}] ,"usageMetadata":{"totalTokenCount":3, "joy":true},"usageMetadata2":{} }\n'

const call = (base: string, path: string, body: string, token = clientToken) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'x-goog-api-key': token, 'content-type': 'application/json' },
    body,
  })

const generate = '/v1beta/models/gemini-3.8-flash:generateContent'
const stream = '/v1beta/models/gemini-3.8-flash:streamGenerateContent'

describe('To an upstream that understands nothing', () => {
  let upstream: ByteUpstream
  let plain: CompiledGateway
  let careful: CompiledGateway
  beforeAll(async () => {
    upstream = await startByteUpstream()
    const BASE_URL = `${upstream.url}/v1beta`
    plain = await startCompiledGateway({ settings: { BASE_URL, SAFETY_SETTINGS: '[]' } })
    careful = await startCompiledGateway({
      settings: { BASE_URL, SAFETY_SETTINGS: '[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]' },
    })
  })
  afterAll(async () => {
    await Promise.all([plain.stop(), careful.stop()])
    upstream.stop()
  })

  const received = () => upstream.requests.at(-1)?.body.toString('utf8')
  const answers = (...pieces: (string | Buffer)[]) => upstream.answerWith({ contentType: 'application/json', pieces })
  const streams = (...pieces: (string | Buffer)[]) => upstream.answerWith({ contentType: 'text/event-stream', pieces })

  test('a body goes up as it is, and its answer comes down as it is', async () => {
    answers(oddAnswer)
    const response = await call(plain.url, generate, odd)
    expect(received()).toBe(odd)
    expect(await response.text()).toBe(oddAnswer)
  })

  test('default safety settings are the only thing added', async () => {
    answers(oddAnswer)
    await call(careful.url, generate, odd)
    const added = '"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}],'
    expect(received()).toBe(odd.replace('{', `{${added}`))
  })

  test.each(['safetySettings', 'safety_settings'])('a body with its own %s goes up as it is', async name => {
    answers(oddAnswer)
    const own = odd.replace('"tomorrow":[ ]', `"${name}":[ ]`)
    await call(careful.url, generate, own)
    expect(received()).toBe(own)
  })

  test.each(['countTokens', 'embedContent', 'batchEmbedContents', 'predict', 'inventedTomorrow'])(
    'a body for %s goes up as it is, JSON or not',
    async method => {
      const answer = '<odd/>\u0000'
      answers(answer)
      const response = await call(careful.url, `/v1beta/models/gemini-x:${method}`, 'not { JSON')
      expect(received()).toBe('not { JSON')
      expect(await response.text()).toBe(answer)
    },
  )

  test('a search suffix adds its tool and nothing else', async () => {
    answers(oddAnswer)
    await call(plain.url, '/v1beta/models/gemini-3.8-flash-search:generateContent', odd)
    expect(upstream.requests.at(-1)?.head).toStartWith(`POST ${generate} `)
    expect(received()).toBe(odd.replace('{', '{"tools":[{"googleSearch":{}}],'))
  })

  test('events come down to the byte, however they are cut, comments and unknown fields included', async () => {
    const bytes = Buffer.from(
      ': a comment\r\n\r\n' +
        'data: {"candidates":[{"content":{"parts":[{"text":"é😀"}]}}],"new":1.0}\r\n\r\n' +
        'event: odd\nid: 7\ndata: {"candidates":[{"content":{"parts":[{"text":"b"}]}, "finishReason":"STOP"}]}\n\n',
    )
    streams(
      ...Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => bytes.subarray(index * 7, index * 7 + 7)),
    )
    const response = await call(plain.url, `${stream}?alt=sse`, odd)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toBe(bytes.toString('utf8'))
    expect(received()).toBe(odd)
  })

  test('a streamed array comes down to the byte, however it is cut', async () => {
    const bytes = Buffer.from(`[${oddAnswer.replace('"finishReason":"STOP",', '')}\r\n,\r\n${oddAnswer}]\n`)
    answers(
      ...Array.from({ length: Math.ceil(bytes.length / 9) }, (_, index) => bytes.subarray(index * 9, index * 9 + 9)),
    )
    const response = await call(plain.url, stream, odd)
    expect(await response.text()).toBe(bytes.toString('utf8'))
  })

  test('the query goes up as it is', async () => {
    answers(oddAnswer)
    await call(plain.url, `${generate}?prettyPrint=false&fields=candidates(content%2Cx)&$xgafv=2&a=%20+b`, odd)
    const target = upstream.requests.at(-1)?.head.split(' ')[1]
    expect(target).toBe(`${generate}?prettyPrint=false&fields=candidates(content%2Cx)&$xgafv=2&a=%20+b`)
  })
})

describe('To the emulator', () => {
  let gateway: CompiledGateway
  beforeAll(async () => {
    gateway = await startCompiledGateway({ settings: { SAFETY_SETTINGS: '[]' } })
  })
  afterAll(() => gateway.stop())

  const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer()).toString('utf8')
  const body = '{"contents":[{"role":"user","parts":[{"text":"write 200 words"}]}]}'

  test.each([
    ['a whole answer', generate],
    ['a whole answer on one line', `${generate}?prettyPrint=false`],
    ['events', `${stream}?alt=sse`],
    ['events, as old clients ask for them', `${stream}?$alt=sse`],
    ['a streamed array', stream],
    ['a token count', '/v1/models/gemini-3.8-flash:countTokens'],
    ['a refusal', '/v1beta/models/gemini-3.8-flash:generateContent?nonsense=1'],
    ['a refusal in a streamed array', `${stream}?nonsense=1`],
  ])('%s is the same to the byte as without the gateway', async (_what, path) => {
    const straight = await call(gateway.emulator.url, path, body, goodKey)
    const through = await call(gateway.url, path, body)
    expect(through.status).toBe(straight.status)
    expect(through.headers.get('content-type')).toBe(straight.headers.get('content-type'))
    expect(await bytesOf(through)).toBe(await bytesOf(straight))
  })

  test.each([
    ['GET', '/v1beta/files', undefined],
    ['GET', '/v1beta/files?pageSize=5', undefined],
    ['POST', '/v1beta/models/imagen-4.0-generate-001:predict', '{"instances":[{"prompt":"a"}]}'],
    ['POST', '/v1beta/cachedContents', '{"model":"models/gemini-3.8-flash"}'],
    ['PATCH', '/v1beta/cachedContents/abc?updateMask=ttl', '{"ttl":"60s"}'],
    ['DELETE', '/v1beta/files/abc', undefined],
    ['GET', '/v1beta/models/veo-3/operations/abc', undefined],
  ])('%s %s is passed on with a key of the pool', async (method, path, sent) => {
    const ask = (base: string, token: string) =>
      fetch(base + path, { method, headers: { 'x-goog-api-key': token }, ...(sent !== undefined && { body: sent }) })
    const straight = await ask(gateway.emulator.url, goodKey)
    const through = await ask(gateway.url, clientToken)
    expect({ status: through.status, body: await bytesOf(through) }).toEqual({
      status: straight.status,
      body: await bytesOf(straight),
    })
    expect(gateway.emulator.requests.at(-1)).toMatchObject({
      method,
      path: path.split('?')[0],
      key: goodKey,
      bodyText: sent ?? '',
    })
  })

  test('default safety settings are what Google is asked for', async () => {
    const usual = await startCompiledGateway()
    await call(usual.url, generate, body)
    const { safetySettings, ...rest } = JSON.parse(usual.emulator.requests.at(-1)?.bodyText ?? '{}')
    await usual.stop()
    expect(rest).toEqual(JSON.parse(body))
    expect(safetySettings).toContainEqual({ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' })
  })
})
