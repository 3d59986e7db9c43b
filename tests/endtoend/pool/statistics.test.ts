import { expect, test } from 'bun:test'
import type { KeyView } from '#src/keys/key-view.ts'
import { adminToken } from '#tests/_gateway.ts'
import { hour, midnight, minute, model, noon, otherModel, second, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, listedKeys, poolAnswer } from './_look.ts'

const bucketsOf = (view: KeyView | undefined) =>
  Object.fromEntries(
    (view?.buckets ?? []).map(bucket => [
      bucket.bucket,
      [bucket.requestsThisMinute, bucket.requestsToday, bucket.requestsLeftThisMinute, bucket.requestsLeftToday],
    ]),
  )

test('used and left of every model, as soon as Google has told the limits', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [{ secret: secretOf('one'), limits: { perMinute: 3, perDay: 10 } }]
  const { ask, gateway, moveTo } = await castFor(cleanUp, { keys, at: noon, settings: { MAX_RETRIES: '1' } })
  for (let request = 0; request < 2; request++) await ask()
  await ask({ model: otherModel })
  let [view] = await listedKeys(gateway.url)
  expect(bucketsOf(view)).toEqual({ [model]: [2, 2, null, null], [otherModel]: [1, 1, null, null] })
  for (let request = 0; request < 2; request++) await ask()
  ;[view] = await listedKeys(gateway.url)
  expect(bucketsOf(view)).toEqual({ [model]: [3, 3, 0, null], [otherModel]: [1, 1, null, null] })
  expect(view).toMatchObject({ condition: 'cooling', served: 4, failed: 1, inFlight: 0, lastUsedAt: noon })
  expect(view?.cooling).toMatchObject([{ bucket: model, reason: 'quota-per-minute' }])
  for (let round = 0; round < 3; round++) {
    moveTo(noon + (round + 1) * (minute + second))
    for (let request = 0; request < 3; request++) await ask()
  }
  ;[view] = await listedKeys(gateway.url)
  // Ten of ten; two calls of the last round were refused, the first of them by Google.
  expect(bucketsOf(view)[model]).toEqual([1, 10, 2, 0])
  expect(view?.cooling).toMatchObject([{ bucket: model, reason: 'quota-per-day' }])
  moveTo(midnight + 2 * minute)
  ;[view] = await listedKeys(gateway.url)
  expect(bucketsOf(view)).toEqual({ [model]: [0, 0, 3, 10], [otherModel]: [0, 0, null, null] })
  expect(view).toMatchObject({ condition: 'ready', cooling: [] })
})

test('input tokens are counted as Google counts them', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, gateway } = await castFor(cleanUp, { keys: ['one'] })
  let tokens = 0
  for (const form of ['whole', 'sse', 'array'] as const) {
    const { text } = await ask({ form, prompt: `${form} ${'word '.repeat(50)}` })
    tokens += Number(/"promptTokenCount":\s*(\d+)/.exec(text)?.[1])
  }
  expect(tokens).toBeGreaterThan(100)
  const [view] = await listedKeys(gateway.url)
  expect(view?.buckets).toMatchObject([{ bucket: model, tokensThisMinute: tokens, tokensToday: tokens }])
})

test('the project of a key, and how it was found', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const shared = ['one', 'two', 'three', 'four'].map(part => ({ secret: secretOf(part), project: 'shared' }))
  const alone = ['five', 'six', 'seven', 'eight', 'nine'].map(part => ({ secret: secretOf(part) }))
  const cast = await castFor(cleanUp, { keys: [...shared, ...alone] })
  const { ask, behave, gateway, stateOf } = cast
  behave('one', 'per-minute-region', 1)
  behave('five', 'per-minute-region', 1)
  for (let request = 0; request < 9; request++) await ask()
  const numberOf = (part: string) =>
    gateway.emulator.keys.find(({ secret }) => secret === secretOf(part))?.projectNumber ?? ''
  expect(stateOf('one')).toMatchObject({ project: `projects/${numberOf('one')}`, projectIs: 'consumer' })
  expect(stateOf('five')).toMatchObject({ project: `projects/${numberOf('five')}`, projectIs: 'consumer' })
  expect(stateOf('two')).toMatchObject({ project: null, projectIs: 'unknown' })
  const listed = await listedKeys(gateway.url)
  expect(listed.filter(({ projectIs }) => projectIs === 'consumer')).toHaveLength(2)
  const response = await fetch(`${gateway.url}/api/keys`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ select: { keys: [stateOf('two').keyId] }, change: { project: 'by-hand' } }),
  })
  expect([response.status, await response.json()]).toMatchObject([200, {}])
  expect(stateOf('two')).toMatchObject({ project: 'by-hand', projectIs: 'set' })
  expect(JSON.stringify(listed)).not.toContain('AQ.')
})

test('guessed from a burst: the keys have one project, and it says that it was guessed', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const shared = ['one', 'two', 'three', 'four'].map(part => ({
    secret: secretOf(part),
    project: 'shared',
    limits: { perDay: 8 },
  }))
  const alone = Array.from({ length: 8 }, (_, index) => ({ secret: secretOf(`alone${index}`) }))
  const { ask, moveTo, now, stateOf } = await castFor(cleanUp, { keys: [...shared, ...alone] })
  for (let request = 0; request < 60; request++) await ask()
  moveTo(now() + 2 * second)
  await ask()
  const projects = ['one', 'two', 'three', 'four'].map(part => stateOf(part))
  expect(new Set(projects.map(({ projectIs }) => projectIs))).toEqual(new Set(['inferred']))
  expect(new Set(projects.map(({ project }) => project)).size).toBe(1)
  expect(stateOf('alone0').projectIs).toBe('unknown')
})

test('what is left over all keys, what was missed, and when it runs out', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [10, 20].map(perDay => ({ secret: secretOf(`has${perDay}`), limits: { perDay } }))
  const { ask, gateway, moveTo } = await castFor(cleanUp, { keys, at: noon })
  const forecastOf = async () => (await poolAnswer(gateway.url)).models.find(({ bucket }) => bucket === model)
  for (let request = 0; request < 33; request++) await ask()
  expect(await forecastOf()).toMatchObject({
    requestsToday: 30,
    missedToday: 3,
    knownOwners: 2,
    knownLimit: 30,
    knownLeft: 0,
    leftToday: 0,
    resetsAt: midnight,
  })
  moveTo(midnight + 2 * minute)
  expect(await forecastOf()).toMatchObject({ requestsToday: 0, missedToday: 0, knownLimit: 30, knownLeft: 30 })
  for (let request = 0; request < 6; request++) await ask()
  expect(await forecastOf()).toMatchObject({ requestsToday: 6, knownLeft: 24, leftToday: 24 })
  const { runsOutAt = null, shortBy = 0 } = (await forecastOf()) ?? {}
  expect(shortBy).toBeGreaterThan(0)
  expect(runsOutAt).toBeGreaterThan(midnight)
  expect(runsOutAt).toBeLessThan(midnight + 24 * hour)
  expect(await poolAnswer(gateway.url)).toMatchObject({ waiting: 0, inFlight: 0 })
})

test('nobody but the administrator is told', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { gateway } = await castFor(cleanUp, { keys: ['one'] })
  for (const path of ['/api/pool', '/api/keys']) {
    for (const token of ['', 'Bearer client-token-of-the-tests-0123456789', 'Bearer x']) {
      const response = await fetch(gateway.url + path, { headers: { authorization: token } })
      expect(response.status).toBe(401)
    }
  }
})
