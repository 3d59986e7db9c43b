import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { adminToken, type CompiledGateway, clientToken, goodKey, startCompiledGateway } from '#tests/_gateway.ts'
import { type RawAnswer, rawPost, sendRaw } from './_raw-socket.ts'

let gateway: CompiledGateway
beforeAll(async () => {
  gateway = await startCompiledGateway()
})
afterAll(() => gateway.stop())
beforeEach(() => gateway.emulator.clearRequests())

const token = `x-goog-api-key: ${clientToken}`
const model = 'gemini-3.8-flash'
const generate = `/v1beta/models/${model}:generateContent`
const body = '{"contents":[{"parts":[{"text":"hello"}]}]}'

const post = (target: string, text = body, headers: readonly string[] = [token]) =>
  sendRaw(gateway.port, [rawPost(target, headers, text)])

const request = (line: string, headers: readonly string[] = [token]) =>
  sendRaw(gateway.port, [
    [`${line} HTTP/1.1`, 'Host: gateway.test', 'Connection: close', ...headers, '', ''].join('\r\n'),
  ])

/** A refusal as Google writes one, which says something and tells nothing it should not. */
const expectRefusal = (answer: RawAnswer, status: number, name: string, message: string | RegExp = /\S/) => {
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: 'application/json; charset=UTF-8',
  })
  const { error } = JSON.parse(answer.body)
  expect(error).toMatchObject({ code: status, status: name })
  expect(error.message).toMatch(message)
  for (const secret of [goodKey, clientToken, adminToken]) expect(answer.body).not.toContain(secret)
}

const expectNotPassedOn = () => expect(gateway.emulator.requests).toEqual([])

