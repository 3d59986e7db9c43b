import { expect, test } from 'bun:test'
import type { Verdict } from '#src/keys/verdict.ts'
import { entry, healthy, invalid, leased, noon, perDay, perMinute, poolOf } from './_pool.ts'

const model = 'gemini-3.8-flash'
const wish = { kind: 'gemini', model } as const

const dayLimit = (value: number): Verdict => ({
  ...perMinute(1),
  limits: [{ quotaId: 'per day', unit: 'requests', per: 'day', value }],
})

const billing: Verdict = { ...perDay, name: 'billing', effect: { kind: 'cool-owner', seconds: 3600 } }
const unused: Verdict = { ...healthy, name: 'unused', effect: { kind: 'none' } }
const fields = ({ requestsToday, knownOwners, limit, left }: ReturnType<typeof poolOf>['pool']['totals'][number]) => ({
  requestsToday,
  knownOwners,
  limit,
  left,
})

test('a project that cools and loses its living keys still cools when it gets a new one', () => {
  const { pool } = poolOf([entry('a', { project: 'p' }), entry('z')])
  pool.report('a', perDay, model)
  pool.report('a', invalid)
  pool.report('z', perDay, model)
  expect(pool.acquire(wish).kind).toBe('cooling')
  pool.replaceKeys([entry('a', { project: 'p' }), entry('b', { project: 'p' }), entry('z')])
  expect(pool.acquire(wish).kind).toBe('cooling')
})

test('an owner that moves to another priority with a key that leaves still cools', () => {
  const { pool } = poolOf([entry('a'), entry('b', { project: 'p' }), entry('c', { project: 'p', priority: 1 })])
  pool.report('a', perDay, model)
  pool.replaceKeys([entry('a', { priority: 1 }), entry('c', { project: 'p', priority: 1, enabled: false })])
  expect(pool.acquire(wish).kind).toBe('cooling')
})

test('when the limit of requests in flight is taken away, keys that were full are free', () => {
  const settings = { mostInFlight: 1 }
  const { pool } = poolOf([entry('a')], settings)
  const lease = leased(pool.acquire(wish))
  settings.mostInFlight = 0
  pool.replaceKeys([entry('a')])
  expect(pool.acquire(wish).kind).toBe('leased')
  lease.settle(healthy)
  expect(pool.acquire(wish).kind).toBe('leased')
})

test('projects that are put together by hand have used what both have used', () => {
  const { pool, clock } = poolOf([entry('a'), entry('b')])
  for (const keyId of ['a', 'b']) leased(pool.acquire({ ...wish, owner: keyId })).settle(healthy)
  pool.report('a', dayLimit(2), model)
  clock.now += 1000
  expect(leased(pool.acquire({ ...wish, owner: 'b' })).keyId).toBe('b')
  pool.replaceKeys([entry('a', { project: 'p' }), entry('b', { project: 'p' })])
  expect(pool.acquire(wish)).toMatchObject({ kind: 'cooling', retryAt: Date.UTC(2026, 10, 24, 8) + 5000 })
})

test('the sums hold for owners that are suspended, come back, and are taken away', () => {
  const { pool, clock } = poolOf([entry('a'), entry('b')])
  for (const keyId of ['a', 'b']) leased(pool.acquire({ ...wish, owner: keyId })).settle(healthy)
  for (const keyId of ['a', 'b']) pool.report(keyId, dayLimit(10), model)
  const sums = () => pool.totals.map(fields)
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 2, limit: 20, left: 18 }])
  clock.now += 1000
  pool.report('a', billing)
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 1, limit: 10, left: 9 }])
  expect(pool.index.count('cooling')).toBe(1)
  clock.now += 3_600_000
  expect(pool.index.count('cooling')).toBe(0)
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 2, limit: 20, left: 18 }])
  pool.report('a', invalid)
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 1, limit: 10, left: 9 }])
  pool.replaceKeys([entry('a')])
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 0, limit: 0, left: 0 }])
  pool.report('a', healthy)
  expect(sums()).toEqual([{ requestsToday: 2, knownOwners: 1, limit: 10, left: 9 }])
  clock.now = Date.UTC(2026, 10, 24, 8)
  expect(sums()).toEqual([{ requestsToday: 0, knownOwners: 1, limit: 10, left: 10 }])
})

