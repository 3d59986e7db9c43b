import { expect, test } from 'bun:test'
import type { Verdict } from '#src/keys/verdict.ts'
import { entry, healthy, invalid, leased, noon, perDay, perMinute, poolOf, useOnce } from './_pool.ts'

const model = 'gemini-3.8-flash'

test('keys are used in turn', () => {
  const { pool } = poolOf([entry('a'), entry('b'), entry('c')])
  expect([1, 2, 3, 4].map(() => useOnce(pool, model))).toEqual(['a', 'b', 'c', 'a'])
})

test('a key that cools for one model is still used for another, and comes back at its time', () => {
  const { pool, clock } = poolOf([entry('a'), entry('b')])
  expect(useOnce(pool, model, perMinute(30))).toBe('a')
  expect([1, 2].map(() => useOnce(pool, model))).toEqual(['b', 'b'])
  expect([1, 2].map(() => useOnce(pool, 'gemini-3.6-flash')).sort()).toEqual(['a', 'b'])
  clock.now += 29_999
  expect(useOnce(pool, model)).toBe('b')
  clock.now += 1
  expect([1, 2].map(() => useOnce(pool, model)).sort()).toEqual(['a', 'b'])
})

test('a daily quota cools until midnight in Los Angeles', () => {
  const { pool } = poolOf([entry('a')])
  useOnce(pool, model, perDay)
  expect(pool.acquire({ kind: 'gemini', model })).toMatchObject({ kind: 'cooling', retryAt: Date.UTC(2026, 10, 24, 8) })
})

test('keys of one project share their quota', () => {
  const { pool } = poolOf([entry('a', { project: 'p' }), entry('b', { project: 'p' }), entry('c')])
  useOnce(pool, model, perDay)
  expect([1, 2, 3].map(() => useOnce(pool, model))).toEqual(['c', 'c', 'c'])
})

test('keys of one project are used in turn within it', () => {
  const { pool } = poolOf([entry('a', { project: 'p' }), entry('b', { project: 'p' }), entry('c')])
  expect([1, 2, 3, 4].map(() => useOnce(pool, model))).toEqual(['a', 'c', 'b', 'c'])
})

test('a key that died is not handed out again, until a check finds it well', () => {
  const { pool, clock } = poolOf([entry('a'), entry('b')])
  useOnce(pool, model, invalid)
  expect([1, 2, 3].map(() => useOnce(pool, model))).toEqual(['b', 'b', 'b'])
  clock.now += 24 * 3_600_000
  expect([1, 2].map(() => useOnce(pool, model))).toEqual(['b', 'b'])
  pool.report('a', healthy)
  expect([1, 2].map(() => useOnce(pool, model)).sort()).toEqual(['a', 'b'])
})

test('when every key is dead the pool says so, and not that somebody is cooling', () => {
  const { pool } = poolOf([entry('a')])
  useOnce(pool, model, invalid)
  expect(pool.acquire({ kind: 'gemini', model })).toEqual({ kind: 'none-alive' })
})

test('a pool without keys of the kind has none alive', () => {
  const { pool } = poolOf([entry('a', { kind: 'vertex-express' }), entry('b', { enabled: false })])
  expect(pool.acquire({ kind: 'gemini', model })).toEqual({ kind: 'none-alive' })
})

test('paid keys wait until the free ones can do no more', () => {
  const { pool } = poolOf([entry('paid', { priority: 1 }), entry('free')])
  expect([1, 2].map(() => useOnce(pool, model))).toEqual(['free', 'free'])
  useOnce(pool, model, perMinute(60))
  expect(useOnce(pool, model)).toBe('paid')
})

test('owners that were tried already are passed over', () => {
  const { pool } = poolOf([entry('a'), entry('b')])
  const lease = leased(pool.acquire({ kind: 'gemini', model, avoid: new Set(['a']) }))
  expect(lease.keyId).toBe('b')
  expect(pool.acquire({ kind: 'gemini', model, avoid: new Set(['a', 'b']) }).kind).toBe('cooling')
})

test('a wish for one owner gets that owner or nobody', () => {
  const { pool } = poolOf([entry('a'), entry('b')])
  expect(leased(pool.acquire({ kind: 'gemini', model, owner: 'b' })).keyId).toBe('b')
  expect(pool.acquire({ kind: 'gemini', model, owner: 'c' }).kind).toBe('cooling')
})

