import { expect, test } from 'bun:test'
import type { KeyPool } from '#src/keys/key-pool.ts'
import { RecheckSchedule } from '#src/keys/recheck-schedule.ts'
import type { Verdict, VerdictName } from '#src/keys/verdict.ts'
import { type CheckerOptions, checkerOf, secretOf, until } from './_checker.ts'
import { healthy, leased, poolOf } from './_pool.ts'
import { VirtualTimers } from './_virtual-timers.ts'

const minute = 60_000
const hour = 60 * minute

const death = (name: VerdictName): Verdict => ({
  name,
  blames: 'key',
  retry: 'other-key',
  effect: { kind: 'kill', scope: 'key', remedy: 'Some remedy.' },
})

/** Lets traffic find out that the key is dead. */
const kill = (pool: KeyPool, keyId: string, reason: VerdictName) => {
  for (;;) {
    const lease = leased(pool.acquire({ kind: 'gemini', model: 'gemini-3.5-flash' }))
    lease.settle(lease.keyId === keyId ? death(reason) : healthy)
    if (lease.keyId === keyId) return
  }
}

type ScheduleTestOptions = CheckerOptions & {
  readonly reason: VerdictName
  /** All by default. */
  readonly dying?: readonly string[]
  readonly hours?: number
}

/** Keys that are dead for a reason, and a schedule on a clock that the test moves. */
const scheduleOf = (options: ScheduleTestOptions) => {
  const made = checkerOf(options)
  for (const keyId of options.dying ?? made.ids) kill(made.pool, keyId, options.reason)
  made.lines.length = 0
  const timers = new VirtualTimers(made.clock)
  const setting = { hours: options.hours ?? 1 }
  const schedule = new RecheckSchedule({
    pool: made.pool,
    checker: made.checker,
    logger: made.logger,
    hours: () => setting.hours,
    now: () => made.clock.now,
    random: () => 0.5,
    setTimer: timers.set,
  })
  const asked = () => made.emulator.requests.length
  const runs = () => made.lines.filter(line => line.includes('dead keys were checked again'))
  return { ...made, timers, setting, schedule, asked, runs }
}

test.each([['key-invalid'], ['key-suspended'], ['project-denied'], ['service-blocked']] as const)(
  'a key that is dead for %s is asked about once a day',
  async reason => {
    const { timers, asked } = scheduleOf({ keys: [{ keyId: 'one', behaviour: 'invalid' }], reason })
    await timers.advance(23.9 * hour)
    expect(asked()).toBe(0)
    await timers.advance(1.1 * hour)
    expect(asked()).toBe(1)
    await timers.advance(23 * hour)
    expect(asked()).toBe(1)
    await timers.advance(2 * hour)
    expect(asked()).toBe(2)
  },
)

test.each([['forbidden'], ['unclassified']] as const)(
  'a key that is dead for %s, which proves nothing, is asked about at every run',
  async reason => {
    const { timers, asked, setting, schedule } = scheduleOf({ keys: [{ keyId: 'one', behaviour: 'internal' }], reason })
    await timers.advance(minute)
    expect(asked()).toBe(1)
    await timers.advance(5 * hour)
    expect(asked()).toBe(6)
    setting.hours = 10
    schedule.retime()
    await timers.advance(9 * hour)
    expect(asked()).toBe(6)
    await timers.advance(1 * hour)
    expect(asked()).toBe(7)
  },
)

test('a key that is good again comes back, and the run is told in one line without the key', async () => {
  const { timers, pool, lines, runs } = scheduleOf({
    keys: [{ keyId: 'one' }, { keyId: 'two', behaviour: 'invalid' }, { keyId: 'three', behaviour: 'unavailable' }],
    reason: 'forbidden',
  })
  await timers.advance(minute)
  expect(['one', 'two', 'three'].map(keyId => pool.key(keyId)?.death === null)).toEqual([true, false, false])
  expect(runs()).toHaveLength(1)
  expect(JSON.parse(runs()[0] ?? '')).toMatchObject({ due: 3, healthy: 1, dead: 1, unknown: 1, isComplete: true })
  expect(lines.join('')).not.toContain(secretOf('one'))
})

test('an answer that says nothing about a key is no check: the next run asks again', async () => {
  const { timers, emulator, pool, asked } = scheduleOf({
    keys: [{ keyId: 'one', behaviour: 'unavailable' }],
    reason: 'key-invalid',
  })
  await timers.advance(25 * hour)
  const first = asked()
  expect(first).toBeGreaterThan(0)
  emulator.setBehaviour(secretOf('one'), 'valid')
  await timers.advance(1.1 * hour)
  expect(asked()).toBe(first + 1)
  expect(pool.key('one')?.death).toBeNull()
})

test('living keys and those that are switched off are not asked about', async () => {
  const { timers, pool, entries, asked } = scheduleOf({
    keys: [{ keyId: 'one' }, { keyId: 'two' }],
    reason: 'forbidden',
    dying: ['one'],
  })
  pool.replaceKeys(entries.map(entry => ({ ...entry, enabled: entry.keyId !== 'one' })))
  expect(pool.key('one')?.death).not.toBeNull()
  await timers.advance(5 * hour)
  expect(asked()).toBe(0)
})

