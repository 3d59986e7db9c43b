import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { errorOf, eventsOf } from '#tests/endings/_ask.ts'
import { type Cast, hour, model, noon, otherModel, secretOf, startCast } from './_cast.ts'

const cast = async (cleanUp: AsyncDisposableStack, keys: readonly string[]): Promise<Cast> => {
  const made = await startCast({ keys })
  cleanUp.defer(made.gateway.stop)
  return made
}

type Death = readonly [
  behaviour: KeyBehaviour,
  verdict: string,
  status: number,
  /** What a person is told. */
  remedy: RegExp,
]

const deaths: readonly Death[] = [
  ['invalid', 'key-invalid', 400, /not valid|expired/],
  ['expired', 'key-invalid', 400, /expired/],
  ['not-found', 'key-invalid', 400, /Make a new one/],
  ['token-unsupported', 'key-invalid', 401, /does not accept this key/],
  ['suspended', 'key-suspended', 403, /suspended/],
  ['leaked', 'key-suspended', 403, /leaked/],
  ['denied', 'project-denied', 403, /denied this project access/],
  ['service-disabled', 'project-denied', 403, /Enable it/],
  ['service-blocked', 'service-blocked', 403, /restrictions/],
]

test.each(deaths)(
  '%s: one strike and the key is dead; another one answers',
  async (behaviour, verdict, status, remedy) => {
    await using cleanUp = new AsyncDisposableStack()
    const { ask, asked, attempts, behave, errors, gateway, stateOf } = await cast(cleanUp, ['struck', 'spare'])
    behave('struck', behaviour, 1)
    const told = await ask()
    expect(told.status).toBe(200)
    expect(asked()).toEqual(['struck', 'spare'])
    expect(await attempts()).toEqual([
      { verdict, status },
      { verdict: 'healthy', status: 200 },
    ])
    const logged = await errors()
    expect(logged).toMatchObject([{ part: 'struck', kind: verdict, statusCode: status }])
    expect(JSON.stringify(logged) + gateway.output()).not.toContain(secretOf('struck'))
    expect(stateOf('struck')).toMatchObject({ condition: 'dead', reason: expect.stringMatching(remedy) })
    expect(stateOf('spare').condition).toBe('ready')
    for (const name of [model, model, otherModel, otherModel]) await ask({ model: name })
    expect(asked()).toEqual(['spare', 'spare', 'spare', 'spare'])
  },
)

test.each(deaths)('%s of all keys: each is asked once, and the client is told that none is alive', async (...row) => {
  const [behaviour, verdict] = row
  await using cleanUp = new AsyncDisposableStack()
  const keys = ['one', 'two', 'three']
  const { ask, asked, attempts, behave, conditions } = await cast(cleanUp, keys)
  for (const key of keys) behave(key, behaviour)
  const told = await ask()
  expect(told.status).toBe(503)
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
  for (const key of keys) expect(told.text).not.toContain(secretOf(key))
  expect([...asked()].sort()).toEqual([...keys].sort())
  expect((await attempts()).map(attempt => attempt.verdict)).toEqual([verdict, verdict, verdict])
  expect(conditions()).toEqual({ one: 'dead', two: 'dead', three: 'dead' })
  expect((await ask()).status).toBe(503)
  expect(asked()).toEqual([])
})

type Rest = readonly [behaviour: KeyBehaviour, verdict: string, status: number, attemptsOfFive: number]

/** Key by model. A model that is gone is looked for at most twice more; a permission by every attempt there is. */
const rests: readonly Rest[] = [
  ['forbidden', 'forbidden', 403, 4],
  ['model-retired', 'model-not-found', 404, 3],
]

test.each(rests)('%s: the key rests for this model six hours, and for no other', async (behaviour, verdict, status) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, behave, moveTo, stateOf } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', behaviour, 1)
  expect((await ask()).status).toBe(200)
  expect(asked()).toEqual(['struck', 'spare'])
  expect(await attempts()).toEqual([
    { verdict, status },
    { verdict: 'healthy', status: 200 },
  ])
  expect(stateOf('struck').cooling).toEqual([{ bucket: model, until: noon + 6 * hour, reason: verdict as never }])
  moveTo(noon + 6 * hour - 1000)
  for (const name of [model, model, model]) await ask({ model: name })
  expect(asked()).toEqual(['spare', 'spare', 'spare'])
  for (const name of [otherModel, otherModel]) await ask({ model: name })
  expect(asked()).toContain('struck')
  moveTo(noon + 6 * hour)
  for (const name of [model, model]) await ask({ model: name })
  expect(asked()).toContain('struck')
})

test.each(rests)('%s of all keys: the client is told in Google’s words', async (behaviour, verdict, status, count) => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = ['one', 'two', 'three', 'four', 'five']
  const { ask, asked, attempts, behave } = await cast(cleanUp, keys)
  for (const key of keys) behave(key, behaviour)
  const told = await ask()
  expect(told.status).toBe(status)
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: status })
  expect(new Set(asked()).size).toBe(count)
  expect((await attempts()).map(attempt => attempt.verdict)).toEqual(Array.from({ length: count }, () => verdict))
})

test('a key that is forbidden three models is dead, and one that is forbidden one model three times is not', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave, moveTo, stateOf } = await cast(cleanUp, ['struck'])
  behave('struck', 'forbidden')
  for (let time = 0; time < 3; time++) {
    await ask()
    moveTo(noon + (time + 1) * 6 * hour)
  }
  expect(stateOf('struck').condition).toBe('ready')
  await ask()
  await ask({ model: otherModel })
  expect(stateOf('struck').condition).toBe('cooling')
  await ask({ model: 'gemini-3.5-flash-lite' })
  expect(stateOf('struck')).toMatchObject({ condition: 'dead', reason: expect.stringMatching(/permission/) })
})

test('a model that one key has not: another is asked, at most twice more, and no key rests for it', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = ['one', 'two', 'three', 'four', 'five']
  const { ask, asked, attempts, behave, conditions } = await cast(cleanUp, keys)
  behave('one', 'model-not-found', 1)
  expect((await ask()).status).toBe(200)
  expect(asked()).toEqual(['one', 'two'])
  const told = await ask({ model: 'gemini-of-nobody' })
  expect(told.status).toBe(404)
  expect(errorOf(eventsOf('whole', told.text))?.message).toStartWith('models/gemini-of-nobody is not found')
  expect(new Set(asked()).size).toBe(3)
  expect((await attempts()).map(({ verdict }) => verdict)).toEqual(Array.from({ length: 3 }, () => 'model-not-found'))
  expect(new Set(Object.values(conditions()))).toEqual(new Set(['ready']))
})
