import { expect, test } from 'bun:test'
import type { BucketTotals } from '#src/keys/bucket-totals.ts'
import { forecast } from '#src/keys/forecast.ts'

const hour = 3_600_000
/** Midnight in Los Angeles. */
const start = Date.UTC(2026, 10, 23, 8)
const day = { start, end: start + 24 * hour }

const at = (hours: number, readyOwners: number, totals: Partial<BucketTotals>) =>
  forecast(
    {
      kind: 'gemini',
      bucket: 'gemini-3.8-flash',
      requestsToday: 0,
      missedToday: 0,
      knownOwners: 0,
      limit: 0,
      left: 0,
      ...totals,
    },
    { readyOwners, now: start + hours * hour, day },
  )

test('while no limit is known nobody can say what is left', () => {
  expect(at(6, 10, { requestsToday: 600 })).toEqual({
    kind: 'gemini',
    bucket: 'gemini-3.8-flash',
    requestsToday: 600,
    missedToday: 0,
    knownOwners: 0,
    knownLimit: 0,
    knownLeft: 0,
    unknownOwners: 10,
    leftToday: null,
    perHour: 100,
    runsOutAt: null,
    shortBy: 0,
    projectsNeeded: 0,
    resetsAt: day.end,
  })
})

test.each([
  ['enough for the day', 12, 10, { requestsToday: 600, knownOwners: 10, limit: 2500, left: 1900 }, 1900, null, 0, 0],
  ['just enough', 12, 4, { requestsToday: 500, knownOwners: 4, limit: 1000, left: 500 }, 500, null, 0, 0],
  ['not enough', 12, 4, { requestsToday: 600, knownOwners: 4, limit: 1000, left: 400 }, 400, 20, 200, 1],
  ['nothing left', 12, 0, { requestsToday: 1000, knownOwners: 4, limit: 1000, left: 0 }, 0, 12, 1000, 4],
  ['many came in vain', 12, 0, { requestsToday: 1000, missedToday: 500, knownOwners: 4, limit: 1000 }, 0, 12, 1500, 8],
  ['some of unknown limit', 12, 8, { requestsToday: 600, knownOwners: 4, limit: 1000, left: 600 }, 1400, null, 0, 0],
])('%s', (_name, hours, ready, totals, leftToday, runsOutAfter, shortBy, projectsNeeded) => {
  const runsOutAt = runsOutAfter === null ? null : start + runsOutAfter * hour
  expect(at(hours, ready, totals)).toMatchObject({ leftToday, runsOutAt, shortBy, projectsNeeded })
})

test('one request in the first second of the day is no rate', () => {
  expect(at(1 / 3600, 1, { requestsToday: 1 }).perHour).toBeCloseTo(4, 9)
})

test('a day without requests runs out of nothing', () => {
  expect(at(3, 4, { knownOwners: 4, limit: 1000, left: 1000 })).toMatchObject({
    perHour: 0,
    runsOutAt: null,
    shortBy: 0,
  })
})

test('on the day of 25 hours the last one counts too', () => {
  const long = { start, end: start + 25 * hour }
  const totals = {
    kind: 'gemini' as const,
    bucket: 'b',
    requestsToday: 240,
    missedToday: 0,
    knownOwners: 1,
    limit: 250,
    left: 10,
  }
  expect(forecast(totals, { readyOwners: 1, now: start + 24 * hour, day: long })).toMatchObject({
    shortBy: 0,
    runsOutAt: null,
    resetsAt: long.end,
  })
})
