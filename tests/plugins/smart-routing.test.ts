import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { adminToken, clientToken, type LocalGateway, startGateway } from '#tests/_gateway.ts'

const native = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] })
const chat = JSON.stringify({ model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hello' }] })

const post = (gateway: LocalGateway, path: string, body: string) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
    body,
  })

const generate = '/v1beta/models/gemini-3.8-flash:generateContent'

describe.each(['', '/base'])('switched on, under the base path %j', base => {
  let gateway: LocalGateway
  beforeAll(async () => {
    gateway = await startGateway({ settings: { URL_NORMALIZATION_ENABLED: 'true', BASE_PATH: base } })
  })
  afterAll(() => gateway.stop())

  const sent = () => gateway.emulator.requests.findLast(({ method }) => method === 'POST')

  test.each([
    ['/v1/v1beta/models/gemini-3.8-flash:generateContent', native, generate],
    ['/v1beta/v1beta/models/gemini-3.8-flash:countTokens', native, '/v1beta/models/gemini-3.8-flash:countTokens'],
    ['/gemini/v1beta/models/models/gemini-3.8-flash:generateContent', native, generate],
    ['//v1beta//models/gemini-3.8-flash:generateContent', native, generate],
    ['/v1/v1/chat/completions', chat, generate],
    ['/api/v1/chat/completions', chat, generate],
    ['/chat/completions', chat, generate],
    ['/V1/Chat/Completions/', chat, generate],
  ])('%s leads to where it was meant to', async (path, body, upstream) => {
    const response = await post(gateway, path, body)
    expect([response.status, sent()?.path]).toEqual([200, upstream])
    expect(response.headers.get('x-gemini-balance-request-id')).toBeString()
  })

  test('the base path is asked for', () => {
    expect(new URL(gateway.url).pathname).toBe(base === '' ? '/' : base)
  })

  test('the query goes along, a stream too', async () => {
    const path = '/v1beta/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse'
    const response = await post(gateway, path, native)
    expect(response.headers.get('content-type')).toStartWith('text/event-stream')
    expect(await response.text()).toContain('"finishReason":"STOP"')
    expect(sent()?.query).toBe('?alt=sse')
  })

  test('the models are listed, and each can be read, by a doubled base', async () => {
    const headers = { 'x-goog-api-key': clientToken }
    const list = await fetch(`${gateway.url}/v1beta/v1beta/models?pageSize=3`, { headers })
    expect(((await list.json()) as { models: unknown[] }).models).toHaveLength(3)
    const one = await fetch(`${gateway.url}/v1beta/v1beta/models/gemini-3.8-flash`, { headers })
    expect(await one.json()).toMatchObject({ name: 'models/gemini-3.8-flash' })
  })

  test('the token is asked for there as well', async () => {
    const response = await fetch(`${gateway.url}/v1/v1beta/models/x:generateContent`, {
      method: 'POST',
      body: native,
    })
    expect(response.status).toBe(401)
  })

  test('pages, the dashboard and what nobody understands stay as they are', async () => {
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
    expect((await fetch(`${gateway.url}/keys`, { redirect: 'manual' })).status).not.toBe(404)
    const headers = { authorization: `Bearer ${adminToken}` }
    expect((await fetch(`${gateway.url}/api/keys`, { headers })).status).toBe(200)
    expect((await post(gateway, '/api/chat/completions', chat)).status).toBe(404)
    expect((await post(gateway, '/nothing/here', chat)).status).toBe(404)
  })
})

test('as it comes a wrong path is wrong', async () => {
  const gateway = await startGateway()
  try {
    expect((await post(gateway, '/api/v1/chat/completions', chat)).status).toBe(404)
    expect(gateway.emulator.requests).toHaveLength(0)
  } finally {
    await gateway.stop()
  }
})
