import { expect, test } from 'bun:test'
import { adminToken } from '#tests/_gateway.ts'
import { errorOf, eventsOf, send } from '#tests/endings/_ask.ts'
import { until } from '#tests/endings/_ledger.ts'
import { type Cast, noon, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { exhausted, nextMinute, waiting } from './_exhausted.ts'
import { castFor, changeSettings, listedKeys, rowsOf } from './_look.ts'

const patient = { KEY_WAIT_MAX_SECONDS: '3600' }

const switchKeys = async ({ gateway }: Cast, word: 'enable' | 'disable', keyId: string) => {
  const response = await fetch(`${gateway.url}/api/keys/${word}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ select: { keys: [keyId] } }),
  })
  expect(response.status).toBe(200)
}

test('when the last key is switched off, those who wait for it are told at once', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { at: noon, settings: patient })
  const answers = [cast.ask(), cast.ask({ form: 'sse' })]
  await waiting(cast, 2)
  await switchKeys(cast, 'disable', cast.stateOf('only').keyId)
  for (const { status, text } of await Promise.all(answers)) {
    expect(status).toBe(503)
    expect(errorOf(eventsOf('whole', text))).toMatchObject({ code: 503, status: 'UNAVAILABLE' })
  }
  expect((await rowsOf(cast.gateway)).slice(1).map(({ error }) => error)).toEqual(['no-key', 'no-key'])
})

test('a key that is switched on is taken by those who wait, in their order', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const settings = { ...patient, MAX_IN_FLIGHT_PER_KEY: '1', MAX_RETRIES: '1' }
  const cast = await castFor(cleanUp, { keys: ['off', 'only'], at: noon, settings })
  await switchKeys(cast, 'disable', cast.stateOf('off').keyId)
  cast.behave('only', 'per-minute', 1)
  expect((await cast.ask()).status).toBe(429)
  cast.asked()
  const prompts = ['first', 'second', 'third']
  const answers: ReturnType<Cast['ask']>[] = []
  for (const [index, prompt] of prompts.entries()) {
    answers.push(cast.ask({ prompt }))
    await waiting(cast, index + 1)
  }
  await switchKeys(cast, 'enable', cast.stateOf('off').keyId)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  const sent = cast.gateway.emulator.requests.map(({ bodyText, key }) => [
    JSON.parse(bodyText).contents[0].parts[0].text,
    key,
  ])
  expect(sent).toEqual(prompts.map(prompt => [prompt, secretOf('off')]))
})

test('a limit of the waiting that is changed holds for whoever comes from then on', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { settings: patient })
  const patientOne = cast.ask()
  await waiting(cast, 1)
  expect(await changeSettings(cast.gateway.url, { KEY_WAIT_MAX_SECONDS: 0 })).toBe(200)
  const told = await cast.ask()
  expect([told.status, told.headers.get('retry-after')]).toEqual([429, '1'])
  cast.moveTo(nextMinute)
  expect((await patientOne).status).toBe(200)
})

test('who waits with a failing model behind the key is told, and the key is given back', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: ['one', 'two'], settings: { MAX_RETRIES: '1' } })
  for (const part of ['one', 'two']) cast.behave(part, 'unavailable')
  for (let request = 0; request < 5; request++) await cast.ask()
  for (const part of ['one', 'two']) cast.behave(part, 'silent')
  const leaving = new AbortController()
  const probe = send(cast.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
  await until(() => cast.gateway.emulator.openRequests() === 1)
  for (let request = 0; request < 30; request++) expect((await cast.ask()).status).toBe(503)
  leaving.abort()
  await probe
  await rowsOf(cast.gateway)
  // Only what was sent is counted against the day.
  const counts = (await listedKeys(cast.gateway.url)).flatMap(({ buckets }) => buckets.map(one => one.requestsToday))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6)
})

test('who waits for the end of a rest of the way out and leaves makes room for the next', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: ['one', 'two'], settings: { MAX_RETRIES: '1' } })
  for (const part of ['one', 'two']) cast.behave(part, 'busy')
  for (let request = 0; request < 2; request++) await cast.ask()
  for (const part of ['one', 'two']) cast.behave(part, 'valid')
  cast.asked()
  for (let round = 0; round < 3; round++) {
    const leaving = new AbortController()
    const gone = send(cast.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
    await until(() => cast.gateway.services.pool.inFlight === 1)
    expect((await cast.ask()).status).toBe(429)
    leaving.abort()
    await gone
    await until(() => cast.gateway.live.count === 0)
  }
  expect(cast.asked()).toEqual([])
  expect((await cast.ask()).status).toBe(200)
})
