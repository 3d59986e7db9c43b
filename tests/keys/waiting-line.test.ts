import { expect, test } from 'bun:test'
import type { KeyEntry } from '#src/keys/pool-key.ts'
import { WaitingLine } from '#src/keys/waiting-line.ts'
import type { Acquisition, Wish } from '#src/keys/wish.ts'
import { entry, healthy, invalid, leased, noon, perMinute, poolOf, useOnce } from './_pool.ts'
import { VirtualTimers } from './_virtual-timers.ts'

const model = 'gemini-3.8-flash'
const wish: Wish = { kind: 'gemini', model }

const lineOf = (entries: readonly KeyEntry[], mostInFlight = 0) => {
  const { pool, clock } = poolOf(entries, { mostInFlight })
  const timers = new VirtualTimers(clock)
  const line = new WaitingLine({
    pool,
    now: () => clock.now,
    schedule: (milliseconds, callback) => timers.set(milliseconds, async () => callback()),
  })
  pool.onFree = line.wake
  const answers: string[] = []
  /** Waits under a name; notes the answer when it comes. */
  const wait = (name: string, milliseconds: number, more: Partial<Wish> = {}) => {
    const waiting = line.take({ ...wish, ...more }, milliseconds)
    const note = (answer: Acquisition) =>
      answers.push(`${name}: ${answer.kind === 'leased' ? answer.lease.keyId : answer.kind} after ${clock.now - noon}`)
    if (waiting.kind !== 'waiting') note(waiting)
    else void waiting.acquisition.then(note)
    return waiting
  }
  const advance = async (milliseconds: number) => {
    await timers.advance(milliseconds)
    await Bun.sleep(0)
  }
  return { pool, clock, timers, line, answers, wait, advance }
}

test('who finds a key ready does not wait', () => {
  const { wait, answers, line } = lineOf([entry('a')])
  wait('one', 5000)
  expect([answers, line.size]).toEqual([['one: a after 0'], 0])
})

test('who may not wait is answered at once', () => {
  const { wait, answers, pool } = lineOf([entry('a')])
  useOnce(pool, model, perMinute(3))
  wait('one', 0)
  expect(answers).toEqual(['one: cooling after 0'])
})

test('waiting for a return that comes too late helps nobody', () => {
  const { wait, answers, pool } = lineOf([entry('a')])
  useOnce(pool, model, perMinute(3))
  wait('one', 2999)
  expect(answers).toEqual(['one: cooling after 0'])
})

test('nobody waits where no key is alive', () => {
  const { wait, answers, pool } = lineOf([entry('a')])
  useOnce(pool, model, invalid)
  wait('one', 5000)
  expect(answers).toEqual(['one: none-alive after 0'])
})

test('those who wait get keys in the order they came, when the keys are back', async () => {
  const { wait, answers, pool, advance, timers } = lineOf([entry('a')])
  useOnce(pool, model, perMinute(3))
  for (const name of ['one', 'two', 'three']) wait(name, 5000)
  await advance(2999)
  expect(answers).toEqual([])
  await advance(1)
  expect(answers).toEqual(['one: a after 3000', 'two: a after 3000', 'three: a after 3000'])
  expect(timers.pending).toBe(0)
})

test('a key that comes free goes to whoever came first', async () => {
  const { wait, answers, pool, advance } = lineOf([entry('a')], 1)
  const lease = leased(pool.acquire(wish))
  wait('one', 5000)
  wait('two', 5000)
  await advance(100)
  lease.settle(healthy)
  await advance(0)
  expect(answers).toEqual(['one: a after 100'])
})

test('everybody is answered when the time is up, and those with more time wait on', async () => {
  const { wait, answers, advance, pool, line } = lineOf([entry('a')], 1)
  leased(pool.acquire(wish))
  wait('long', 4000)
  wait('short', 1500)
  await advance(1500)
  expect([answers, line.size]).toEqual([['short: cooling after 1500'], 1])
  await advance(2500)
  expect([answers, line.size]).toEqual([['short: cooling after 1500', 'long: cooling after 4000'], 0])
})

test('who leaves is not answered, and the next one gets the key', async () => {
  const { wait, answers, pool, advance, line } = lineOf([entry('a')], 1)
  const lease = leased(pool.acquire(wish))
  const first = wait('one', 5000)
  wait('two', 5000)
  if (first.kind === 'waiting') first.leave()
  expect(line.size).toBe(1)
  lease.settle(healthy)
  await advance(0)
  await advance(5000)
  expect(answers).toEqual(['two: a after 0'])
})

test('leaving twice, or after the answer, changes nothing', async () => {
  const { wait, pool, advance, line } = lineOf([entry('a')], 1)
  const lease = leased(pool.acquire(wish))
  const first = wait('one', 5000)
  wait('two', 5000)
  lease.settle(healthy)
  await advance(0)
  if (first.kind === 'waiting') for (let count = 0; count < 2; count++) first.leave()
  expect(line.size).toBe(1)
})

test('who waits for somebody in particular keeps nobody else from the others', async () => {
  const { wait, answers, pool, advance } = lineOf([entry('a'), entry('b')])
  useOnce(pool, model, perMinute(3))
  wait('of a', 5000, { owner: 'a' })
  wait('of anybody', 5000)
  wait('of b', 5000, { owner: 'b' })
  wait('not of b', 5000, { avoid: new Set(['b']) })
  expect(answers).toEqual(['of anybody: b after 0', 'of b: b after 0'])
  await advance(3000)
  expect(answers.slice(2)).toEqual(['of a: a after 3000', 'not of b: a after 3000'])
})

test('who comes later and can be served sooner is served in time', async () => {
  const { wait, answers, pool, advance } = lineOf([entry('a'), entry('b')])
  useOnce(pool, model, perMinute(4))
  useOnce(pool, model, perMinute(2))
  wait('of a', 5000, { owner: 'a' })
  wait('of b', 5000, { owner: 'b' })
  await advance(5000)
  expect(answers).toEqual(['of b: b after 2000', 'of a: a after 4000'])
})

test('models do not wait for each other', () => {
  const { wait, answers, pool } = lineOf([entry('a')])
  useOnce(pool, model, perMinute(3))
  wait('one', 5000)
  wait('other', 5000, { model: 'gemini-3.6-flash' })
  expect(answers).toEqual(['other: a after 0'])
})

test('when the last key dies those who wait are told so', async () => {
  const { wait, answers, pool, advance } = lineOf([entry('a')], 1)
  const lease = leased(pool.acquire(wish))
  wait('one', 5000)
  await advance(100)
  lease.settle(invalid)
  await advance(0)
  expect(answers).toEqual(['one: none-alive after 100'])
})
