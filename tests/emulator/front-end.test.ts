import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, goodKey, says } from './support.ts'

const emulator = emulatorForTests()
const list = '/v1beta/models'

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(emulator.url + path, { headers })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type') ?? '', text }
}

describe('credentials', () => {
  const several = 'Multiple authentication credentials received. Please pass only one.'
  test.each([
    ['a key in the header', list, { 'x-goog-api-key': goodKey }, 200, '"models"'],
    ['a key in the query', `${list}?key=${goodKey}`, {}, 200, '"models"'],
    [
      'none',
      list,
      {},
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    ],
    ['an empty query key', `${list}?key=`, {}, 403, 'PERMISSION_DENIED'],
    [
      'a Bearer token',
      list,
      { authorization: `Bearer ${goodKey}` },
      401,
      'Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    ],
    ['an access token', `${list}?access_token=a`, {}, 401, 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
    ['the same key twice', `${list}?key=${goodKey}`, { 'x-goog-api-key': goodKey }, 400, several],
    ['two query keys', `${list}?key=a&key=b`, {}, 400, several],
    ['a key and a token', list, { 'x-goog-api-key': goodKey, authorization: 'Bearer x' }, 400, several],
    ['an unknown key', list, { 'x-goog-api-key': 'AQ.nobody' }, 400, 'API_KEY_INVALID'],
  ])('%s', async (_name, path, headers, status, text) => {
    const answer = await get(path, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(text)
  })
})

describe('query parameters', () => {
  test('that Google knows everywhere are accepted', async () => {
    const known = '?alt=json&$.xgafv=2&fields=models&prettyPrint=true&quotaUser=a&$alt=json;enum-encoding=int'
    expect((await call(emulator, list + known)).status).toBe(200)
  })

  test('that nobody knows are refused, each by name', async () => {
    const { status, json } = await call(emulator, `${generatePath('gemini-3.8-flash')}?model=a&pageSize=1`, says('a'))
    expect(status).toBe(400)
    expect(json.error.message).toBe(
      [
        'Invalid JSON payload received. Unknown name "model": Cannot bind query parameter. Field \'model\' could not be found in request message.',
        'Invalid JSON payload received. Unknown name "pageSize": Cannot bind query parameter. Field \'pageSize\' could not be found in request message.',
      ].join('\n'),
    )
  })

  test('can ask for compact JSON', async () => {
    const pretty = await call(emulator, '/v1beta/models/gemini-3.8-flash')
    const compact = await call(emulator, '/v1beta/models/gemini-3.8-flash?prettyPrint=false')
    expect(pretty.text).toBe(`${JSON.stringify(compact.json, null, 2)}\n`)
    expect(compact.text).not.toContain('\n')
  })
})

describe('addresses', () => {
  test.each(['/v1', '/v1beta', '/v1alpha'])('%s has the methods', async version => {
    expect((await call(emulator, `${version}/models/gemini-3.8-flash:generateContent`, says('a'))).status).toBe(200)
  })

  test('may have the colon percent-encoded', async () => {
    expect((await call(emulator, '/v1beta/models/gemini-3.8-flash%3AgenerateContent', says('a'))).status).toBe(200)
  })

  test.each([
    [
      'an unknown model',
      'POST',
      '/v1beta/models/gemini-9:generateContent',
      'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
    ],
    [
      'a model with odd characters',
      'POST',
      '/v1/models/..%2Fx:generateContent',
      'models/../x is not found for API version v1, or is not supported for generateContent.',
    ],
    [
      'a method the model does not have',
      'POST',
      '/v1beta/models/gemini-embedding-001:generateContent',
      'is not supported for generateContent',
    ],
    ['a method nobody has', 'POST', '/v1beta/models/gemini-3.8-flash:singContent', 'is not supported for singContent'],
    [
      'an unknown model to get',
      'GET',
      '/v1beta/models/gemini-9',
      'models/gemini-9 is not found for API version v1beta',
    ],
  ])('%s is 404 in JSON', async (_name, method, path, message) => {
    const { status, json } = await call(emulator, path, method === 'POST' ? says('a') : undefined)
    expect(status).toBe(404)
    expect(json.error.status).toBe('NOT_FOUND')
    expect(json.error.message).toContain(message)
  })

  test.each([
    ['GET', '/'],
    ['GET', '/v2/models'],
    ['GET', '/v1beta/nothing'],
    ['GET', '/v1beta/models/gemini-3.8-flash:generateContent'],
    ['POST', '/v1beta/models'],
    ['POST', '/v1beta/models/:generateContent'],
  ])('%s %s is 404 with a page', async (method, path) => {
    const { status, headers, text } = await call(emulator, path, method === 'POST' ? {} : undefined, { method })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toStartWith('text/html')
    expect(text).toContain('<title>Error 404 (Not Found)!!1</title>')
  })

  test.each(['files', 'cachedContents', 'batches'])('list no %s', async collection => {
    const { status, json } = await call(emulator, `/v1beta/${collection}?pageSize=5`)
    expect({ status, json }).toEqual({ status: 200, json: {} })
  })

  test.each([
    ['files', 403, 'PERMISSION_DENIED', 'You do not have permission to access the File abc or it may not exist.'],
    ['cachedContents', 403, 'PERMISSION_DENIED', 'CachedContent not found (or permission denied)'],
    ['batches', 404, 'NOT_FOUND', 'Requested entity was not found.'],
  ])('have none of the %s anybody names', async (collection, code, status, message) => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await call(emulator, `/v1beta/${collection}/abc`, undefined, { method })
      expect([answer.status, answer.json]).toEqual([code, { error: { code, message, status } }])
    }
  })
})

test('JSON is compressed only for clients that ask for it', async () => {
  const plain = await fetch(emulator.url + list, {
    headers: { 'x-goog-api-key': goodKey, 'accept-encoding': 'identity' },
    decompress: false,
  })
  const packed = await fetch(emulator.url + list, {
    headers: { 'x-goog-api-key': goodKey, 'accept-encoding': 'br, gzip' },
    decompress: false,
  })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  const unpacked = Buffer.from(Bun.gunzipSync(await packed.arrayBuffer())).toString()
  expect(unpacked).toBe(await plain.text())
})

describe('an error of a stream', () => {
  test('that is no event stream is a list of one', async () => {
    const { status, json } = await call(emulator, '/v1beta/models/gemini-3.8-flash:streamGenerateContent', {})
    expect(status).toBe(400)
    expect(json).toHaveLength(1)
    expect(json[0].error.status).toBe('INVALID_ARGUMENT')
  })

  test('that is an event stream is an object', async () => {
    const { status, json } = await call(emulator, '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse', {})
    expect(status).toBe(400)
    expect(json.error.status).toBe('INVALID_ARGUMENT')
  })
})
