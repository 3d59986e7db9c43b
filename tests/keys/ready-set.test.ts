import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { DueQueue } from '#src/keys/due-queue.ts'
import { nextPacificMidnight } from '#src/keys/pacific-day.ts'
import { ReadySet } from '#src/keys/ready-set.ts'

test('a ready set answers as a plain set of numbers would', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('add', 'delete', 'next'), fc.nat(40_000)), { maxLength: 200 })
  fc.assert(
    fc.property(steps, list => {
      const ready = new ReadySet(40_001)
      const plain = new Set<number>()
      for (const [step, member] of list) {
        if (step === 'add') {
          ready.add(member)
          plain.add(member)
        } else if (step === 'delete') {
          ready.delete(member)
          plain.delete(member)
        } else {
          const following = [...plain].filter(other => other >= member)
          expect(ready.next(member)).toBe(following.length === 0 ? -1 : Math.min(...following))
        }
        expect(ready.has(member)).toBe(plain.has(member))
      }
    }),
  )
})

test('a copy of a ready set changes on its own', () => {
  const ready = new ReadySet(100_000)
  ready.add(99_999)
  const copy = ready.clone()
  copy.delete(99_999)
  expect([ready.next(0), copy.next(0)]).toEqual([99_999, -1])
})

test('a due queue gives back in order of time, and nothing before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 100 }), fc.nat(1000), (times, now) => {
      const queue = new DueQueue<number>()
      for (const time of times) queue.add(time, time)
      expect(queue.first?.at).toBe(times.length === 0 ? undefined : Math.min(...times))
      const taken: number[] = []
      for (let item = queue.takeDue(now); item !== undefined; item = queue.takeDue(now)) taken.push(item)
      expect(taken).toEqual(times.filter(time => time <= now).sort((left, right) => left - right))
      expect(queue.size).toBe(times.length - taken.length)
    }),
  )
})

test.each([
  ['an ordinary day', '2026-11-23T12:00:00Z', '2026-11-24T08:00:00Z'],
  ['the last millisecond of a day', '2026-11-24T07:59:59.999Z', '2026-11-24T08:00:00Z'],
  ['midnight itself', '2026-11-24T08:00:00Z', '2026-11-25T08:00:00Z'],
  ['the day of 23 hours', '2026-03-08T08:30:00Z', '2026-03-09T07:00:00Z'],
  ['the day of 25 hours', '2026-11-01T07:30:00Z', '2026-11-02T08:00:00Z'],
])('the next midnight in Los Angeles after %s', (_name, now, next) => {
  expect(new Date(nextPacificMidnight(Date.parse(now))).toISOString()).toBe(new Date(next).toISOString())
})
