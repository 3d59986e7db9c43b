import { expect, test } from 'bun:test'
import { SignInLimit } from '#src/admin/sign-in-limit.ts'

test('a successful sign-in forgives the failures of its address', () => {
  const limit = new SignInLimit({ now: () => 0, failuresPerAddress: 2 })
  limit.recordFailure('a')
  limit.forget('a')
  limit.recordFailure('a')
  expect(limit.waitSeconds('a')).toBe(0)
  limit.recordFailure('a')
  expect(limit.waitSeconds('a')).toBe(60)
})

test('failures from many addresses make everybody wait', () => {
  let now = 0
  const limit = new SignInLimit({ now: () => now, failuresPerAddress: 2, failuresOverall: 3 })
  for (const address of ['a', 'b', 'c']) limit.recordFailure(address)
  now = 15_000
  expect(limit.waitSeconds('d')).toBe(45)
  now = 60_000
  expect(limit.waitSeconds('d')).toBe(0)
})

test('failures spread thinner than the window never add up', () => {
  let now = 0
  const limit = new SignInLimit({ now: () => now, failuresPerAddress: 2 })
  for (let minute = 0; minute < 10; minute++) {
    now = minute * 60_000
    expect(limit.waitSeconds('a')).toBe(0)
    limit.recordFailure('a')
  }
})