test('an owner that used its day up is let go again when a request turns out not to count', () => {
  const { pool, clock } = poolOf([entry('a')])
  pool.report('a', dayLimit(1), model)
  clock.now += 1000
  const lease = leased(pool.acquire(wish))
  expect(pool.acquire(wish).kind).toBe('cooling')
  expect(pool.totals.map(fields)).toEqual([{ requestsToday: 1, knownOwners: 1, limit: 1, left: 0 }])
  lease.settle(unused)
  expect(pool.totals.map(fields)).toEqual([{ requestsToday: 0, knownOwners: 1, limit: 1, left: 1 }])
  expect(pool.acquire(wish).kind).toBe('leased')
})

test('what Google said of the day is not taken back with a request that did not count', () => {
  const { pool, clock } = poolOf([entry('a')])
  pool.report('a', dayLimit(2), model)
  clock.now += 1000
  const [first, second] = [leased(pool.acquire(wish)), leased(pool.acquire(wish))]
  first.settle(perDay)
  second.settle(unused)
  expect(pool.acquire(wish).kind).toBe('cooling')
})

test('a request of yesterday that did not count is not taken from today', () => {
  const { pool, clock } = poolOf([entry('a')])
  const yesterday = leased(pool.acquire(wish))
  clock.now = Date.UTC(2026, 10, 24, 8)
  leased(pool.acquire(wish)).settle(healthy)
  yesterday.settle(unused)
  expect(pool.totals.map(fields)).toEqual([{ requestsToday: 1, knownOwners: 0, limit: 0, left: 0 }])
})

test('once a name of a bucket is known, what every owner used of it before counts', () => {
  const { pool } = poolOf([entry('a'), entry('b')])
  for (const keyId of ['a', 'b']) leased(pool.acquire({ ...wish, owner: keyId })).settle(healthy)
  pool.report('a', { ...dayLimit(10), bucket: 'flash' }, model)
  expect(pool.totals.map(({ bucket, requestsToday }) => [bucket, requestsToday])).toEqual([['flash', 2]])
  expect([...(pool.key('b')?.owner.uses.keys() ?? [])]).toEqual(['flash'])
})

test('what a key was refused for calls that do not count holds no others up after a restart', () => {
  const { pool, remembered } = poolOf([entry('a')])
  leased(pool.acquire({ ...wish, isCounted: false })).settle(perMinute(60))
  const after = poolOf([entry('a')])
  after.pool.restore([...remembered.values()])
  expect(after.pool.acquire({ ...wish, isCounted: false }).kind).toBe('cooling')
  expect(after.pool.acquire(wish).kind).toBe('leased')
})

test('a request that is taken back after the state was stored is stored anew', () => {
  const { pool, remembered } = poolOf([entry('a')])
  const lease = leased(pool.acquire(wish))
  pool.tend()
  lease.settle(unused)
  pool.tend()
  const after = poolOf([entry('a')])
  after.pool.restore([...remembered.values()])
  expect(after.pool.totals.map(({ requestsToday }) => requestsToday)).toEqual([0])
})

test('what is known of a project outlives the key that found it out', () => {
  const { pool, remembered } = poolOf([entry('a', { project: 'p' }), entry('b', { project: 'p' })])
  pool.report('a', perDay, model)
  pool.replaceKeys([entry('b', { project: 'p' })])
  pool.tend()
  remembered.delete('a')
  const after = poolOf([entry('b', { project: 'p' })])
  after.pool.restore([...remembered.values()])
  expect(after.pool.acquire(wish).kind).toBe('cooling')
})

test.each(['round-robin', 'headroom', 'affinity'] as const)('a resumed pool chooses as the first did: %s', policy => {
  const entries = Array.from({ length: 20 }, (_, index) => entry(`key${index}`, { priority: index % 7 === 0 ? 1 : 0 }))
  const first = poolOf(entries, { policy })
  const verdicts = [healthy, healthy, perMinute(30), healthy, dayLimit(30), healthy]
  const play = ({ pool, clock }: ReturnType<typeof poolOf>, from: number) =>
    Array.from({ length: 40 }, (_, index) => {
      clock.now = noon + (from + index) * 700
      const number = from + index
      const lease = leased(pool.acquire({ ...wish, ...(number % 3 === 0 ? {} : { affinity: number % 5 }) }))
      lease.settle(number % 30 === 17 ? invalid : (verdicts[number % verdicts.length] ?? healthy))
      return `${lease.keyId} ${lease.choice?.cursor}`
    })
  play(first, 0)
  const second = poolOf(entries, { policy })
  second.clock.now = first.clock.now
  second.pool.resume(structuredClone(first.pool.snapshot()))
  expect(play(second, 40)).toEqual(play(first, 40))
})
