import { expect, test } from 'bun:test'
import { startCompiledGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, send } from '#tests/endings/_ask.ts'
import { requestRows, until } from '#tests/endings/_ledger.ts'
import { type Cast, hour, minute, noon, otherModel, second, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { exhausted, lastSecond, nextMinute, prompts, waiting } from './_exhausted.ts'
import { castFor, poolAnswer, rowsOf, timingOf } from './_look.ts'

test('who asks while the only key rests waits for it and is served, and is told how long it took', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp)
  const answer = cast.ask()
  await waiting(cast, 1)
  const joined = performance.now()
  expect(cast.asked()).toEqual([])
  await Bun.sleep(50)
  const waited = performance.now() - joined
  cast.moveTo(nextMinute)
  const told = await answer
  expect(told.status).toBe(200)
  expect(timingOf(told.headers, 'key')).toBeGreaterThanOrEqual(waited)
  expect(timingOf(told.headers, 'total')).toBeGreaterThanOrEqual(timingOf(told.headers, 'key'))
  const [, row] = await rowsOf(cast.gateway)
  expect(row).toMatchObject({ status: 200, outcome: 'finished', attempts: 1, trace: [{ verdict: 'healthy' }] })
})

test('nobody waits for a key that comes back later than the limit: 429 at once, with the seconds until then', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { at: noon })
  const told = await cast.ask()
  expect([told.status, told.headers.get('retry-after')]).toEqual([429, '50'])
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' })
  expect(told.text).toContain('2026-11-23T20:01:00')
  expect(cast.asked()).toEqual([])
  const [, row] = await rowsOf(cast.gateway)
  expect(row).toMatchObject({ status: 429, error: 'keys-cooling', attempts: 0, trace: [{ verdict: 'no-key-ready' }] })
})

test('first come, first served', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { settings: { MAX_IN_FLIGHT_PER_KEY: '1' } })
  cast.gateway.emulator.clearRequests()
  // Ten a minute are allowed, says the refusal.
  const names = Array.from({ length: 10 }, (_, index) => `number ${index}`)
  const answers: ReturnType<Cast['ask']>[] = []
  for (const [index, prompt] of names.entries()) {
    answers.push(cast.ask({ prompt, form: index % 2 === 0 ? 'whole' : 'sse' }))
    await waiting(cast, index + 1)
  }
  cast.moveTo(nextMinute)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(names.map(() => 200))
  expect(prompts(cast)).toEqual(names)
})

test('more than a minute allows is spread over the minutes, in order, and Google has to refuse nothing', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [{ secret: secretOf('three'), limits: { perMinute: 3 } }]
  const settings = { KEY_WAIT_MAX_SECONDS: '600', MAX_RETRIES: '1' }
  const cast = await castFor(cleanUp, { keys, at: lastSecond, settings })
  for (let request = 0; request < 4; request++) await cast.ask()
  cast.moveTo(lastSecond + minute)
  cast.gateway.emulator.clearRequests()
  const names = Array.from({ length: 8 }, (_, index) => `number ${index}`)
  const answers: ReturnType<Cast['ask']>[] = []
  for (const [index, prompt] of names.entries()) {
    answers.push(cast.ask({ prompt }))
    if (index < 3) await answers[index]
    else await waiting(cast, index - 2)
  }
  cast.moveTo(lastSecond + 2 * minute)
  // A request that is on its way when the minute ends belongs to the next.
  await Promise.all(answers.slice(0, 6))
  expect(cast.gateway.services.line.size).toBe(2)
  cast.moveTo(lastSecond + 3 * minute)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(names.map(() => 200))
  const sent = cast.gateway.emulator.requests
  expect(sent.map(({ status }) => status)).toEqual(names.map(() => 200))
  const byMinute = [0, 3, 6].map(from =>
    prompts(cast)
      .slice(from, from + 3)
      .sort(),
  )
  expect(byMinute).toEqual([names.slice(0, 3), names.slice(3, 6), names.slice(6)])
})

