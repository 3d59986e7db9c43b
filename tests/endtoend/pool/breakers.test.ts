import { expect, test } from 'bun:test'
import { clientToken } from '#tests/_gateway.ts'
import { errorOf, eventsOf, type Form, send } from '#tests/endings/_ask.ts'
import { until } from '#tests/endings/_ledger.ts'
import { type Cast, minute, model, otherModel, second } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, listedKeys, rowsOf } from './_look.ts'

const parts = ['one', 'two', 'three', 'four']

const all = (cast: Cast, behaviour: Parameters<Cast['behave']>[1], times?: number) => {
  for (const part of parts) cast.behave(part, behaviour, times)
}

const cast = (cleanUp: AsyncDisposableStack, settings: Readonly<Record<string, string>> = {}) =>
  castFor(cleanUp, { keys: parts, settings: { MAX_RETRIES: '1', ...settings } })

const opened = async (cleanUp: AsyncDisposableStack): Promise<Cast> => {
  const made = await cast(cleanUp)
  all(made, 'unavailable')
  for (let request = 0; request < 5; request++) expect((await made.ask()).status).toBe(503)
  expect(made.asked()).toHaveLength(5)
  return made
}

const failingModels = ({ gateway }: Cast) => gateway.services.models.open.map(({ model: name }) => name)

test('a model that failed five times: one request tries it, and all others are told at once and in their dialect', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await opened(cleanUp)
  expect(failingModels(made)).toEqual([model])
  // The one that tries hangs, so that the others come while it does.
  all(made, 'silent')
  const leaving = new AbortController()
  const probe = send(made.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
  await until(() => made.gateway.emulator.openRequests() === 1)
  for (const form of ['whole', 'sse', 'array'] as const satisfies readonly Form[]) {
    const told = await Promise.all(Array.from({ length: 20 }, () => made.ask({ form })))
    for (const { status, headers, text } of told) {
      expect(status).toBe(503)
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(errorOf(eventsOf('whole', text))).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
      expect(text).toContain(model)
    }
  }
  expect(made.asked()).toHaveLength(1)
  leaving.abort()
  expect(await probe).toBe('gone')
  const rows = await rowsOf(made.gateway)
  expect(rows.filter(({ error }) => error === 'upstream-failing')).toHaveLength(60)
  expect((await listedKeys(made.gateway.url)).map(({ condition, failed }) => [condition, failed])).toEqual(
    parts.map(() => ['ready', 0]),
  )
})

test('a probe whose client leaves makes room for the next one', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await opened(cleanUp)
  all(made, 'silent')
  for (let round = 0; round < 3; round++) {
    const leaving = new AbortController()
    const probe = send(made.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
    await until(() => made.gateway.emulator.openRequests() === 1)
    leaving.abort()
    await probe
    // The next one must not be taken for begun while upstream still holds this one.
    await until(() => made.gateway.live.count === 0 && made.gateway.emulator.openRequests() === 0)
  }
  all(made, 'valid')
  expect((await made.ask()).status).toBe(200)
  expect(failingModels(made)).toEqual([])
})

test('the first answer closes it: everybody goes again', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await opened(cleanUp)
  all(made, 'valid')
  made.moveTo(made.now() + 3 * second)
  expect((await made.ask({ form: 'sse' })).status).toBe(200)
  expect(failingModels(made)).toEqual([])
  const told = await Promise.all(Array.from({ length: 20 }, () => made.ask()))
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]))
})

test('other models go on as if nothing had happened, with the same keys', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await opened(cleanUp)
  all(made, 'valid')
  const told = await Promise.all(Array.from({ length: 20 }, () => made.ask({ model: otherModel })))
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(made.asked())).toEqual(new Set(parts))
  expect(failingModels(made)).toEqual([model])
})

test('five failures over more than ten seconds, and one among many answers, are nothing', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp)
  for (let request = 0; request < 8; request++) {
    made.moveTo(made.now() + 3 * second)
    all(made, 'unavailable')
    expect((await made.ask()).status).toBe(503)
    expect(failingModels(made)).toEqual([])
    all(made, 'valid')
    for (let answered = 0; answered < 3; answered++) expect((await made.ask()).status).toBe(200)
  }
  expect(failingModels(made)).toEqual([])
})

test('one in ten fails: nobody is kept away, and with a second attempt nobody notices', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp, { MAX_RETRIES: '3' })
  for (let request = 0; request < 60; request++) {
    if (request % 10 === 5) made.behave('one', request === 35 ? 'deadline' : 'internal', 1)
    expect((await made.ask()).status).toBe(200)
  }
  expect(made.gateway.emulator.requests.filter(({ status }) => status !== 200)).toHaveLength(6)
  expect(failingModels(made)).toEqual([])
}, 20_000)

test('blocked, empty and wrong requests, however many, are no failures of the model', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp)
  for (const behaviour of ['blocked-prompt', 'blocked-answer', 'empty', 'per-minute', 'model-not-found'] as const) {
    for (let request = 0; request < 7; request++) {
      all(made, behaviour, 1)
      await made.ask()
    }
    all(made, 'valid')
    made.moveTo(made.now() + 7 * 60 * minute)
  }
  for (let request = 0; request < 7; request++) await made.ask({ body: '{"contents":[]}' })
  expect(failingModels(made)).toEqual([])
  expect((await made.ask()).status).toBe(200)
})

test('countTokens is refused with its model', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await opened(cleanUp)
  all(made, 'silent')
  const leaving = new AbortController()
  const probe = send(made.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
  await until(() => made.gateway.emulator.openRequests() === 1)
  const response = await fetch(`${made.gateway.url}/v1beta/models/${model}:countTokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': clientToken },
    body: '{"contents":[{"parts":[{"text":"hello"}]}]}',
  })
  expect([response.status, response.headers.has('retry-after')]).toEqual([503, true])
  leaving.abort()
  await probe
  await rowsOf(made.gateway)
})
