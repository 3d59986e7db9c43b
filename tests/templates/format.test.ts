import { expect, test } from 'bun:test'
import { formatAge, formatDuration, formatMoment, toIso } from '#templates/format.ts'

test.each([
  [-5, '0s', '0 秒'],
  [1, '1s', '1 秒'],
  [59_001, '1m 00s', '1 分 00 秒'],
  [184_000, '3m 04s', '3 分 04 秒'],
  [3_600_000, '1h 00m', '1 小时 00 分'],
  [86_399_000, '23h 59m', '23 小时 59 分'],
  [90_000_000, '1d 01h', '1 天 01 小时'],
])('%d ms is %s, or %s', (milliseconds, english, chinese) => {
  expect([formatDuration(milliseconds, 'en'), formatDuration(milliseconds, 'zh')]).toEqual([english, chinese])
})

test.each([
  [-1000, 'just now', '刚刚'],
  [999, 'just now', '刚刚'],
  [59_999, '59s ago', '59 秒前'],
  [3_599_999, '59m ago', '59 分前'],
  [86_399_999, '23h ago', '23 小时前'],
  [172_800_000, '2d ago', '2 天前'],
])('%d ms back is %s, or %s', (milliseconds, english, chinese) => {
  expect([formatAge(milliseconds, 'en'), formatAge(milliseconds, 'zh')]).toEqual([english, chinese])
})

test('a moment is written in UTC, and one that no date can hold does not throw', () => {
  expect(formatMoment(Date.UTC(2026, 10, 23, 14, 2, 9))).toBe('2026-11-23 14:02:09 UTC')
  expect(toIso(Number.POSITIVE_INFINITY)).toBe('+275760-09-13T00:00:00.000Z')
})
