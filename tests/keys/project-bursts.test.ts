import { expect, test } from 'bun:test'
import type { PoolKey } from '#src/keys/pool-key.ts'
import { type DailyRefusal, ProjectBursts } from '#src/keys/project-bursts.ts'
import { entry, noon, poolOf } from './_pool.ts'

const day = noon - 4 * 3_600_000

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** Eight keys nobody knows the projects of, and what happens to them: who, when, and what they had used of 100. */
const scene = (more: Parameters<typeof entry>[1] = {}) => {
  const { pool } = poolOf(ids.map(keyId => entry(keyId, more)))
  const bursts = new ProjectBursts()
  const key = (keyId: string): PoolKey => {
    const found = pool.key(keyId)
    if (found === undefined) throw new Error(`no key ${keyId}`)
    return found
  }
  return {
    bursts,
    key,
    refuse: (keyId: string, at: number, used: number, rest: Partial<DailyRefusal> = {}, onDay = day) =>
      bursts.note({ key: key(keyId), bucket: 'one', quotaId: 'per day', value: 100, used, ...rest }, onDay, noon + at),
    judge: (at: number, alive = ids.length) =>
      bursts.judge(noon + at, () => alive).map(keys => keys.map(({ entry: { keyId } }) => keyId)),
  }
}

test('keys that ran out within a second, and used the quota up together, share a project', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 48)
  refuse('b', 900, 52)
  expect(judge(2000)).toEqual([['a', 'b']])
  expect(judge(3000)).toEqual([])
})

test('a burst is not judged before its second is over', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 50)
  expect(judge(1)).toEqual([])
  refuse('b', 1000, 50)
  expect([judge(1000), judge(1001)]).toEqual([[], [['a', 'b']]])
})

test('one key is no burst, however often it is refused', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 50)
  refuse('a', 100, 50)
  expect(judge(2000)).toEqual([])
})

test('keys that are refused more than a second apart are not taken together', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 50)
  refuse('b', 1001, 50)
  expect(judge(5000)).toEqual([])
})

test('who has used the quota up alone needs nobody to share it with', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 100)
  refuse('b', 100, 76)
  refuse('c', 200, 75)
  expect(judge(2000)).toEqual([])
})

test('what together is more than the quota is not one quota', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 60)
  refuse('b', 100, 60)
  expect(judge(2000)).toEqual([])
})

test('counts that do not add up to the quota are a sign only when nobody else ran out early that day', () => {
  const lonely = scene()
  lonely.refuse('a', 0, 20)
  lonely.refuse('b', 100, 20)
  expect(lonely.judge(2000)).toEqual([['a', 'b']])
  const busy = scene()
  busy.refuse('c', -60_000, 20)
  busy.refuse('a', 0, 20)
  busy.refuse('b', 100, 20)
  expect(busy.judge(2000)).toEqual([])
})

test('who ran out early yesterday says nothing about today', () => {
  const { refuse, judge } = scene()
  refuse('c', -86_400_000, 20, {}, day - 86_400_000)
  refuse('a', 0, 20)
  refuse('b', 100, 20)
  expect(judge(2000)).toEqual([['a', 'b']])
})

test('where somebody runs out every few seconds, two within one second are no sign', () => {
  const { refuse, judge } = scene()
  refuse('c', -5000, 50)
  refuse('a', 0, 50)
  refuse('b', 100, 50)
  expect(judge(2000)).toEqual([])
})

test('a burst of more than half of the pool says nothing', () => {
  const { refuse, judge } = scene()
  for (const [index, keyId] of ids.slice(0, 5).entries()) refuse(keyId, index, 20)
  expect(judge(2000)).toEqual([])
})

test('of the keys that are alive, not of all', () => {
  const { refuse, judge } = scene()
  refuse('a', 0, 50)
  refuse('b', 100, 50)
  expect(judge(2000, 3)).toEqual([])
})

test.each([
  ['bucket', { bucket: 'two' }],
  ['quota', { quotaId: 'per day, paid' }],
  ['limit', { value: 101 }],
])('refusals of another %s are not taken together', (_name, other) => {
  const { refuse, judge } = scene()
  refuse('a', 0, 50)
  refuse('b', 100, 50, other)
  expect(judge(2000)).toEqual([])
})

test('a project that a person set is not guessed at', () => {
  const { pool } = poolOf([...ids.map(keyId => entry(keyId)), entry('set', { project: 'p' })])
  const bursts = new ProjectBursts()
  for (const keyId of ['a', 'set']) {
    const key = pool.key(keyId)
    if (key !== undefined) bursts.note({ key, bucket: 'one', quotaId: 'per day', value: 100, used: 50 }, day, noon)
  }
  expect(bursts.judge(noon + 2000, () => 9)).toEqual([])
})

test('keys that proved to be no siblings are not taken for such again', () => {
  const { bursts, refuse, judge, key } = scene()
  bursts.keepApart([key('a')])
  refuse('a', 0, 50)
  refuse('b', 100, 50)
  expect(judge(2000)).toEqual([])
})