describe('A body', () => {
  test.each([
    ['cut off', '{"contents":'],
    ['that is a list', '[]'],
    ['that is a text', '"contents"'],
    ['that is null', 'null'],
    ['that is empty', ''],
    ['that is white space', ' \r\n\t'],
    ['with something behind it', `${body}{}`],
    ['with a comma too many', '{"contents":[],}'],
    ['with a name without quotes', '{contents:[]}'],
    ['with an unclosed string', '{"contents":"'],
    ['with an escaped end', '{"contents":"\\'],
    ['of binary', '\u0000\u0001\u0002'],
    ['behind a byte order mark', `\uFEFF${body}`],
  ])('%s is refused here', async (_what, text) => {
    expectRefusal(await post(generate, text), 400, 'INVALID_ARGUMENT', /JSON/)
    expectNotPassedOn()
  })

  test.each([
    ['with contents of the wrong type', '{"contents":3}', /contents/],
    ['with a temperature that is text', `{"contents":[],"generationConfig":{"temperature":"warm"}}`, /temperature/],
    ['with a member nobody knows', '{"contents":[],"nonsense":1}', /nonsense/],
    ['without contents', '{}', /contents/],
    ['with a broken value deep inside', '{"contents":[{"parts":[{"text":tru}]}]}', /./],
    ['nested without end', `{"contents":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /./],
    [
      'whose settings are nested without end',
      `{"generationConfig":${'{"a":'.repeat(90_000)}1${'}'.repeat(90_001)}`,
      /./,
    ],
  ])('%s is refused by Google, in Google’s words', async (_what, text, message) => {
    expectRefusal(await post(generate, text), 400, 'INVALID_ARGUMENT', message)
  })

  test.each(['gzip', 'br', 'deflate', 'zstd', 'nonsense'])('compressed with %s is refused', async encoding => {
    expectRefusal(await post(generate, body, [token, `Content-Encoding: ${encoding}`]), 415, 'INVALID_ARGUMENT')
    expectNotPassedOn()
  })
})

describe('Thirty megabytes against a limit of twenty', () => {
  const megabyte = Buffer.alloc(1024 * 1024, ' ')
  const head = (...headers: string[]) =>
    [`POST ${generate} HTTP/1.1`, 'Host: gateway.test', ...headers, '', ''].join('\r\n')

  test('are refused by what their head says', async () => {
    const pieces = [head(token, `Content-Length: ${30 * megabyte.length}`), ...Array(30).fill(megabyte)]
    expectRefusal(await sendRaw(gateway.port, pieces), 413, 'INVALID_ARGUMENT', /20 MB/)
  })

  test('are refused as soon as there are too many, when nothing was said', async () => {
    const chunks = Array(30).fill(['100000\r\n', megabyte, '\r\n']).flat()
    const pieces = [head(token, 'Transfer-Encoding: chunked'), ...chunks, '0\r\n\r\n']
    expectRefusal(await sendRaw(gateway.port, pieces), 413, 'INVALID_ARGUMENT', /20 MB/)
  })

  test('are not even read from a stranger', async () => {
    const pieces = [head(`Content-Length: ${30 * megabyte.length}`)]
    expectRefusal(await sendRaw(gateway.port, pieces), 401, 'UNAUTHENTICATED')
  })

  test('do no harm to the next client', async () => {
    expect((await post(generate)).status).toBe(200)
  })

  test('leave nothing behind in memory', async () => {
    const status = await Bun.file(`/proc/${gateway.process.pid}/status`).text()
    expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(300)
  })
})

describe('A model’s name', () => {
  test.each([
    '..',
    '.',
    '../../..',
    '%2e%2e',
    '%2E%2E%2fmodels',
    '%252e%252e',
    'a%2Fb',
    'a%5Cb',
    'a%3Fb',
    'a%23b',
    'a%00b',
    'a%0d%0aX-Evil:%201',
    'a%20b',
    'a;b',
    'a%',
    '%ff',
    'é',
    '',
    '-a',
    `${'x/'.repeat(50)}x%2f`,
  ])('%s is no name', async name => {
    expectRefusal(await post(`/v1beta/models/${name}:generateContent`), 404, 'NOT_FOUND')
    expectNotPassedOn()
  })

  test.each(['a?b', 'a#b', `${model}?`, `${model}#`])('%s ends the path, and a model is no call', async name => {
    const answer = await post(`/v1beta/models/${name}:generateContent`)
    expectRefusal(answer, 405, 'INVALID_ARGUMENT', /POST/)
    expect(answer.headers.get('allow')).toBe('GET')
    expectNotPassedOn()
  })

  test('that nobody has is refused by Google, every time', async () => {
    for (const name of ['gemini-nothing', 'gemini-nothing', 'gemini-nothing', 'x'.repeat(9000)]) {
      const answer = await post(`/v1beta/models/${name}:generateContent`)
      expectRefusal(answer, 404, 'NOT_FOUND', /is not found for API version v1beta/)
    }
  })

  // The verdict on this 404 cools the key for the model, although the client's choice of method is to blame.
  test('with a method that it does not have does not take the model out of service', async () => {
    expectRefusal(await post(`/v1beta/models/${model}:embedContent`, '{"content":{"parts":[]}}'), 404, 'NOT_FOUND')
    expect((await post(generate)).status).toBe(200)
  })

  test('cannot lead out of the models with dots in the path', async () => {
    expectRefusal(await post(`/v1beta/models/../../emulator/keys/${goodKey}`), 404, 'NOT_FOUND')
    expectRefusal(await request('DELETE /v1beta/files/%2e%2e/%2e%2e/emulator/requests'), 404, 'NOT_FOUND')
    expectNotPassedOn()
  })
})

describe('An address', () => {
  test.each(['/nothing', '/nothing/here', '/v2/models', '/v1beta', '/gemini', '/.env', '/..%2f..%2fetc/passwd'])(
    '%s that nobody has is answered with a hint',
    async path => {
      expectRefusal(await request(`GET ${path}`), 404, 'NOT_FOUND', /\/v1beta/)
    },
  )

  test('that no dialect has at /v1 is answered with a hint, as OpenAI writes errors', async () => {
    const answer = await post('/v1/completions', body, [`Authorization: Bearer ${clientToken}`])
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body).error).toMatchObject({
      type: 'invalid_request_error',
      param: null,
      message: expect.stringMatching(/chat\/completions.*v1beta/),
    })
  })

  test.each([
    ['GET', generate, 'POST'],
    ['DELETE', generate, 'POST'],
    ['PUT', `/v1/models/${model}:countTokens`, 'POST'],
    ['POST', '/v1beta/models', 'GET'],
    ['DELETE', '/v1beta/models', 'GET'],
    ['PATCH', `/gemini/v1beta/models/${model}`, 'GET'],
  ])('does not take %s at %s', async (verb, path, right) => {
    const answer = await request(`${verb} ${path}`)
    expectRefusal(answer, 405, 'INVALID_ARGUMENT')
    expect(answer.headers.get('allow')).toBe(right)
    expectNotPassedOn()
  })

  test.each([
    'pageSize=abc',
    'pageSize=1.5',
    'pageSize=-1',
    'pageSize=99999999999',
    'page_size=many',
    'pageToken=zz',
    'pageToken=%00',
    'pageToken=bW9kZWxzIC0x',
  ])('of the model list does not take %s', async query => {
    expectRefusal(await request(`GET /v1beta/models?${query}`), 400, 'INVALID_ARGUMENT', /page_/)
    expectNotPassedOn()
  })
})

