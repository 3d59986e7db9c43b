import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { adminToken, type CompiledGateway, clientToken, goodKey, startCompiledGateway } from '#tests/_gateway.ts'

let gateway: CompiledGateway
beforeAll(async () => {
  gateway = await startCompiledGateway()
})
afterAll(() => gateway.stop())
beforeEach(() => gateway.emulator.clearRequests())

const body = '{"contents":[{"parts":[{"text":"hello"}]}]}'
const prefixes = ['/v1beta', '/gemini/v1beta', '/v1', '/gemini/v1']

/** Every place a client may put its token. */
const places: Readonly<Record<string, (token: string) => { headers?: Record<string, string>; query?: string }>> = {
  'x-goog-api-key': token => ({ headers: { 'x-goog-api-key': token } }),
  'Authorization: Bearer': token => ({ headers: { authorization: `Bearer ${token}` } }),
  'authorization: bearer': token => ({ headers: { authorization: `bearer  ${token}` } }),
  'x-api-key': token => ({ headers: { 'x-api-key': token } }),
  '?key=': token => ({ query: `key=${token}` }),
  '?key= percent-encoded': token => ({ query: `prettyPrint=false&%6bey=${token.replaceAll('-', '%2D')}` }),
  'all at once': token => ({
    headers: {
      'x-goog-api-key': token,
      authorization: `Bearer ${token}`,
      'x-api-key': token,
      cookie: `token=${token}`,
    },
    query: `key=${token}&access_token=${token}&$key=${token}&KEY=${token}`,
  }),
  'x-goog-api-key beside a stale ?key=': token => ({
    headers: { 'x-goog-api-key': token },
    query: 'key=a-token-of-long-ago',
  }),
}

const send = (
  path: string,
  { headers = {}, query = '' }: ReturnType<(typeof places)[string]>,
  init: RequestInit = {},
) => fetch(`${gateway.url}${path}${query === '' ? '' : `?${query}`}`, { ...init, headers })

/** What the emulator has seen must hold the one key, once, and nothing of the client's. */
const expectOneCredential = () => {
  const [seen, ...more] = gateway.emulator.requests
  expect(more).toEqual([])
  expect(seen?.headers['x-goog-api-key']).toBe(goodKey)
  const told = JSON.stringify(seen)
  expect(told).not.toContain(clientToken)
  expect(told).not.toContain('a-token-of-long-ago')
  expect(told).not.toMatch(/authorization|x-api-key|cookie|key=|token=/i)
  expect(told.split(goodKey)).toHaveLength(3) // the header, and the emulator's own note of the key
}

describe.each(prefixes)('Under %s', prefix => {
  test.each(Object.keys(places))('a token as %s opens the way and stays here', async place => {
    const path = `${prefix}/models/gemini-3.8-flash:generateContent`
    const response = await send(path, places[place]?.(clientToken) ?? {}, { method: 'POST', body })
    expect({ status: response.status, text: (await response.text()).includes('You said: hello') }).toEqual({
      status: 200,
      text: true,
    })
    expectOneCredential()
  })

  test('the admin token opens it too', async () => {
    const path = `${prefix}/models/gemini-3.8-flash:countTokens`
    const response = await send(path, { headers: { 'x-goog-api-key': adminToken } }, { method: 'POST', body })
    expect(response.status).toBe(200)
  })

  test.each([
    ['none', {}],
    ['a wrong one', { headers: { 'x-goog-api-key': 'wrong' } }],
    ['a key of the pool', { headers: { 'x-goog-api-key': goodKey } }],
    ['an empty header', { headers: { 'x-goog-api-key': '' } }],
    ['an empty bearer', { headers: { authorization: 'Bearer ' } }],
    ['a token without its scheme', { headers: { authorization: clientToken } }],
    ['an empty ?key=', { query: 'key=' }],
    ['half a token', { headers: { 'x-goog-api-key': clientToken.slice(0, -1) } }],
    ['two tokens in one', { headers: { 'x-goog-api-key': `${clientToken}, ${clientToken}` } }],
  ] as const)('%s is refused in Google’s shape, and Google is not asked', async (_what, credential) => {
    const path = `${prefix}/models/gemini-3.8-flash:generateContent`
    const response = await send(path, credential, { method: 'POST', body })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      error: { code: 401, status: 'UNAUTHENTICATED', message: expect.stringContaining('no valid token') },
    })
    expect(gateway.emulator.requests).toEqual([])
  })
})

test.each([
  ['x-goog-api-key', '/v1/models'],
  ['?key=', '/v1/models'],
  ['x-goog-api-key', '/v1beta/models'],
  ['Authorization: Bearer', '/v1beta/models'],
  ['x-api-key', '/gemini/v1beta/models'],
])('A model list is read with %s at %s', async (place, path) => {
  const response = await send(path, places[place]?.(clientToken) ?? {})
  expect(await response.json()).toMatchObject({ models: expect.any(Array) })
})

test('A model list at /v1 with a bearer is OpenAI’s', async () => {
  const response = await send('/v1/models', { headers: { authorization: `Bearer ${clientToken}` } })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ object: 'list', data: expect.any(Array) })
})

test('Headers of the client that are no business of Google’s stay here', async () => {
  const headers = {
    'x-goog-api-key': clientToken,
    'x-forwarded-for': '203.0.113.9',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
    origin: 'http://a.test',
    referer: 'http://a.test/secret',
    'openai-organization': 'org',
    'x-goog-user-project': 'mine',
    'proxy-authorization': 'Basic eDp5',
    'x-goog-api-client': 'google-genai-sdk/3.1.0',
  }
  await send('/v1beta/models/gemini-3.8-flash:countTokens', { headers }, { method: 'POST', body })
  const seen = gateway.emulator.requests.at(-1)?.headers ?? {}
  expect(Object.keys(seen).filter(name => name in headers)).toEqual(['x-goog-api-client', 'x-goog-api-key'])
})

test('A key that Google shows in its answer does not reach the client', async () => {
  gateway.emulator.setBehaviour(goodKey, 'echo-key-in-header', { times: 1 })
  const response = await send(
    '/v1beta/models/gemini-3.8-flash:countTokens',
    { headers: { 'x-api-key': clientToken } },
    {
      method: 'POST',
      body,
    },
  )
  expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(goodKey)
})

test('Nothing secret was written in all this', () => {
  for (const secret of [goodKey, clientToken, adminToken]) expect(gateway.output()).not.toContain(secret)
})
