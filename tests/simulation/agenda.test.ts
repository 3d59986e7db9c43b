import { expect, test } from 'bun:test'
import { Agenda } from './agenda.ts'
import { randomFrom } from './random.ts'

test('what was noted comes in order of time, whatever the order it was noted in', () => {
  const random = randomFrom(1)
  const agenda = new Agenda<number>()
  const waiting: number[] = []
  for (let step = 0; step < 5000; step++) {
    if (random() < 0.55) {
      const moment = Math.floor(random() * 1000)
      agenda.add(moment, moment)
      waiting.push(moment)
      continue
    }
    waiting.sort((left, right) => left - right)
    expect(agenda.nextAt).toBe(waiting[0] ?? Number.POSITIVE_INFINITY)
    if (waiting.length > 0) expect(agenda.take()).toBe(waiting.shift() ?? -1)
  }
  expect(waiting.length).toBeGreaterThan(100)
})

test('nothing to come is infinitely far away', () => {
  expect(new Agenda().nextAt).toBe(Number.POSITIVE_INFINITY)
  expect(() => new Agenda().take()).toThrow(RangeError)
})
