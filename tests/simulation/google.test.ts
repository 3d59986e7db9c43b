import { describe, expect, test } from 'bun:test'
import { type EmulatorKey, KeyRing } from '#src/emulator/keys/key-ring.ts'
import { QuotaLedger } from '#src/emulator/keys/quota-ledger.ts'
import { GoogleError } from '#src/emulator/wire/google-error.ts'
import { Google } from './google.ts'
import { judgeAnswer } from './judged.ts'
import { randomFrom } from './random.ts'
import { makeScenario } from './scenario.ts'

const scenario = makeScenario({ seed: 3, keyCount: 20, days: 3 })
const start = scenario.midnights[0] ?? 0
const hour = 3_600_000
const livingKey = scenario.isDead.indexOf(0)

test('the pile holds what it says: keys that share projects in fours, a few dead, and a day of 25 hours', () => {
  const { projectOf, projectCount, isDead, isShared, midnights } = makeScenario({ seed: 3, keyCount: 1000, days: 3 })
  expect(projectCount).toBe(850)
  expect(isShared.reduce((sum, one) => sum + one)).toBe(50)
  expect([...projectOf].filter(project => isShared[project] === 1)).toHaveLength(200)
  expect(isDead.reduce((sum, one) => sum + one)).toBe(50)
  expect(midnights.slice(1).map((midnight, day) => (midnight - (midnights[day] ?? 0)) / hour)).toEqual([24, 25, 24])
})

test('ten requests a clock minute and 250 a Pacific day are served; failed ones count and refused ones do not', () => {
  const google = new Google(scenario)
  const answersAt = (moment: number, count: number) =>
    Array.from({ length: count }, () => google.ask(livingKey, 0, moment, false))
  expect(google.ask(livingKey, 0, start, true)).toBe('overloaded')
  expect(new Set(answersAt(start + 59_999, 9))).toEqual(new Set(['served']))
  expect(new Set(answersAt(start + 59_999, 500))).toEqual(new Set(['minute-used-up']))
  for (let minute = 1; minute < 25; minute++) answersAt(start + minute * 60_000, 10)
  expect(answersAt(start + 24 * 60_000 + 1, 1)).toEqual(['both-used-up'])
  expect(answersAt(start + 24 * hour - 1, 1)).toEqual(['day-used-up'])
  expect(answersAt(start + 24 * hour, 1)).toEqual(['served'])
})

test("the simulation's quotas and the emulator's say the same of the same requests", () => {
  const clock = { at: start }
  const emulatorClock = { now: () => clock.at, advance: () => {}, setSpeed: () => {}, speed: () => 1 }
  const keys = Array.from({ length: 20 }, (_, key): EmulatorKey => {
    const limits = { perMinute: 10, perDay: 250 }
    return { secret: `key ${key}`, project: `project ${scenario.projectOf[key]}`, limits }
  })
  const ring = new KeyRing(keys, emulatorClock)
  const ledger = new QuotaLedger(emulatorClock)
  const isBooked = (key: number, model: number): boolean => {
    const state = ring.find(`key ${key}`)
    if (state === undefined) throw new Error('The emulator has no such key')
    try {
      ledger.book(state, 'generate', scenario.models[model] ?? '', 0)
      return true
    } catch (error) {
      if (error instanceof GoogleError) return false
      throw error
    }
  }
  const google = new Google(scenario)
  const random = randomFrom(4)
  const counts = { served: 0, refused: 0 }
  while (clock.at < (scenario.midnights[3] ?? 0)) {
    const key = Math.floor(random() * 20)
    const model = random() < 0.8 ? 0 : 1
    clock.at += random() * random() * random() * 60_000
    if (scenario.isDead[key] === 1) continue
    const isServed = google.ask(key, model, clock.at, false) === 'served'
    expect(isServed).toBe(isBooked(key, model))
    counts[isServed ? 'served' : 'refused']++
  }
  expect(counts.served).toBeGreaterThan(5000)
  expect(counts.refused).toBeGreaterThan(500)
})

describe('what Google answers is judged from its own words', () => {
  test.each([
    ['served', 'healthy'],
    ['overloaded', 'upstream-failing'],
    ['key-invalid', 'key-invalid'],
    ['minute-used-up', 'quota-per-minute'],
    ['day-used-up', 'quota-per-day'],
    ['both-used-up', 'quota-per-day'],
  ] as const)('%s is %s', (answer, name) => {
    expect(judgeAnswer(scenario, answer, 0, start + 45_000).name).toBe(name)
  })

  test('with the limit and the model it names', () => {
    const verdict = judgeAnswer(scenario, 'day-used-up', 1, start)
    expect(verdict.bucket).toBe('gemini-pro')
    expect(verdict.limits).toMatchObject([{ per: 'day', unit: 'requests', value: 250 }])
  })
})
