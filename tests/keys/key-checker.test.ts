import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { checkerOf, secretOf } from './_checker.ts'

/** What a key is like → what a check finds, and the reason of its death then. */
const shallow: readonly (readonly [KeyBehaviour, string, string])[] = [
  ['valid', 'healthy', 'healthy'],
  ['echo-key-in-header', 'healthy', 'healthy'],
  ['per-day', 'healthy', 'healthy'],
  ['prepay-empty', 'healthy', 'healthy'],
  ['model-retired', 'healthy', 'healthy'],
  ['invalid', 'dead', 'key-invalid'],
  ['expired', 'dead', 'key-invalid'],
  ['not-found', 'dead', 'key-invalid'],
  ['token-unsupported', 'dead', 'key-invalid'],
  ['suspended', 'dead', 'key-suspended'],
  ['leaked', 'dead', 'key-suspended'],
  ['denied', 'dead', 'project-denied'],
  ['service-disabled', 'dead', 'project-denied'],
  ['service-blocked', 'dead', 'service-blocked'],
  ['location', 'unknown', 'location'],
  ['unavailable', 'unknown', 'upstream-failing'],
  ['internal', 'unknown', 'upstream-failing'],
  ['deadline', 'unknown', 'upstream-failing'],
  ['html-error', 'unknown', 'front-end-error'],
  ['html-forbidden', 'unknown', 'front-end-error'],
  ['silent', 'unknown', 'upstream-failing'],
  ['reset', 'unknown', 'upstream-failing'],
]

test.each(shallow)('a key that is %s is found %s (%s)', async (behaviour, verdict, finding) => {
  const { pool, emulator, lines, check } = checkerOf({ keys: [{ keyId: 'one', behaviour }] })
  const { results, summary } = await check()
  expect(results).toEqual([expect.objectContaining({ keyId: 'one', fingerprint: 'print-one', verdict, finding })])
  expect(summary).toEqual({ healthy: 0, dead: 0, unknown: 0, [verdict]: 1, isComplete: true })
  const key = pool.key('one')
  expect(key?.death?.reason ?? (null as string | null)).toBe(verdict === 'dead' ? finding : null)
  expect([key?.cooling.size, key?.owner.cooling.size, key?.owner.suspended]).toEqual([0, 0, null])
  if (verdict !== 'healthy') expect(results[0]?.reason).toMatch(/^[A-Z].+\.$/)
  expect(`${JSON.stringify(results)}${lines.join('')}`).not.toContain(secretOf('one'))
  for (const request of emulator.requests) {
    expect(`${request.method} ${request.path}${request.query}`).toBe('GET /v1beta/models?pageSize=1')
  }
})

const deep: readonly (readonly [KeyBehaviour, string, string])[] = [
  ['valid', 'healthy', 'healthy'],
  ['blocked-prompt', 'healthy', 'healthy'],
  ['blocked-answer', 'healthy', 'healthy'],
  ['invalid', 'dead', 'key-invalid'],
  ['busy', 'unknown', 'busy'],
  ['forbidden', 'unknown', 'forbidden'],
  ['model-retired', 'unknown', 'model-not-found'],
  ['model-not-found', 'unknown', 'model-not-found'],
  ['empty', 'unknown', 'empty'],
  ['empty-thoughts', 'unknown', 'empty'],
]

test.each(deep)(
  'a deep check of a key that is %s finds it %s (%s), and nothing cools',
  async (behaviour, verdict, finding) => {
    const { pool, check } = checkerOf({ keys: [{ keyId: 'one', behaviour }] })
    const { results } = await check({ deep: true })
    expect(results).toEqual([expect.objectContaining({ verdict, finding })])
    const key = pool.key('one')
    expect([key?.cooling.size, key?.owner.cooling.size, key?.owner.suspended, key?.softFailures]).toEqual([
      0,
      0,
      null,
      0,
    ])
  },
)

test('a deep check that is cut says nothing about the key', async () => {
  const { pool, check } = checkerOf({ keys: [{ keyId: 'one', behaviour: 'cut' }] })
  // Whether the head arrives before the connection breaks is chance.
  const finding = expect.stringMatching(/^(cut|upstream-failing)$/)
  expect((await check({ deep: true })).results).toEqual([expect.objectContaining({ verdict: 'unknown', finding })])
  expect(pool.key('one')?.death).toBeNull()
})

test.each([['per-day'], ['per-minute'], ['no-quota']] as const)(
  'a deep check that meets the quota %s says nothing about the key and lets its project rest for that model',
  async behaviour => {
    const { pool, emulator, check } = checkerOf({ keys: [{ keyId: 'one', behaviour }] })
    const { results } = await check({ deep: true })
    expect(results).toEqual([expect.objectContaining({ verdict: 'unknown' })])
    expect([...(pool.key('one')?.owner.cooling.keys() ?? [])]).toEqual(['gemini-3.5-flash-lite'])
    expect(pool.key('one')?.death).toBeNull()
    expect(emulator.requests.map(({ path }) => path)).toEqual(['/v1beta/models/gemini-3.5-flash-lite:generateContent'])
  },
)

