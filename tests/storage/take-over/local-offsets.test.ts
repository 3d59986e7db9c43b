import { afterEach, expect, test } from 'bun:test'
import { localOffsets } from '#src/storage/take-over/local-offsets.ts'

const zone = process.env.TZ
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const hour = 3_600_000
const forever = Number.MAX_SAFE_INTEGER

test.each([
  ['UTC', [{ until: forever, offset: 0 }]],
  ['Asia/Shanghai', [{ until: forever, offset: 8 * hour }]],
  [
    'Europe/Berlin',
    [
      // The clocks go from 2 to 3 o'clock; an hour that never was is read as the hour before it.
      { until: Date.UTC(2025, 2, 30, 3), offset: hour },
      { until: Date.UTC(2025, 9, 26, 3), offset: 2 * hour },
      { until: forever, offset: hour },
    ],
  ],
])('local times of 2025 in %s', (timeZone, offsets) => {
  process.env.TZ = timeZone
  expect(localOffsets(Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1))).toEqual(offsets)
})

test('one single time has one offset', () => {
  process.env.TZ = 'Asia/Shanghai'
  expect(localOffsets(Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 1) + 1)).toEqual([{ until: forever, offset: 8 * hour }])
})
