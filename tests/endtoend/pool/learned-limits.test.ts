import { expect, test } from 'bun:test'
import { clientToken } from '#tests/_gateway.ts'
import { type Cast, hour, minute, model, otherModel, second, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor } from './_look.ts'

/** The beginning of a minute, at noon in Los Angeles. */
const noon = Date.parse('2026-11-23T20:00:00Z')
const nextDay = Date.parse('2026-11-24T08:02:00Z')

const limited = (part: string, limits: { perMinute?: number; perDay?: number; inputTokensPerMinute?: number }) => ({
  secret: secretOf(part),
  limits,
})

/** Asks so often, one after the other. */
const askTimes = async ({ ask }: Cast, count: number, options: Parameters<Cast['ask']>[0] = {}) => {
  const statuses: number[] = []
  for (let request = 0; request < count; request++) statuses.push((await ask(options)).status)
  return statuses
}

/** Refusals that Google had to write since the last call. */
const refusals = ({ gateway: { emulator } }: Cast): number => {
  const count = emulator.requests.filter(({ status }) => status === 429).length
  emulator.clearRequests()
  return count
}

const times = (count: number, status: number) => Array.from({ length: count }, () => status)

const count = (url: string, name = model) =>
  fetch(`${url}/v1beta/models/${name}:countTokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': clientToken },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'hello' }] }] }),
  })

test('a limit of a minute costs one refusal per key, and none in the minutes that follow', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [limited('two', { perMinute: 2 }), limited('three', { perMinute: 3 })]
  const cast = await castFor(cleanUp, { keys, at: noon })
  expect(await askTimes(cast, 7)).toEqual([...times(5, 200), 429, 429])
  expect(refusals(cast)).toBe(2)
  for (let round = 0; round < 5; round++) {
    cast.moveTo(cast.now() + minute + second)
    expect(await askTimes(cast, 7)).toEqual([...times(5, 200), 429, 429])
    expect(refusals(cast)).toBe(0)
  }
})

test('the same for requests that come all at once', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [limited('two', { perMinute: 2 }), limited('three', { perMinute: 3 })]
  const cast = await castFor(cleanUp, { keys, at: noon })
  await askTimes(cast, 6)
  refusals(cast)
  for (let round = 0; round < 3; round++) {
    cast.moveTo(cast.now() + minute + second)
    const told = await Promise.all(
      Array.from({ length: 40 }, (_, index) => cast.ask({ form: index % 2 ? 'sse' : 'whole' })),
    )
    expect(told.map(({ status }) => status).sort()).toEqual([...times(5, 200), ...times(35, 429)])
    expect(refusals(cast)).toBe(0)
  }
})

test('a limit of a day costs one refusal per key, and none on the days that follow', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [limited('four', { perDay: 4 }), limited('seven', { perDay: 7 }), limited('one', { perDay: 1 })]
  const cast = await castFor(cleanUp, { keys, at: noon })
  expect(await askTimes(cast, 14)).toEqual([...times(12, 200), 429, 429])
  expect(refusals(cast)).toBe(3)
  for (let day = 0; day < 5; day++) {
    cast.moveTo(nextDay + day * 24 * hour)
    expect(await askTimes(cast, 14)).toEqual([...times(12, 200), 429, 429])
    expect(refusals(cast)).toBe(0)
  }
})

test('a limit that was lowered costs one more refusal; one that was raised is found after a week', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: [limited('four', { perDay: 4 })], at: noon })
  await askTimes(cast, 5)
  refusals(cast)
  // The refusal says 20, far more than there is: the next one says how many there are.
  cast.moveTo(nextDay)
  expect(await askTimes(cast, 6)).toEqual([...times(4, 200), 429, 429])
  expect(refusals(cast)).toBe(0)
  cast.moveTo(nextDay + 8 * 24 * hour)
  expect(await askTimes(cast, 6)).toEqual([...times(4, 200), 429, 429])
  expect(refusals(cast)).toBe(1)
})

test('input tokens of a minute are counted from the answers: what is full is left alone until the next', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: [limited('few', { inputTokensPerMinute: 100 })], at: noon })
  const prompt = 'x'.repeat(200)
  expect(await askTimes(cast, 4, { prompt })).toEqual([200, 200, 429, 429])
  expect(refusals(cast)).toBe(1)
  for (const form of ['sse', 'array', 'whole'] as const) {
    cast.moveTo(cast.now() + minute + second)
    expect(await askTimes(cast, 4, { prompt, form })).toEqual([200, 200, 429, 429])
    expect(refusals(cast)).toBe(0)
  }
})

test('a limit holds for its own model only', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: [limited('two', { perMinute: 2 })], at: noon })
  await askTimes(cast, 3)
  expect(await askTimes(cast, 3, { model: otherModel })).toEqual([200, 200, 429])
  expect(refusals(cast)).toBe(2)
  // Another name of the first.
  expect(await askTimes(cast, 1, { model: 'gemini-3.7-flash' })).toEqual([429])
  cast.moveTo(cast.now() + minute + second)
  expect(await askTimes(cast, 1, { model: 'gemini-3.7-flash' })).toEqual([200])
  expect(await askTimes(cast, 2)).toEqual([200, 429])
})

test('keys of one project share the count of the project', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const shared = ['one', 'two', 'three'].map(part => ({ ...limited(part, { perMinute: 6 }), project: 'shared' }))
  const cast = await castFor(cleanUp, { keys: shared, at: noon, settings: { MAX_RETRIES: '1' } })
  for (const { secret } of shared) cast.gateway.emulator.setBehaviour(secret, 'per-minute-region', { times: 1 })
  await askTimes(cast, 3)
  cast.moveTo(cast.now() + 2 * minute)
  expect(await askTimes(cast, 8)).toEqual([...times(6, 200), 429, 429])
  refusals(cast)
  cast.moveTo(cast.now() + minute + second)
  expect(await askTimes(cast, 8)).toEqual([...times(6, 200), 429, 429])
  expect(refusals(cast)).toBe(0)
})

test('countTokens goes through while the model is out for the day, and uses nothing up', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: [limited('four', { perDay: 4 })], at: noon })
  const { url } = cast.gateway
  for (let call = 0; call < 10; call++) expect((await count(url)).status).toBe(200)
  expect(await askTimes(cast, 5)).toEqual([...times(4, 200), 429])
  for (let call = 0; call < 10; call++) expect((await count(url)).status).toBe(200)
  cast.moveTo(nextDay)
  for (let call = 0; call < 10; call++) expect((await count(url)).status).toBe(200)
  refusals(cast)
  expect(await askTimes(cast, 5)).toEqual([...times(4, 200), 429])
  expect(refusals(cast)).toBe(0)
})

test('countTokens for a model that nobody has is refused in Google’s words, however often it is asked', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: ['one', 'two'], at: noon })
  const statuses: number[] = []
  for (let call = 0; call < 5; call++) statuses.push((await count(cast.gateway.url, 'gemini-of-nobody')).status)
  expect(statuses).toEqual(times(5, 404))
})

test('what is refused for other reasons is counted as Google counts it', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, {
    keys: [limited('four', { perMinute: 4 })],
    at: noon,
    settings: { MAX_RETRIES: '1' },
  })
  await askTimes(cast, 5)
  cast.moveTo(cast.now() + minute + second)
  refusals(cast)
  cast.behave('four', 'unavailable', 1)
  // One that failed at Google is used up as well.
  const statuses = await askTimes(cast, 5)
  expect([statuses[0], statuses[4]]).toEqual([503, 429])
  expect(refusals(cast)).toBe(0)
})
