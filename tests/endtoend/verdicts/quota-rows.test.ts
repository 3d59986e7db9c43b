import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { errorOf, eventsOf } from '#tests/endings/_ask.ts'
import { type Cast, hour, midnight, minute, model, noon, otherModel, second, secretOf, startCast } from './_cast.ts'

type Row = {
  readonly behaviour: KeyBehaviour
  readonly verdict: string
  readonly status: number
  /** `*`: all of them. */
  readonly bucket: string
  /** From and up to, milliseconds since 1970 UTC; most have no jitter. */
  readonly until: readonly [number, number]
  /** What `Retry-After` says when there is nobody else. */
  readonly retryAfter: readonly [number, number]
}

const exactly = (moment: number) => [moment, moment] as const
const seconds = (count: number) => ({
  until: exactly(noon + count * second),
  retryAfter: exactly(Math.ceil(count)),
})
const untilMidnight = {
  until: [midnight, midnight + minute],
  retryAfter: [Math.ceil((midnight - noon) / second), Math.ceil((midnight + minute - noon) / second)],
} as const

const rows: readonly Row[] = [
  { behaviour: 'per-day', verdict: 'quota-per-day', status: 429, bucket: model, ...untilMidnight },
  { behaviour: 'per-day-and-minute', verdict: 'quota-per-day', status: 429, bucket: model, ...untilMidnight },
  // RetryInfo says 49 seconds, the message 49.6.
  { behaviour: 'per-minute', verdict: 'quota-per-minute', status: 429, bucket: model, ...seconds(49.6) },
  { behaviour: 'per-minute-tokens', verdict: 'quota-per-minute', status: 429, bucket: model, ...seconds(49.6) },
  // No hint at all.
  { behaviour: 'per-minute-region', verdict: 'quota-per-minute', status: 429, bucket: model, ...seconds(60) },
  { behaviour: 'quota-without-details', verdict: 'quota-per-minute', status: 429, bucket: model, ...seconds(60) },
  { behaviour: 'no-quota', verdict: 'no-quota', status: 429, bucket: model, ...seconds(24 * 3600) },
  { behaviour: 'no-quota-untold', verdict: 'no-quota', status: 429, bucket: model, ...seconds(24 * 3600) },
  { behaviour: 'prepay-empty', verdict: 'billing', status: 429, bucket: '*', ...seconds(3600) },
  { behaviour: 'payment-required', verdict: 'billing', status: 402, bucket: '*', ...seconds(3600) },
  { behaviour: 'spending-cap', verdict: 'billing', status: 429, bucket: '*', ...seconds(3600) },
]

const named = rows.map(row => [row.behaviour, row] as const)

const cast = async (cleanUp: AsyncDisposableStack, keys: readonly string[]): Promise<Cast> => {
  const made = await startCast({ keys })
  cleanUp.defer(made.gateway.stop)
  return made
}

test.each(named)('%s: another project answers, and the struck one rests until its time', async (_name, row) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, attempts, behave, errors, stateOf } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', row.behaviour)
  const told = await ask()
  expect(told.status).toBe(200)
  expect(asked()).toEqual(['struck', 'spare'])
  expect(await attempts()).toEqual([
    { verdict: row.verdict, status: row.status },
    { verdict: 'healthy', status: 200 },
  ])
  expect(await errors()).toMatchObject([{ part: 'struck', kind: row.verdict, statusCode: row.status, model }])
  const { condition, cooling } = stateOf('struck')
  expect(condition).toBe('cooling')
  expect(cooling.map(({ bucket, reason }) => ({ bucket, reason }))).toEqual([
    { bucket: row.bucket, reason: row.verdict },
  ])
  const [one] = cooling
  expect(one?.until).toBeGreaterThanOrEqual(row.until[0])
  expect(one?.until).toBeLessThanOrEqual(row.until[1])
  expect(stateOf('spare').condition).toBe('ready')
})

test.each(named)('%s: what is not blamed goes on', async (_name, row) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, behave } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', row.behaviour, 1)
  await ask()
  asked()
  for (let request = 0; request < 4; request++) expect((await ask()).status).toBe(200)
  expect(asked()).toEqual(['spare', 'spare', 'spare', 'spare'])
  for (let request = 0; request < 4; request++) expect((await ask({ model: otherModel })).status).toBe(200)
  expect(asked().includes('struck')).toBe(row.bucket !== '*')
})

test.each(named)('%s: nobody is asked a second before the time, and the key is at it', async (_name, row) => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, behave, moveTo, stateOf } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', row.behaviour, 1)
  await ask()
  asked()
  const until = stateOf('struck').cooling[0]?.until ?? 0
  moveTo(until - second)
  for (let request = 0; request < 3; request++) await ask()
  expect(asked()).toEqual(['spare', 'spare', 'spare'])
  moveTo(until)
  for (let request = 0; request < 2; request++) await ask()
  expect([...asked()].sort()).toEqual(['spare', 'struck'])
  expect(stateOf('struck').condition).toBe('ready')
})

test.each(named)('%s of all keys: each is asked once, and the client is told when to come back', async (_name, row) => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = ['one', 'two', 'three']
  const { ask, asked, attempts, behave } = await cast(cleanUp, keys)
  for (const key of keys) behave(key, row.behaviour)
  const told = await ask()
  expect(told.status).toBe(429)
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' })
  for (const key of keys) expect(told.text).not.toContain(secretOf(key))
  const retryAfter = Number(told.headers.get('retry-after'))
  expect(retryAfter).toBeGreaterThanOrEqual(row.retryAfter[0])
  expect(retryAfter).toBeLessThanOrEqual(row.retryAfter[1])
  expect([...asked()].sort()).toEqual([...keys].sort())
  expect((await attempts()).map(({ verdict }) => verdict)).toEqual([row.verdict, row.verdict, row.verdict])
  expect((await ask()).status).toBe(429)
  expect(asked()).toEqual([])
})

test('the same quota under another name of the model rests with it', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, behave, stateOf } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', 'per-day', 1)
  await ask({ model: 'gemini-3.7-flash' })
  expect(stateOf('struck').cooling.map(({ bucket }) => bucket)).toEqual([model])
  asked()
  for (const name of ['gemini-3.7-flash', model, 'gemini-3.7-flash', model]) await ask({ model: name })
  expect(asked()).toEqual(['spare', 'spare', 'spare', 'spare'])
})

test('a daily quota is remembered over hours in which other things happen to the key', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, behave, moveTo } = await cast(cleanUp, ['struck', 'spare'])
  behave('struck', 'per-day', 1)
  await ask()
  behave('struck', 'per-minute', 1)
  await ask({ model: otherModel })
  await ask({ model: otherModel })
  moveTo(noon + 2 * hour)
  asked()
  await ask()
  await ask()
  expect(asked()).toEqual(['spare', 'spare'])
})
