import { expect, test } from 'bun:test'
import { limitLifeMilliseconds, QuotaUse } from '#src/keys/quota-use.ts'
import type { LearnedLimit } from '#src/keys/verdict.ts'
import { noon } from './_pool.ts'

const today = { start: noon - 4 * 3_600_000, end: noon + 20 * 3_600_000 }
const tomorrow = { start: today.end, end: today.end + 24 * 3_600_000 }

const limit = (unit: LearnedLimit['unit'], per: LearnedLimit['per'], value: number): LearnedLimit => ({
  quotaId: 'some quota',
  unit,
  per,
  value,
})

const used = (requests: number, at = noon) => {
  const use = new QuotaUse()
  for (let count = 0; count < requests; count++) use.count(at, today)
  return use
}

test('nothing is held back while no limit is known', () => {
  expect(used(1000).fullUntil(noon, today, true)).toBeNull()
})

test.each([
  ['one less than the requests of a minute', limit('requests', 'minute', 4), null],
  ['the requests of a minute', limit('requests', 'minute', 3), noon + 60_250],
  ['the requests of a day', limit('requests', 'day', 3), today.end + 5000],
  ['the tokens of a minute', limit('input-tokens', 'minute', 500), noon + 60_250],
  ['the tokens of a day', limit('input-tokens', 'day', 500), today.end + 5000],
  ['one token less', limit('input-tokens', 'day', 501), null],
])('after %s', (_name, learned, until) => {
  const use = used(3)
  use.addTokens(500, noon, today)
  use.learn([learned], noon)
  expect(use.fullUntil(noon, today, true)).toBe(until)
})

test('of a full minute and a full day the day lasts longer', () => {
  const use = used(3)
  use.learn([limit('requests', 'minute', 3), limit('requests', 'day', 3)], noon)
  expect(use.fullUntil(noon, today, true)).toBe(today.end + 5000)
})

test('the count of a day is not acted on where it is not sure that it is of one project', () => {
  const use = used(3)
  use.learn([limit('requests', 'day', 3)], noon)
  expect(use.fullUntil(noon, today, false)).toBeNull()
})

test('minutes follow the clock, and then what Google said of them', () => {
  const use = used(2, noon + 50_000)
  use.learn([limit('requests', 'minute', 2)], noon)
  expect(use.fullUntil(noon + 59_999, today, true)).toBe(noon + 60_250)
  expect(use.fullUntil(noon + 60_000, today, true)).toBeNull()
  use.alignMinute(noon + 75_000)
  for (const at of [noon + 76_000, noon + 130_000]) use.count(at, today)
  expect(use.fullUntil(noon + 134_999, today, true)).toBe(noon + 135_250)
  expect(use.fullUntil(noon + 135_000, today, true)).toBeNull()
})

test('a limit that was learned stays when another one is', () => {
  const use = new QuotaUse()
  use.learn([limit('requests', 'minute', 10)], noon)
  use.learn([limit('requests', 'day', 250)], noon + 1)
  use.learn([limit('requests', 'day', 500)], noon + 2)
  expect(use.limits).toEqual({
    requestsPerMinute: 10,
    requestsPerDay: 500,
    tokensPerMinute: null,
    tokensPerDay: null,
    learnedAt: noon + 2,
  })
})

test('limits are forgotten after a week, for Google may allow more by then', () => {
  const use = new QuotaUse()
  use.learn([limit('requests', 'minute', 1)], noon)
  const later = noon + limitLifeMilliseconds
  const day = { start: later - 1, end: later + 1000 }
  use.count(later, day)
  expect(use.fullUntil(later, day, true)).toBe(later + 60_250)
  expect(use.fullUntil(later + 1, day, true)).toBeNull()
  expect(use.limits).toBeNull()
})

test('a limit that is too old is not made young again by another one', () => {
  const use = new QuotaUse()
  use.learn([limit('requests', 'day', 1)], noon)
  use.learn([limit('requests', 'minute', 5)], noon + limitLifeMilliseconds + 1)
  expect(use.limits).toMatchObject({ requestsPerMinute: 5, requestsPerDay: null })
})

test('a new day begins at nothing', () => {
  const use = used(3)
  use.count(today.end, tomorrow)
  expect(use.view(today.end, tomorrow)).toMatchObject({ requestsToday: 1, requestsThisMinute: 1 })
})

test('what is taken back is of the minute and the day in which it was sent', () => {
  const use = used(1, noon)
  use.count(noon + 60_000, today)
  use.takeBack(noon, noon + 60_000, today)
  expect(use.view(noon + 60_000, today)).toMatchObject({ requestsToday: 1, requestsThisMinute: 1 })
  use.count(today.end, tomorrow)
  use.takeBack(noon, today.end, tomorrow)
  expect(use.view(today.end, tomorrow)).toMatchObject({ requestsToday: 1, requestsThisMinute: 1 })
})

test('no count goes below nothing', () => {
  const use = new QuotaUse()
  use.takeBack(noon, noon, today)
  expect(use.view(noon, today)).toMatchObject({ requestsToday: 0, requestsThisMinute: 0 })
})

test('two that turn out to be one are added up, with the limits that were learned last', () => {
  const [one, other] = [used(3), used(4)]
  one.learn([limit('requests', 'day', 10)], noon)
  other.learn([limit('requests', 'day', 20)], noon + 1)
  one.absorb(other, noon, today)
  expect(one.view(noon, today)).toMatchObject({ requestsToday: 7, limits: { requestsPerDay: 20 } })
})

test('what is remembered is the count of the day and the limits, and of two counts of a day the higher one', () => {
  const before = used(3)
  before.learn([limit('requests', 'day', 10)], noon)
  const after = used(5)
  after.restore(before.save())
  expect(after.view(noon, today)).toMatchObject({ requestsToday: 5, limits: { requestsPerDay: 10 } })
  const fresh = new QuotaUse()
  fresh.restore(before.save())
  expect(fresh.view(noon, today)).toMatchObject({ requestsToday: 3, requestsThisMinute: 0 })
  expect(fresh.view(today.end, tomorrow).requestsToday).toBe(0)
})
