import { expect, test } from 'bun:test'
import { type Cast, minute, second } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, listedKeys } from './_look.ts'

const parts = ['one', 'two', 'three', 'four']

const all = (cast: Cast, behaviour: Parameters<Cast['behave']>[1]) => {
  for (const part of parts) cast.behave(part, behaviour)
}

const cast = (cleanUp: AsyncDisposableStack, settings: Readonly<Record<string, string>> = {}) =>
  castFor(cleanUp, { keys: parts, settings: { MAX_RETRIES: '1', ...settings } })

test('a detail-less 429 of two keys rests the way out, not the keys', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp)
  all(made, 'busy')
  for (let request = 0; request < 2; request++) expect((await made.ask()).status).toBe(429)
  expect(made.asked()).toHaveLength(2)
  const way = () => made.gateway.services.egresses.status()[0]
  expect(way()).toMatchObject({ name: 'direct', state: 'throttled', reason: 'too-many-requests' })
  expect((await listedKeys(made.gateway.url)).map(({ condition, failed }) => [condition, failed])).toEqual(
    parts.map(() => ['ready', 0]),
  )
  // One may wait for the end of the rest; the others are told when to come back.
  all(made, 'valid')
  const told = await Promise.all(Array.from({ length: 10 }, () => made.ask()))
  expect(told.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, headers } of told.filter(one => one.status !== 200)) {
    expect([status, headers.get('retry-after')]).toEqual([429, '2'])
  }
  expect(made.asked()).toHaveLength(1)
  made.moveTo(made.now() + 2 * second)
  expect(way()).toMatchObject({ state: 'open' })
  const after = await Promise.all(Array.from({ length: 10 }, () => made.ask()))
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]))
})

test('when it goes on, the way rests for longer and longer, and a quiet minute forgets it', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp)
  const rest = () => {
    const [way] = made.gateway.services.egresses.status()
    return ((way?.throttledUntil ?? made.now()) - made.now()) / second
  }
  const strike = async () => {
    all(made, 'busy')
    await made.ask()
    await made.ask()
    return rest()
  }
  const rests: number[] = []
  for (let round = 0; round < 6; round++) {
    rests.push(await strike())
    made.moveTo(made.now() + rest() * second)
  }
  expect(rests).toEqual([2, 4, 8, 16, 30, 30])
  made.moveTo(made.now() + 2 * minute)
  expect(await strike()).toBe(2)
})

test('one key that is refused without details once is nothing', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const made = await cast(cleanUp, { MAX_RETRIES: '3' })
  made.behave('one', 'busy', 1)
  expect((await made.ask()).status).toBe(200)
  expect(made.gateway.services.egresses.status()[0]).toMatchObject({ state: 'open', throttledUntil: null })
})