test('an interval of 0 is never, and holds at once, as does any other', async () => {
  const { timers, setting, schedule, asked } = scheduleOf({
    keys: [{ keyId: 'one', behaviour: 'internal' }],
    reason: 'forbidden',
    hours: 0,
  })
  expect(timers.pending).toBe(0)
  await timers.advance(100 * hour)
  expect(asked()).toBe(0)
  setting.hours = 2
  schedule.retime()
  await timers.advance(minute)
  expect(asked()).toBe(1)
  await timers.advance(2 * hour)
  expect(asked()).toBe(2)
  setting.hours = 0
  schedule.retime()
  await timers.advance(100 * hour)
  expect(asked()).toBe(2)
})

test('an interval of a month is no timer that overflows', async () => {
  const { timers, asked } = scheduleOf({
    keys: [{ keyId: 'one', behaviour: 'internal' }],
    reason: 'forbidden',
    hours: 720,
  })
  await timers.advance(minute)
  expect(asked()).toBe(1)
  await timers.advance(719 * hour)
  expect(asked()).toBe(1)
  await timers.advance(2 * hour)
  expect(asked()).toBe(2)
  expect(timers.longest).toBeLessThan(2 ** 31)
})

test.each([
  [0, 10, 54],
  [0.5, 35, 60],
  [1, 60, 66],
])(
  'with luck of %d the first run comes after %d seconds and the next after %d minutes',
  async (luck, seconds, minutes) => {
    const { checker, pool, clock, logger } = checkerOf({ keys: [] })
    const timers = new VirtualTimers(clock)
    const setTimer = timers.set
    const startedAt = clock.now
    new RecheckSchedule({ pool, checker, logger, hours: () => 1, now: () => clock.now, random: () => luck, setTimer })
    expect(timers.next - startedAt).toBe(seconds * 1000)
    await timers.advance(seconds * 1000)
    expect(timers.next - clock.now).toBe(minutes * minute)
  },
)

test('one run at a time: none begins, and none is planned, while one is under way', async () => {
  const { timers, emulator, schedule, checker, asked } = scheduleOf({
    keys: [{ keyId: 'one', behaviour: 'silent' }],
    settings: { TIME_OUT: 60 },
    reason: 'forbidden',
  })
  const advanced = timers.advance(minute)
  await until(() => emulator.openRequests() === 1)
  schedule.retime()
  expect(timers.pending).toBe(0)
  expect(asked()).toBe(1)
  await checker.stop()
  await advanced
  expect(timers.pending).toBe(1)
})

test('a stop ends the run that is under way and plans no other', async () => {
  const { timers, emulator, schedule, asked, runs } = scheduleOf({
    keys: Array.from({ length: 30 }, (_, index) => ({ keyId: `key-${index}`, behaviour: 'silent' as const })),
    settings: { TIME_OUT: 60 },
    reason: 'forbidden',
  })
  const advanced = timers.advance(minute)
  await until(() => emulator.openRequests() === 8)
  schedule.stop()
  await advanced
  await timers.advance(100 * hour)
  expect(asked()).toBe(8)
  expect(timers.pending).toBe(0)
  expect(runs().map(line => JSON.parse(line).isComplete)).toEqual([false])
})

test('a run gives up when one answer after the other says nothing, and the next one tries anew', async () => {
  const { timers, asked } = scheduleOf({
    keys: Array.from({ length: 300 }, (_, index) => ({ keyId: `key-${index}`, behaviour: 'unavailable' as const })),
    reason: 'key-invalid',
  })
  await timers.advance(24 * hour + 10 * minute)
  const first = asked()
  expect(first).toBeGreaterThanOrEqual(40)
  expect(first).toBeLessThan(50)
  await timers.advance(1.1 * hour)
  expect(asked()).toBeGreaterThan(first)
})

test('a key that was checked shortly before a restart is not asked about at once', async () => {
  const before = scheduleOf({
    keys: [{ keyId: 'proven', behaviour: 'invalid' }, { keyId: 'unproven' }],
    reason: 'key-invalid',
    dying: ['proven'],
    hours: 6,
  })
  before.clock.now += 24 * hour
  kill(before.pool, 'unproven', 'forbidden')
  await before.timers.advance(minute)
  expect(before.asked()).toBe(2)
  expect(before.pool.key('unproven')?.death).toBeNull()
  kill(before.pool, 'unproven', 'forbidden')
  before.schedule.stop()
  before.emulator.clearRequests()

  const after = poolOf(before.entries)
  after.clock.now = before.clock.now + 20 * minute
  before.pool.tend()
  after.pool.restore([...before.remembered.values()])
  expect([...after.pool.keys()].every(({ death }) => death !== null)).toBe(true)
  const timers = new VirtualTimers(after.clock)
  new RecheckSchedule({
    pool: after.pool,
    checker: before.checker,
    logger: before.logger,
    hours: () => 6,
    now: () => after.clock.now,
    random: () => 0.5,
    setTimer: timers.set,
  })
  await timers.advance(10 * minute)
  expect(before.asked()).toBe(0)
  await timers.advance(6 * hour)
  expect(before.emulator.requests.map(({ key }) => key)).toEqual([secretOf('unproven')])
})
