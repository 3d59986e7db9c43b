import { expect, test } from 'bun:test'
import type { KeyPool } from '#src/keys/key-pool.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import { entry, healthy, leased, perDay, poolOf } from './_pool.ts'

const model = 'gemini-3.8-flash'
const ids = ['a', 'b', 'c', 'd', 'e', 'f']

const ownersOf = (pool: KeyPool) => [...pool.keys()].map(({ entry: { keyId }, owner: { name } }) => `${keyId}: ${name}`)

const use = (pool: KeyPool, owner: string, times: number, verdict: Verdict = healthy) => {
  for (let time = 0; time < times; time++) leased(pool.acquire({ kind: 'gemini', model, owner })).settle(verdict)
}

const dayIsFull: Verdict = { ...perDay, limits: [{ quotaId: 'per day', unit: 'requests', per: 'day', value: 10 }] }

/** Six keys of which two, `a` and `b`, ran out of ten requests a day together after five each. */
const inferred = () => {
  const scene = poolOf(ids.map(keyId => entry(keyId)))
  const { pool, clock } = scene
  for (const keyId of ['a', 'b']) use(pool, keyId, 5)
  for (const keyId of ['a', 'b']) use(pool, keyId, 1, dayIsFull)
  clock.now += 2000
  leased(pool.acquire({ kind: 'gemini', model })).settle(healthy)
  return scene
}

test('the project that Google names is learned, and its keys share their quota', () => {
  const { pool } = poolOf([entry('a'), entry('b'), entry('c')])
  for (const keyId of ['a', 'b']) pool.report(keyId, { ...healthy, consumer: 'projects/7' })
  expect(ownersOf(pool)).toEqual(['a: gemini projects/7', 'b: gemini projects/7', 'c: c'])
  pool.report('a', perDay, model)
  expect(leased(pool.acquire({ kind: 'gemini', model })).keyId).toBe('c')
})

test('what a person said of the project stays', () => {
  const { pool } = poolOf([entry('a', { project: 'mine' })])
  pool.report('a', { ...healthy, consumer: 'projects/7' })
  expect(ownersOf(pool)).toEqual(['a: gemini mine'])
})

test.each(['api_key:AIzaSecret', 'projects/', 'projects/a b', `projects/${'1'.repeat(101)}`])(
  '%p is not the name of a project',
  consumer => {
    const { pool } = poolOf([entry('a')])
    pool.report('a', { ...healthy, consumer })
    expect(ownersOf(pool)).toEqual(['a: a'])
  },
)

test('keys that run out together are taken for one project', () => {
  const { pool } = inferred()
  expect(ownersOf(pool).slice(0, 3)).toEqual(['a: gemini inferred-print-a', 'b: gemini inferred-print-a', 'c: c'])
  expect(pool.key('a')?.owner.isSure).toBe(false)
})

test('the daily count of a project that is only inferred is not acted on', () => {
  const { pool, clock } = inferred()
  clock.now = Date.UTC(2026, 10, 24, 9)
  use(pool, 'gemini inferred-print-a', 11)
  expect(pool.key('a')?.owner.keys.length).toBe(2)
})

test('what was inferred gives way to what Google says, for all of its keys', () => {
  const { pool } = inferred()
  pool.report('b', { ...healthy, consumer: 'projects/7' })
  expect(ownersOf(pool).slice(0, 2)).toEqual(['a: gemini projects/7', 'b: gemini projects/7'])
})

test('keys that are served beyond the quota are no project, and are not taken for one again', () => {
  const { pool, clock } = inferred()
  clock.now = Date.UTC(2026, 10, 24, 9)
  use(pool, 'gemini inferred-print-a', 13)
  expect(ownersOf(pool).slice(0, 2)).toEqual(['a: a', 'b: b'])
})