test('a key carries no more requests at once than the limit says', () => {
  const { pool } = poolOf([entry('a')], { mostInFlight: 2 })
  const first = leased(pool.acquire({ kind: 'gemini', model }))
  leased(pool.acquire({ kind: 'gemini', model }))
  expect(pool.acquire({ kind: 'gemini', model })).toMatchObject({ kind: 'cooling', retryAt: noon + 1000 })
  first.settle(healthy)
  expect(leased(pool.acquire({ kind: 'gemini', model })).keyId).toBe('a')
})

test('a lease that is settled twice counts once, with the first verdict', () => {
  const { pool } = poolOf([entry('a')])
  const lease = leased(pool.acquire({ kind: 'gemini', model }))
  expect(pool.inFlight).toBe(1)
  lease.settle(healthy)
  lease.settle(invalid)
  expect(pool.inFlight).toBe(0)
  expect(pool.key('a')?.death).toBeNull()
  expect(pool.key('a')?.served).toBe(1)
})

test('the quota bucket that Google names is learned, and holds for every model that maps to it', () => {
  const { pool } = poolOf([entry('a')])
  useOnce(pool, 'gemini-3.1-pro-preview-customtools', { ...perMinute(60), bucket: 'gemini-3.1-pro' })
  expect(pool.acquire({ kind: 'gemini', model: 'gemini-3.1-pro-preview-customtools' }).kind).toBe('cooling')
  expect(pool.acquire({ kind: 'gemini', model: 'gemini-3.1-pro' }).kind).toBe('cooling')
})

test('of two coolings of one bucket the longer one holds', () => {
  const { pool, clock } = poolOf([entry('a')])
  const first = leased(pool.acquire({ kind: 'gemini', model }))
  const second = leased(pool.acquire({ kind: 'gemini', model }))
  first.settle(perDay)
  second.settle(perMinute(10))
  clock.now += 11_000
  expect(pool.acquire({ kind: 'gemini', model }).kind).toBe('cooling')
})

test('depleted credits suspend the owner for all models', () => {
  const { pool, clock } = poolOf([entry('a')])
  const billing: Verdict = {
    name: 'billing',
    blames: 'owner',
    retry: 'other-owner',
    effect: { kind: 'cool-owner', seconds: 3600 },
  }
  useOnce(pool, model, billing)
  expect(pool.acquire({ kind: 'gemini', model: 'another' })).toMatchObject({
    kind: 'cooling',
    retryAt: noon + 3_600_000,
  })
  clock.now += 3_600_000
  expect(useOnce(pool, model)).toBe('a')
})

test('a refused project takes all its keys out', () => {
  const { pool } = poolOf([entry('a', { project: 'p' }), entry('b', { project: 'p' }), entry('c')])
  useOnce(pool, model, { ...invalid, effect: { kind: 'kill', scope: 'owner', remedy: 'Enable it.' } })
  expect([1, 2].map(() => useOnce(pool, model))).toEqual(['c', 'c'])
})

test('a key that is refused three models for lack of permission is dead', () => {
  const { pool } = poolOf([entry('a')])
  const forbidden: Verdict = {
    name: 'forbidden',
    blames: 'key',
    retry: 'other-key',
    effect: { kind: 'cool', scope: 'key', lasts: { seconds: 21_600 } },
  }
  useOnce(pool, 'one', forbidden)
  useOnce(pool, 'two', forbidden)
  expect(pool.key('a')?.death).toBeNull()
  useOnce(pool, 'three', forbidden)
  expect(pool.acquire({ kind: 'gemini', model })).toEqual({ kind: 'none-alive' })
})

test('unexplained refusals take a key out only when they come in a row', () => {
  const soft: Verdict = { name: 'unclassified', blames: 'key', retry: 'never', effect: { kind: 'soft-failure' } }
  const { pool } = poolOf([entry('a')], { mostSoftFailures: 2 })
  useOnce(pool, model, soft)
  useOnce(pool, model, healthy)
  useOnce(pool, model, soft)
  expect(pool.key('a')?.death).toBeNull()
  useOnce(pool, model, soft)
  expect(pool.key('a')?.death?.reason).toBe('unclassified')
})