/** Refused by the HTTP server itself, before the program sees a request: there is no body, but the status is clear. */
describe('A head', () => {
  test.each([
    ['with a line break inside a value', `x-goog-api-client: a\nx-goog-api-key: evil`, 400],
    ['with a bare carriage return', `x-goog-api-client: a\rx-goog-api-key: evil`, 400],
    ['with a zero byte', 'x-goog-api-client: a\u0000b', 400],
    ['with a space before the colon', 'x-goog-api-client : a', 400],
    ['with two different lengths', 'Content-Length: 3', 400],
    ['with a length and chunks', 'Transfer-Encoding: chunked', 400],
    ['of 100 kB', `x-long: ${'a'.repeat(100_000)}`, 431],
    ['of 500 lines', Array.from({ length: 500 }, (_, index) => `x-line-${index}: a`).join('\r\n'), 431],
  ])('%s ends the connection', async (_what, header, status) => {
    const answer = await post(generate, body, [token, header])
    expect({ status: answer.status, isClosed: answer.isClosed }).toEqual({ status, isClosed: true })
    expectNotPassedOn()
  })

  test.each([
    ['GET /v1beta/models HTTP/1.1\r\n\r\n', 400],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400],
    [`POST ${generate} HTTP/1.1\r\nHost: a\r\n${token}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 505],
    ['\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400],
  ])('%j is answered with a status and nothing more', async (text, status) => {
    const answer = await sendRaw(gateway.port, [text], { untilClosed: true })
    expect({ status: answer.status, isClosed: answer.isClosed }).toEqual({ status, isClosed: true })
  })

  test('cannot smuggle headers to Google through a percent-encoded query', async () => {
    await post(`${generate}?prettyPrint=%0d%0aX-Evil:%201`)
    expect(Object.keys(gateway.emulator.requests.at(-1)?.headers ?? {})).not.toContain('x-evil')
  })
})

describe('After all this', () => {
  test('the server is alive and serves', async () => {
    expect(await (await fetch(`${gateway.url}/health`)).json()).toMatchObject({ status: 'healthy' })
    expect((await post(generate)).status).toBe(200)
  })

  test('nothing secret was written, nor what clients sent', () => {
    for (const secret of [goodKey, clientToken, adminToken, 'hello', 'gemini-nothing', 'passwd']) {
      expect(gateway.output()).not.toContain(secret)
    }
  })

  test('no error was logged: all of it was the clients’ doing', () => {
    expect(gateway.output()).not.toContain('"level":"error"')
  })
})
