import { describe, expect, test } from 'bun:test'
import { nextPacificMidnight, PacificCalendar, pacificDate } from '#src/keys/pacific-day.ts'

const hour = 3_600_000

describe('the next midnight in Los Angeles', () => {
  test.each([
    ['in winter', '2026-11-23T12:00:00Z', '2026-11-24T08:00:00Z'],
    ['in summer', '2026-07-01T12:00:00Z', '2026-07-02T07:00:00Z'],
    ['a millisecond before it', '2026-11-24T07:59:59.999Z', '2026-11-24T08:00:00Z'],
    ['at midnight itself: a whole day later', '2026-11-24T08:00:00Z', '2026-11-25T08:00:00Z'],
    ['in the afternoon there, which is the next day in UTC', '2026-11-24T01:30:00Z', '2026-11-24T08:00:00Z'],
    ['over the end of a year', '2026-12-31T20:00:00Z', '2027-01-01T08:00:00Z'],
    ['on the 29th of February', '2028-02-29T20:00:00Z', '2028-03-01T08:00:00Z'],
    ['from the start of the day of 23 hours', '2027-03-14T08:00:00Z', '2027-03-15T07:00:00Z'],
    ['a second before the clock is put forward', '2027-03-14T09:59:59Z', '2027-03-15T07:00:00Z'],
    ['when the clock is put forward', '2027-03-14T10:00:00Z', '2027-03-15T07:00:00Z'],
    ['from the eve of the day of 23 hours', '2027-03-14T07:59:59Z', '2027-03-14T08:00:00Z'],
    ['from the start of the day of 25 hours', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
    ['in the first of the two hours between one and two', '2026-11-01T08:30:00Z', '2026-11-02T08:00:00Z'],
    ['in the second of them', '2026-11-01T09:30:00Z', '2026-11-02T08:00:00Z'],
    ['from the eve of the day of 25 hours', '2026-11-01T06:59:59Z', '2026-11-01T07:00:00Z'],
    ['from the end of the day of 25 hours', '2026-11-02T07:59:59Z', '2026-11-02T08:00:00Z'],
  ])('%s', (_name, now, midnight) => {
    expect(new Date(nextPacificMidnight(Date.parse(now))).toISOString()).toBe(new Date(midnight).toISOString())
  })

  test('is the moment at which the date changes, from every hour of three years', () => {
    for (let now = Date.UTC(2026, 0, 1, 0, 30); now < Date.UTC(2029, 0, 1); now += 7 * hour) {
      const midnight = nextPacificMidnight(now)
      expect(midnight > now && midnight - now <= 25 * hour).toBe(true)
      expect(pacificDate(midnight - 1)).toBe(pacificDate(now))
      expect(pacificDate(midnight)).not.toBe(pacificDate(now))
    }
  })
})

test.each([
  ['24 hours', '2026-11-23T12:00:00Z', '2026-11-23T08:00:00Z', 24],
  ['23 hours', '2027-03-14T12:00:00Z', '2027-03-14T08:00:00Z', 23],
  ['25 hours', '2026-11-01T12:00:00Z', '2026-11-01T07:00:00Z', 25],
])('the calendar knows a day of %s, from its first moment to its last', (_name, moment, start, hours) => {
  const calendar = new PacificCalendar()
  const day = { start: Date.parse(start), end: Date.parse(start) + hours * hour }
  expect(calendar.dayOf(Date.parse(moment))).toEqual(day)
  expect(calendar.dayOf(day.start)).toEqual(day)
  expect(calendar.dayOf(day.end - 1)).toEqual(day)
  expect(calendar.dayOf(day.end).start).toBe(day.end)
  expect(calendar.dayOf(day.start - 1).end).toBe(day.start)
  expect(calendar.dayOf(day.start)).toEqual(day)
})