test('a deep check that meets an empty account suspends the project', async () => {
  const { pool, check } = checkerOf({ keys: [{ keyId: 'one', behaviour: 'prepay-empty' }] })
  const { results } = await check({ deep: true })
  expect(results).toEqual([expect.objectContaining({ verdict: 'unknown', finding: 'billing' })])
  expect(pool.key('one')?.owner.suspended?.reason).toBe('billing')
})

test('a dead key comes back when a check finds it good', async () => {
  const { pool, emulator, check } = checkerOf({ keys: [{ keyId: 'one', behaviour: 'suspended' }] })
  await check()
  expect(pool.acquire({ kind: 'gemini', model: 'gemini-3.5-flash' }).kind).toBe('none-alive')
  emulator.setBehaviour(secretOf('one'), 'valid')
  const { summary } = await check()
  expect(summary).toEqual({ healthy: 1, dead: 0, unknown: 0, isComplete: true })
  expect(pool.acquire({ kind: 'gemini', model: 'gemini-3.5-flash' }).kind).toBe('leased')
})

test.each([['unavailable'], ['location'], ['silent'], ['html-error']] as const)(
  'a dead key stays dead when the answer is %s',
  async behaviour => {
    const { pool, emulator, check } = checkerOf({ keys: [{ keyId: 'one', behaviour: 'invalid' }] })
    await check()
    emulator.setBehaviour(secretOf('one'), behaviour)
    await check()
    expect(pool.key('one')?.death?.reason).toBe('key-invalid')
  },
)

test('a page with status 200 from somebody in between brings no dead key back', async () => {
  const invalid = { error: { code: 400, message: 'API key not valid. Please pass a valid API key.' } }
  let answer = () => Response.json(invalid, { status: 400 })
  const between = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => answer() })
  try {
    const { pool, check } = checkerOf({
      keys: [{ keyId: 'one' }],
      settings: { BASE_URL: `http://127.0.0.1:${between.port}` },
    })
    await check()
    expect(pool.key('one')?.death?.reason).toBe('key-invalid')
    for (const deep of [false, true]) {
      for (const body of ['<html>Sign in</html>', '{"error":{"code":403}}', '{"status":"ok"}', '', '[]', 'null']) {
        answer = () => new Response(body)
        expect((await check({ deep })).results).toEqual([expect.objectContaining({ verdict: 'unknown' })])
      }
    }
    expect(pool.key('one')?.death?.reason).toBe('key-invalid')
  } finally {
    await between.stop(true)
  }
})

test.each([
  ['broken off', () => new Response('{"models": [', { headers: { 'content-length': '100' } })],
  [
    'endless',
    () => new Response(new ReadableStream({ pull: controller => controller.enqueue(new Uint8Array(65_536)) })),
  ],
  ['in an unknown coding', () => new Response('{"models": []}', { headers: { 'content-encoding': 'rot13' } })],
  [
    'without an end',
    () => new Response(new ReadableStream({ start: controller => controller.enqueue(Buffer.from('{')) })),
  ],
])('an answer that is %s says nothing about a key', async (_name, answer) => {
  const odd = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  try {
    const { check } = checkerOf({ keys: [{ keyId: 'one' }], settings: { BASE_URL: `http://127.0.0.1:${odd.port}` } })
    expect((await check()).results).toEqual([expect.objectContaining({ verdict: 'unknown' })])
  } finally {
    await odd.stop(true)
  }
})

test('a server that is not there says nothing about a key', async () => {
  const { pool, emulator, check } = checkerOf({ keys: [{ keyId: 'one' }] })
  await emulator.stop()
  const { results } = await check()
  expect(results).toEqual([expect.objectContaining({ verdict: 'unknown', finding: 'upstream-failing' })])
  expect(pool.key('one')?.death).toBeNull()
})

test('a Vertex key has a word counted at its own address, which costs no quota', async () => {
  const { pool, emulator, check } = checkerOf({
    keys: [
      { keyId: 'one', kind: 'vertex-express' },
      { keyId: 'two', kind: 'vertex-express', behaviour: 'invalid' },
    ],
    settings: { BASE_URL: 'http://127.0.0.1:1' },
  })
  const { results } = await check({ concurrency: 1 })
  expect(results.map(({ verdict }) => verdict)).toEqual(['healthy', 'dead'])
  expect(pool.key('two')?.death?.reason).toBe('key-invalid')
  expect(new Set(emulator.requests.map(({ path }) => path))).toEqual(
    new Set(['/v1beta/models/gemini-3.5-flash-lite:countTokens']),
  )
})

test('headers of the settings go up with a check, and the key goes in its header only', async () => {
  const { emulator, check } = checkerOf({
    keys: [{ keyId: 'one' }],
    settings: { CUSTOM_HEADERS: { 'CF-AIG-Authorization': 'Bearer mirror' } },
  })
  await check()
  const [request] = emulator.requests
  expect(request?.headers).toMatchObject({ 'cf-aig-authorization': 'Bearer mirror', 'x-goog-api-key': secretOf('one') })
  expect(request?.query).toBe('?pageSize=1')
})
