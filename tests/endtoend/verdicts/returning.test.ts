import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hour, minute, noon, second, startCast } from './_cast.ts'

type Day = readonly [name: string, start: string, hours: number]

const days: readonly Day[] = [
  ['24 hours', '2026-11-23T08:00:00Z', 24],
  ['23 hours', '2027-03-14T08:00:00Z', 23],
  ['25 hours', '2026-11-01T07:00:00Z', 25],
]

test.each(days)(
  'on a day of %s an exhausted key is back at its end, and not a second before',
  async (_name, start, hours) => {
    await using cleanUp = new AsyncDisposableStack()
    const at = Date.parse(start)
    const { ask, asked, gateway, moveTo, stateOf } = await startCast({
      keys: [{ secret: 'AQ.secret-of-the-key-that-is-struck', limits: { perDay: 1 } }],
      at,
    })
    cleanUp.defer(gateway.stop)
    const statuses = async (count: number) => {
      const seen: number[] = []
      for (let request = 0; request < count; request++) seen.push((await ask()).status)
      return seen
    }
    expect(await statuses(3)).toEqual([200, 429, 429])
    expect(asked()).toHaveLength(2)
    const midnight = at + hours * hour
    const until = stateOf('struck').cooling[0]?.until ?? 0
    expect(until).toBeGreaterThanOrEqual(midnight)
    expect(until).toBeLessThanOrEqual(midnight + minute)
    moveTo(midnight - second)
    expect(await statuses(1)).toEqual([429])
    moveTo(until - second)
    expect(await statuses(1)).toEqual([429])
    expect(asked()).toEqual([])
    moveTo(until)
    expect(await statuses(1)).toEqual([200])
    expect(asked()).toEqual(['struck'])
  },
)

test('a limit of a minute is counted from then on: what would exceed it is not sent', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, gateway, moveTo, now } = await startCast({
    keys: [{ secret: 'AQ.secret-of-the-key-that-is-struck', limits: { perMinute: 3 } }],
    at: Date.parse('2026-11-23T20:00:00Z'),
  })
  cleanUp.defer(gateway.stop)
  for (let request = 0; request < 5; request++) await ask()
  expect(asked()).toHaveLength(4)
  for (let round = 0; round < 3; round++) {
    // A second more than a minute: two machines' clocks differ a little.
    moveTo(now() + minute + second)
    const statuses: number[] = []
    for (let request = 0; request < 5; request++) statuses.push((await ask()).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    expect(asked()).toHaveLength(3)
  }
})

test('a limit of a day is remembered the next day: what would exceed it is not sent', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, asked, gateway, moveTo } = await startCast({
    keys: [{ secret: 'AQ.secret-of-the-key-that-is-struck', limits: { perDay: 3 } }],
    at: Date.parse('2026-11-23T20:00:00Z'),
  })
  cleanUp.defer(gateway.stop)
  for (let request = 0; request < 5; request++) await ask()
  expect(asked()).toHaveLength(4)
  moveTo(Date.parse('2026-11-24T08:01:00Z'))
  const statuses: number[] = []
  for (let request = 0; request < 5; request++) statuses.push((await ask()).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect(asked()).toHaveLength(3)
})

test('a restart asks neither the exhausted nor the dead again', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'gemini-balance-returning-'))
  cleanUp.defer(() => rmSync(DATA_DIR, { recursive: true, force: true }))
  const keys = ['exhausted', 'dead', 'unpaid', 'resting', 'spare']
  const settings = { DATA_DIR }
  const before = await startCast({ keys, settings })
  before.behave('exhausted', 'per-day')
  before.behave('dead', 'invalid')
  before.behave('unpaid', 'prepay-empty')
  before.behave('resting', 'forbidden')
  for (let request = 0; request < 10; request++) await before.ask()
  const conditions = before.conditions()
  await before.gateway.stop()
  const { ask, asked, moveTo, ...after } = await startCast({ keys, settings, at: noon + minute })
  cleanUp.defer(after.gateway.stop)
  expect(after.conditions()).toEqual(conditions)
  for (let request = 0; request < 20; request++) expect((await ask()).status).toBe(200)
  expect(new Set(asked())).toEqual(new Set(['spare']))
  moveTo(noon + 6 * hour)
  for (let request = 0; request < 20; request++) await ask()
  expect([...new Set(asked())].sort()).toEqual(['resting', 'spare', 'unpaid'])
})