test('who waits for one model is in nobody’s way who wants another', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp)
  const answer = cast.ask()
  await waiting(cast, 1)
  expect((await cast.ask({ model: otherModel })).status).toBe(200)
  expect(cast.gateway.services.line.size).toBe(1)
  cast.moveTo(nextMinute)
  expect((await answer).status).toBe(200)
})

test('a key that is only busy is waited for too, as long as the limit says', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, {
    keys: ['only'],
    settings: { KEY_WAIT_MAX_SECONDS: '1', MAX_IN_FLIGHT_PER_KEY: '1' },
  })
  cast.behave('only', 'silent', 1)
  const leaving = new AbortController()
  const holder = send(cast.gateway.url, { signal: leaving.signal }).catch(() => 'gone')
  await until(() => cast.gateway.emulator.openRequests() === 1)
  const late = cast.ask()
  await waiting(cast, 1)
  cast.moveTo(cast.now() + second)
  const told = await late
  expect([told.status, told.headers.get('retry-after')]).toEqual([429, '1'])
  const next = cast.ask()
  await waiting(cast, 1)
  leaving.abort()
  expect((await next).status).toBe(200)
  expect(await holder).toBe('gone')
  await rowsOf(cast.gateway)
})

test('a key that a person adds is taken by those who wait', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await exhausted(cleanUp, { at: noon, settings: { KEY_WAIT_MAX_SECONDS: '60' } })
  const answer = cast.ask()
  await waiting(cast, 1)
  await cast.gateway.services.settings.change(new Map([['API_KEYS', ['AQ.secret-of-nobody-that-is-new']]]))
  // The emulator does not know it: what matters is that it was tried.
  await answer
  expect(cast.gateway.emulator.requests.at(-1)?.key).toBe('AQ.secret-of-nobody-that-is-new')
})

test('when the gateway stops, who still waits is told so, and the program ends with 0', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const secret = 'AQ.key-that-rests-for-a-minute'
  const gateway = await startCompiledGateway({
    keys: [{ secret, behaviour: 'per-minute' }],
    // A minute that does not end: it has all of its 60 seconds left.
    emulator: { startAt: noon - (noon % minute), clockSpeed: 0 },
    settings: { KEY_WAIT_MAX_SECONDS: '3600', MAX_RETRIES: '1' },
  })
  cleanUp.defer(gateway.stop)
  expect((await ask(gateway.url)).status).toBe(429)
  const answers = [ask(gateway.url), ask(gateway.url, { form: 'sse' })]
  while ((await poolAnswer(gateway.url)).waiting < 2) await Bun.sleep(5)
  gateway.process.kill('SIGTERM')
  for (const told of await Promise.all(answers)) {
    expect(told.status).toBe(503)
    expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: 503, message: 'The gateway was stopped.' })
  }
  expect(await gateway.process.exited).toBe(0)
  expect(gateway.emulator.requests).toHaveLength(1)
  expect(requestRows(gateway.dataDirectory).slice(1)).toMatchObject([
    { outcome: 'failed', status_code: 503, error_code: 'draining', attempts: 0 },
    { outcome: 'failed', status_code: 503, error_code: 'draining', attempts: 0 },
  ])
}, 30_000)

test('who finds out that the only key rests waits for it too', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: ['only'], at: lastSecond, settings: { KEY_WAIT_MAX_SECONDS: '2' } })
  cast.behave('only', 'per-minute', 1)
  const answer = cast.ask()
  await waiting(cast, 1)
  cast.moveTo(nextMinute)
  // Enough for the key to be back, and not for the time of waiting to be over.
  while (cast.gateway.services.line.size > 0 && cast.now() < nextMinute + 5 * second) {
    await Bun.sleep(500)
    cast.moveTo(cast.now() + second)
  }
  expect((await answer).status).toBe(200)
})

test('where keys are busy or used up for the day, who is refused is told when they are back', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: ['only'], at: noon, settings: { MAX_IN_FLIGHT_PER_KEY: '1' } })
  cast.behave('only', 'per-day')
  expect((await cast.ask()).status).toBe(429)
  const told = await cast.ask()
  expect(told.status).toBe(429)
  expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(hour / second)
})
