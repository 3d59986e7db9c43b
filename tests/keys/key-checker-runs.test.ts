import { expect, test } from 'bun:test'
import { createCheckOnImport } from '#src/keys/check-on-import.ts'
import { checkerOf, until } from './_checker.ts'

const manyKeys = (count: number) => Array.from({ length: count }, (_, index) => ({ keyId: `key-${index}` }))

test('two thousand keys are each asked about once, and never more than eight at once', async () => {
  const { emulator, ids, check } = checkerOf({ keys: manyKeys(2000) })
  let most = 0
  const { results, summary } = await check({
    onResult: () => {
      most = Math.max(most, emulator.openRequests())
    },
  })
  expect(summary).toEqual({ healthy: 2000, dead: 0, unknown: 0, isComplete: true })
  expect(new Set(results.map(({ keyId }) => keyId))).toEqual(new Set(ids))
  expect(emulator.requests).toHaveLength(2000)
  expect(most).toBeLessThanOrEqual(8)
}, 30_000)

test('silent servers fill the eight places and no more', async () => {
  const keys = manyKeys(20).map(key => ({ ...key, behaviour: 'silent' as const }))
  const { emulator, checker, check } = checkerOf({ keys, settings: { TIME_OUT: 60 } })
  const run = check()
  await until(() => emulator.openRequests() === 8)
  expect(emulator.requests).toHaveLength(8)
  await checker.stop()
  expect((await run).summary).toEqual({ healthy: 0, dead: 0, unknown: 0, isComplete: false })
  await until(() => emulator.openRequests() === 0)
  expect(emulator.requests).toHaveLength(8)
  expect(emulator.requests.every(({ cancelled }) => cancelled)).toBe(true)
})

test('of two runs at once one asks and both tell the result', async () => {
  const { emulator, check } = checkerOf({ keys: manyKeys(50), emulator: { delayMs: { firstByte: 5 } } })
  const runs = await Promise.all([check(), check(), check()])
  for (const { results, summary } of runs) {
    expect(results).toHaveLength(50)
    expect(summary).toEqual({ healthy: 50, dead: 0, unknown: 0, isComplete: true })
  }
  const open = new Map<string | null, number>()
  for (const { key } of emulator.requests) open.set(key, (open.get(key) ?? 0) + 1)
  expect([...open.values()].every(count => count <= 3)).toBe(true)
})

test('a key is never asked about twice at the same time', async () => {
  const { emulator, checker, check } = checkerOf({
    keys: [{ keyId: 'one', behaviour: 'silent' }],
    settings: { TIME_OUT: 60 },
  })
  const runs = [check(), check(), check({ deep: true })]
  await until(() => emulator.openRequests() === 1)
  await Bun.sleep(20)
  expect(emulator.requests).toHaveLength(1)
  await checker.stop()
  await Promise.all(runs)
  expect(emulator.requests).toHaveLength(1)
})

test('a run that joined another one asks itself when that one is stopped', async () => {
  const { emulator, check } = checkerOf({ keys: [{ keyId: 'one', behaviour: 'silent' }], settings: { TIME_OUT: 60 } })
  const first = new AbortController()
  const stopped = check({ signal: first.signal })
  await until(() => emulator.openRequests() === 1)
  const joined = check()
  emulator.setBehaviour('AQ.planted-secret-of-one', 'valid')
  first.abort()
  expect((await stopped).summary).toEqual({ healthy: 0, dead: 0, unknown: 0, isComplete: false })
  expect((await joined).summary).toEqual({ healthy: 1, dead: 0, unknown: 0, isComplete: true })
})

test('a stopped run keeps what it has found, asks no more and says that it is not complete', async () => {
  const keys = manyKeys(100).map(key => ({ ...key, behaviour: 'invalid' as const }))
  const { emulator, pool, check } = checkerOf({ keys })
  const controller = new AbortController()
  let told = 0
  const { results, summary } = await check({
    signal: controller.signal,
    onResult: () => {
      if (++told === 10) controller.abort()
    },
  })
  expect(results.length).toBeLessThan(30)
  expect(summary).toEqual({ healthy: 0, dead: results.length, unknown: 0, isComplete: false })
  const dead = [...pool.keys()].filter(({ death }) => death !== null).map(({ entry }) => entry.keyId)
  expect(new Set(dead)).toEqual(new Set(results.map(({ keyId }) => keyId)))
  expect(emulator.requests.length).toBeLessThan(30)
})

test('a reader who takes no more does not keep a run from being stopped', async () => {
  const { checker, check } = checkerOf({ keys: manyKeys(20) })
  let told = 0
  const run = check({
    onResult: () => {
      told++
      return new Promise(() => {})
    },
  })
  await until(() => told === 8)
  await checker.stop()
  expect((await run).summary.isComplete).toBe(false)
  expect(told).toBe(8)
})

test('ids that are not in the pool are passed over, and after the stop nothing is asked', async () => {
  const { emulator, checker, check } = checkerOf({ keys: [{ keyId: 'one' }] })
  expect((await check({}, ['nobody', 'one'])).summary).toEqual({ healthy: 1, dead: 0, unknown: 0, isComplete: true })
  await checker.stop()
  expect((await check()).summary).toEqual({ healthy: 0, dead: 0, unknown: 0, isComplete: false })
  expect(emulator.requests).toHaveLength(1)
})

test('new keys are checked in the background, also those that come while a run is under way', async () => {
  const { emulator, pool, checker, logger, lines, ids } = checkerOf({
    keys: manyKeys(60).map((key, index) => ({ ...key, behaviour: index % 3 === 0 ? 'invalid' : 'valid' })),
    emulator: { delayMs: { firstByte: 2 } },
  })
  const checkOnImport = createCheckOnImport(checker, logger)
  checkOnImport(ids.slice(0, 40))
  checkOnImport(ids.slice(30))
  let most = 0
  await until(() => {
    most = Math.max(most, emulator.openRequests())
    return lines.some(line => line.includes('new keys were checked'))
  })
  expect(most).toBeLessThanOrEqual(8)
  expect(emulator.requests).toHaveLength(60)
  expect([...pool.keys()].filter(({ death }) => death !== null)).toHaveLength(20)
  checkOnImport(ids.slice(0, 1))
  await until(() => emulator.requests.length === 61)
})