test('model names that clients make up cannot fill the memory', () => {
  const notFound: Verdict = {
    name: 'model-not-found',
    blames: 'key',
    retry: 'other-owner',
    effect: { kind: 'cool', scope: 'key', lasts: { seconds: 21_600 } },
  }
  const { pool } = poolOf([entry('a')])
  for (let index = 0; index < 3000; index++) useOnce(pool, `made-up-${index}`, notFound)
  expect(pool.key('a')?.cooling.size).toBe(200)
  useOnce(pool, model, perMinute(60))
  expect(pool.acquire({ kind: 'gemini', model }).kind).toBe('cooling')
})

test('what was remembered holds after a restart, and what is past is dropped', () => {
  const before = poolOf([entry('a'), entry('b', { project: 'p' }), entry('c', { project: 'p' }), entry('d')])
  useOnce(before.pool, model, invalid)
  useOnce(before.pool, model, perDay)
  useOnce(before.pool, model, perMinute(10))
  const after = poolOf([entry('a'), entry('b', { project: 'p' }), entry('c', { project: 'p' }), entry('d')])
  after.clock.now += 60_000
  after.pool.restore([...before.remembered.values()])
  expect([1, 2].map(() => useOnce(after.pool, model))).toEqual(['d', 'd'])
})

test('a state that cannot be read starts the key fresh', () => {
  const { pool } = poolOf([entry('a')])
  pool.restore([{ keyId: 'a', state: '{broken', updatedAt: noon }])
  expect(useOnce(pool, model)).toBe('a')
})

test('changing the set of keys keeps the place in the round and what is known', () => {
  const { pool } = poolOf([entry('a'), entry('b'), entry('c'), entry('d')])
  useOnce(pool, model, perMinute(60))
  useOnce(pool, 'another')
  pool.replaceKeys([entry('a'), entry('c'), entry('d'), entry('e')])
  expect([1, 2, 3].map(() => useOnce(pool, model)).includes('a')).toBe(false)
  expect(pool.key('a')?.owner.cooling.has(model)).toBe(true)
})

test('a lease of a key that was removed meanwhile can still be settled', () => {
  const { pool } = poolOf([entry('a'), entry('b')])
  const lease = leased(pool.acquire({ kind: 'gemini', model }))
  pool.replaceKeys([entry('b')])
  lease.settle(perDay)
  expect(pool.inFlight).toBe(0)
  expect(useOnce(pool, model)).toBe('b')
})

test('what a removed key is told touches nobody', () => {
  const { pool } = poolOf([entry('a')])
  const lease = leased(pool.acquire({ kind: 'gemini', model }))
  pool.replaceKeys([entry('b')])
  lease.settle(invalid)
  useOnce(pool, model, perMinute(60))
  expect(pool.acquire({ kind: 'gemini', model })).toMatchObject({ kind: 'cooling', retryAt: noon + 60_000 })
})

test('a refusal of a call without a model says nothing about the next', () => {
  const { pool } = poolOf([entry('a')])
  const forbidden: Verdict = {
    name: 'forbidden',
    blames: 'key',
    retry: 'other-key',
    effect: { kind: 'cool', scope: 'key', lasts: { seconds: 21_600 } },
  }
  expect(useOnce(pool, '', forbidden)).toBe('a')
  expect(useOnce(pool, '')).toBe('a')
})

test('a dead key is not waited for when the others are only busy', () => {
  const { pool } = poolOf([entry('a'), entry('b')], { mostInFlight: 1 })
  useOnce(pool, model, invalid)
  leased(pool.acquire({ kind: 'gemini', model }))
  expect(pool.acquire({ kind: 'gemini', model })).toMatchObject({ kind: 'cooling', retryAt: noon + 1000 })
})

test('a suspension of an owner ends when it is due, and its keys are alive all the while', () => {
  const { pool, clock } = poolOf([entry('a')])
  useOnce(pool, model, {
    name: 'billing',
    blames: 'owner',
    retry: 'other-owner',
    effect: { kind: 'cool-owner', seconds: 60 },
  })
  expect(pool.isAnyAlive('gemini')).toBe(true)
  clock.now += 60_000
  expect(useOnce(pool, model)).toBe('a')
})
