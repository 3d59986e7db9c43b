import { expect, test } from 'bun:test'
import { clientToken, startGateway } from '#tests/_gateway.ts'
import { until } from '#tests/endings/_ledger.ts'
import { rawPost, sendRaw } from '#tests/endtoend/_raw-socket.ts'
import { type Cast, hour, model, noon } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, rowsOf } from './_look.ts'

const parts = ['one', 'two', 'three']
const allReady = Object.fromEntries(parts.map(part => [part, 'ready']))
const hello = '{"contents":[{"parts":[{"text":"hello"}]}]}'

const post = (port: number, name: string, method = 'generateContent') =>
  sendRaw(port, [
    rawPost(
      `/v1beta/models/${name}:${method}`,
      [`x-goog-api-key: ${clientToken}`, 'content-type: application/json'],
      hello,
    ),
  ])

const odd: readonly (readonly [name: string, model: string])[] = [
  ['a slash', 'a%2Fb'],
  ['two dots', '..%2F..%2Ffiles'],
  ['a question mark', 'a%3Fkey=b'],
  ['a line break', 'a%0D%0AX-Injected:%20b'],
  ['a zero', 'a%00b'],
  ['Chinese', '%E6%A8%A1%E5%9E%8B'],
  ['bytes that are no text', '%FF%FE%80'],
  ['half an escape', 'a%2'],
  ['colons', 'a:b:c'],
  ['a prototype', '__proto__'],
  ['a constructor', 'constructor'],
  ['toString', 'toString'],
  ['quotes and brackets', '%22%7B%5B%27%3C%3E'],
  ['a star', '*'],
  ['blanks', '%20%20'],
  ['a name of the pool itself', 'gemini-3.8-flash%20(not%20counted)'],
  ['two thousand letters', 'a'.repeat(2000)],
  ['sixteen thousand letters', 'a'.repeat(16_000)],
]

test.each(odd)('a model name with %s harms no key and no other request', async (_name, name) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, conditions, gateway } = await castFor(cleanUp, { keys: parts })
  for (const method of ['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent']) {
    for (let turn = 0; turn < 3; turn++) {
      const { status, headers } = await post(gateway.port, name, method)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(headers.has('x-injected')).toBe(false)
    }
  }
  expect(conditions()).toEqual(allReady)
  for (let turn = 0; turn < 3; turn++) expect((await ask()).status).toBe(200)
  for (const { path } of gateway.emulator.requests) expect(path).toStartWith('/v1beta/models/')
  await until(() => gateway.live.count === 0)
  expect(gateway.services.pool.inFlight).toBe(0)
})

test('the trace of a request with an endless model name is whole', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { gateway } = await castFor(cleanUp, { keys: parts })
  expect((await post(gateway.port, 'a'.repeat(16_000))).status).toBe(404)
  const [row] = await rowsOf(gateway)
  expect(row?.trace.map(({ verdict }) => verdict)).toContain('model-not-found')
})

/** What a client could make grow. */
const sizes = ({ gateway: { services } }: Cast) => {
  const { pool } = services
  const owners = [...pool.keys()].map(({ owner }) => owner)
  return {
    uses: Math.max(...owners.map(owner => owner.uses.size)),
    cooling: Math.max(...[...pool.keys()].map(key => key.cooling.size + key.owner.cooling.size)),
    totals: pool.totals.length,
    state: Math.max(...pool.snapshot().states.map(({ state }) => state.length)),
    cursors: JSON.stringify(pool.snapshot().cursors).length,
  }
}

const askForMany = async (url: string, count: number, method: string) => {
  const statuses = new Set<number>()
  for (let start = 0; start < count; start += 100) {
    const answers = Array.from({ length: 100 }, (_, index) =>
      fetch(`${url}/v1beta/models/gemini-made-up-${start + index}:${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-api-key': clientToken },
        body: hello,
      }),
    )
    for (const answer of await Promise.all(answers)) {
      statuses.add(answer.status)
      await answer.arrayBuffer()
    }
  }
  return [...statuses]
}

test('ten thousand made-up model names leave the pool as small as it was, and all keys ready', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: parts, settings: { MAX_RETRIES: '1' } })
  const { ask, conditions, gateway, moveTo, now } = cast
  expect(await askForMany(gateway.url, 10_000, 'generateContent')).toEqual([404])
  const after = sizes(cast)
  expect(after.uses).toBeLessThanOrEqual(2000)
  expect(after.cooling).toBeLessThanOrEqual(1000)
  expect(after.totals).toBeLessThanOrEqual(2000)
  expect(after.state).toBeLessThan(500_000)
  expect(after.cursors).toBeLessThan(100_000)
  expect((await ask()).status).toBe(200)
  // What is real is still counted beside what is not.
  expect(gateway.services.pool.totals.find(({ bucket }) => bucket === model)?.requestsToday).toBe(1)
  moveTo(now() + 7 * hour)
  gateway.services.pool.tend()
  expect(conditions()).toEqual(allReady)
  expect(sizes(cast)).toMatchObject({ cooling: 0 })
}, 60_000)

test('the same for countTokens', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: parts })
  expect(await askForMany(cast.gateway.url, 1500, 'countTokens')).toEqual([404])
  expect(sizes(cast).cooling).toBeLessThanOrEqual(1000)
  expect(sizes(cast).uses).toBeLessThanOrEqual(2000)
  expect((await cast.ask()).status).toBe(200)
}, 30_000)

test('thousands of made-up names that fail leave a bounded number of breakers', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const upstream = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => Response.json({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }, { status: 503 }),
  })
  cleanUp.defer(() => upstream.stop(true))
  const gateway = await startGateway({
    settings: { BASE_URL: `http://127.0.0.1:${upstream.port}/v1beta`, MAX_RETRIES: '1' },
    now: () => noon,
  })
  cleanUp.defer(gateway.stop)
  for (let failure = 0; failure < 5; failure++) {
    expect(await askForMany(gateway.url, 1100, 'generateContent')).toEqual([503])
  }
  const { models } = gateway.services
  expect(models.open.length).toBeLessThanOrEqual(1000)
  await gateway.services.records.drain(5000)
}, 60_000)
