import { afterAll, expect, test } from 'bun:test'
import { keysCheckApi } from '#src/admin/keys-check-api.ts'
import type { EmulatorKey } from '#src/emulator/emulator.ts'
import { selectForCheck } from '#src/keys/check-select.ts'
import { TokenBook } from '#src/security/token-book.ts'
import { adminToken, clientToken, type LocalOptions, startGateway } from '../_gateway.ts'
import { checkerOf } from '../keys/_checker.ts'

const start = async (options: LocalOptions) => {
  const gateway = await startGateway(options)
  let isStopped = false
  const stop = async () => {
    if (!isStopped) await gateway.stop()
    isStopped = true
  }
  afterAll(stop)
  const post = (body: unknown, { token = adminToken, signal }: { token?: string; signal?: AbortSignal } = {}) =>
    fetch(`${gateway.url}/api/keys/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  return { ...gateway, stop, post, keyIds: [...gateway.services.pool.keys()].map(({ entry }) => entry.keyId) }
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

const until = async (isSo: () => boolean) => {
  while (!isSo()) await Bun.sleep(1)
}

const mixedKeys: readonly EmulatorKey[] = [
  { secret: 'AQ.planted-good' },
  { secret: 'AQ.planted-suspended', behaviour: 'suspended' },
  { secret: 'AQ.planted-location', behaviour: 'location' },
]

test('a check tells how many keys there are, each result, and the sum; and no secret', async () => {
  const { post, output, keyIds, services } = await start({ keys: mixedKeys })
  const response = await post({ select: { all: true } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toStartWith('application/x-ndjson')
  const text = await response.text()
  const lines = linesOf(text)
  expect(lines[0]).toEqual({ total: 3 })
  expect(lines.at(-1)).toEqual({ done: true, healthy: 1, dead: 1, unknown: 1 })
  const results = new Map(lines.slice(1, -1).map(line => [line.keyId, line]))
  const fingerprints = [...services.pool.keys()].map(({ entry }) => entry.fingerprint)
  expect(keyIds.map(keyId => results.get(keyId))).toEqual([
    {
      keyId: keyIds[0],
      fingerprint: fingerprints[0],
      verdict: 'healthy',
      finding: 'healthy',
      condition: 'ready',
      reason: null,
    },
    {
      keyId: keyIds[1],
      fingerprint: fingerprints[1],
      verdict: 'dead',
      finding: 'key-suspended',
      condition: 'dead',
      reason: expect.stringContaining('suspended'),
    },
    {
      keyId: keyIds[2],
      fingerprint: fingerprints[2],
      verdict: 'unknown',
      finding: 'location',
      condition: 'ready',
      reason: expect.stringContaining('place'),
    },
  ])
  expect(`${text}${output()}`).not.toContain('AQ.planted')
})

test('keys are chosen by id, by being dead, or all; the deep check asks the test model', async () => {
  const { post, emulator, keyIds } = await start({ keys: mixedKeys, settings: { TEST_MODEL: 'gemini-3.5-flash' } })
  expect(linesOf(await (await post({ select: { keys: [keyIds[1], keyIds[1]] } })).text())).toHaveLength(3)
  expect(emulator.requests.map(({ key }) => key)).toEqual(['AQ.planted-suspended'])
  emulator.clearRequests()
  expect(linesOf(await (await post({ select: { condition: 'dead' }, deep: true })).text()).at(-1)).toEqual({
    done: true,
    healthy: 0,
    dead: 1,
    unknown: 0,
  })
  expect(emulator.requests.map(({ key, path }) => [key, path])).toEqual([
    ['AQ.planted-suspended', '/v1beta/models/gemini-3.5-flash:generateContent'],
  ])
})

test.each([
  ['no JSON', '{'],
  ['no object', [1]],
  ['no select', { deep: true }],
  ['a deep that is no boolean', { select: { all: true }, deep: 'yes' }],
  ['a select that means nothing', { select: { everything: true } }],
  ['a part that nobody knows', { select: { all: true }, depe: true }],
  ['a select that names nothing', { select: {} }],
])('%s is refused with a sentence', async (_name, body) => {
  const { post, emulator } = await start({})
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(/\.$/)
  expect(emulator.requests).toHaveLength(0)
})

test.each([[''], ['wrong'], [clientToken]])('the token %j opens nothing', async token => {
  const { post, emulator } = await start({})
  expect((await post({ select: { all: true } }, { token })).status).toBe(401)
  expect(emulator.requests).toHaveLength(0)
})

test('results come one by one, while others are still being asked for', async () => {
  const { post, emulator } = await start({
    keys: [{ secret: 'AQ.planted-good' }, { secret: 'AQ.planted-silent', behaviour: 'silent' }],
  })
  const response = await post({ select: { all: true } })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes('healthy')) text += decoder.decode((await reader?.read())?.value, { stream: true })
  expect(emulator.openRequests()).toBe(1)
  await reader?.cancel()
})

test('when the caller leaves the run stops, and what was found holds', async () => {
  const keys = Array.from({ length: 40 }, (_, index) => ({
    secret: `AQ.planted-${index}`,
    behaviour: index < 3 ? ('invalid' as const) : ('silent' as const),
  }))
  const { post, emulator, services } = await start({ keys })
  const caller = new AbortController()
  const response = await post({ select: { all: true } }, { signal: caller.signal })
  await response.body?.getReader().read()
  await until(() => emulator.requests.length === 11)
  caller.abort()
  await until(() => emulator.openRequests() === 0)
  expect(emulator.requests).toHaveLength(11)
  expect([...services.pool.keys()].filter(({ death }) => death !== null)).toHaveLength(3)
})

test('when the caller left while the body was read, no key is asked for and the run ends', async () => {
  const { checker, pool, logger, emulator } = checkerOf({
    keys: Array.from({ length: 300 }, (_, index) => ({ keyId: `key-${index}` })),
  })
  const tokens = new TokenBook(new Uint8Array(32))
  tokens.replace(adminToken, [])
  const ended = Promise.withResolvers<void>()
  const caller = new AbortController()
  const selectAll = selectForCheck({ pool, book: { records: () => [] } })
  const api = keysCheckApi({
    checker,
    pool,
    tokens,
    logger,
    keepOpen: () => ended.resolve,
    resolve: select => {
      caller.abort()
      return selectAll(select)
    },
  })
  await api.handle(
    new Request('http://gateway.test/api/keys/check', {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: '{"select":{"all":true}}',
      signal: caller.signal,
    }),
  )
  await ended.promise
  expect(emulator.requests).toHaveLength(0)
})

test('a run ends when the gateway stops, and the last line says that it was not finished', async () => {
  const keys = Array.from({ length: 20 }, (_, index) => ({
    secret: `AQ.planted-${index}`,
    behaviour: 'silent' as const,
  }))
  const { post, emulator, stop } = await start({ keys })
  const response = await post({ select: { all: true } })
  await until(() => emulator.openRequests() === 8)
  const [text] = await Promise.all([response.text(), stop()])
  expect(linesOf(text).at(-1)).toMatchObject({ done: false, healthy: 0, dead: 0, unknown: 0 })
})

test('a reader who takes no more lets the run wait, and finds everything when he goes on', async () => {
  const keys = Array.from({ length: 400 }, (_, index) => ({ keyId: `key-${index}` }))
  const { checker, pool, logger, emulator } = checkerOf({ keys })
  const tokens = new TokenBook(new Uint8Array(32))
  tokens.replace(adminToken, [])
  let opened = 0
  let givenBack = 0
  const keepOpen = () => {
    opened++
    return () => givenBack++
  }
  const resolve = selectForCheck({ pool, book: { records: () => [] } })
  const api = keysCheckApi({ checker, pool, resolve, tokens, logger, keepOpen })
  const response = await api.handle(
    new Request('http://gateway.test/api/keys/check', {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: '{"select":{"all":true}}',
    }),
  )
  await until(() => emulator.requests.length >= 100 && emulator.openRequests() === 0)
  await Bun.sleep(30)
  expect(emulator.requests.length).toBeLessThan(150)
  expect([opened, givenBack]).toEqual([1, 0])
  const lines = linesOf(await response.text())
  expect(lines.at(-1)).toEqual({ done: true, healthy: 400, dead: 0, unknown: 0 })
  expect(lines).toHaveLength(402)
  expect([opened, givenBack]).toEqual([1, 1])
})

test('two thousand results are streamed to a reader who takes his time', async () => {
  const keys = Array.from({ length: 2000 }, (_, index) => ({ secret: `AQ.planted-${index}` }))
  const { post } = await start({ keys })
  const response = await post({ select: { all: true } })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    await Bun.sleep(0)
  }
  const lines = linesOf(text)
  expect(lines.at(-1)).toEqual({ done: true, healthy: 2000, dead: 0, unknown: 0 })
  expect(new Set(lines.map(({ keyId }) => keyId)).size).toBe(2001)
}, 30_000)
