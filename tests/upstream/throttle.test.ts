import { expect, test } from 'bun:test'
import { Throttle } from '#src/upstream/throttle.ts'

const start = 1_000_000

test('one refusal throttles nobody, nor do two of one key', () => {
  const throttle = new Throttle()
  expect(throttle.refused('a', start)).toBe(false)
  expect(throttle.refused('a', start + 1)).toBe(false)
  expect(throttle.until).toBeLessThan(start)
})

test('two different keys within ten seconds rest the way for two seconds', () => {
  const throttle = new Throttle()
  throttle.refused('a', start)
  expect(throttle.refused('b', start + 9_999)).toBe(true)
  expect(throttle.until).toBe(start + 11_999)
})

test('two different keys ten seconds apart do not', () => {
  const throttle = new Throttle()
  throttle.refused('a', start)
  expect(throttle.refused('b', start + 10_000)).toBe(false)
})

test('three refusals of one key within ten seconds do as well', () => {
  const throttle = new Throttle()
  throttle.refused('a', start)
  throttle.refused('a', start + 4000)
  expect(throttle.refused('a', start + 8000)).toBe(true)
})

test('what was on its way when it began to rest does not lengthen the rest', () => {
  const throttle = new Throttle()
  throttle.refused('a', start)
  throttle.refused('b', start)
  for (const key of 'cdefgh') expect(throttle.refused(key, start + 500)).toBe(false)
  expect(throttle.until).toBe(start + 2000)
})

test('the rest doubles up to thirty seconds while it goes on', () => {
  const throttle = new Throttle()
  let now = start
  const rests: number[] = []
  for (let turn = 0; turn < 6; turn++) {
    throttle.refused('a', now)
    throttle.refused('b', now)
    rests.push(throttle.until - now)
    now = throttle.until
  }
  expect(rests).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('a quiet minute forgets it', () => {
  const throttle = new Throttle()
  throttle.refused('a', start)
  throttle.refused('b', start)
  const later = throttle.until + 60_000
  throttle.refused('a', later)
  throttle.refused('b', later)
  expect(throttle.until).toBe(later + 2000)
})
