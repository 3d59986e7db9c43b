import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test'
import { silentLogger } from '#src/logging/logger.ts'
import type { BatchStore, WriteBatch } from '#src/storage/write-batch.ts'
import { WriteBehind } from '#src/storage/write-behind.ts'
import { memoryLogger } from './_memory-logger.ts'
import { errorRecord, requestRecord, someTime } from './_records.ts'

/** A store that keeps what it is given; `behaviour` may throw, or wait, before a batch counts as written. */
const fakeStore = (behaviour: (batch: WriteBatch, attempt: number) => unknown = () => {}) => {
  const written: WriteBatch[] = []
  const attempts: WriteBatch[] = []
  let atOnce = 0
  let mostAtOnce = 0
  const storage: BatchStore = {
    writeBatch: async batch => {
      attempts.push(batch)
      atOnce += 1
      mostAtOnce = Math.max(mostAtOnce, atOnce)
      try {
        await behaviour(batch, attempts.length)
      } finally {
        atOnce -= 1
      }
      written.push(batch)
      return { refused: 0 }
    },
  }
  return { storage, written, attempts, mostAtOnce: () => mostAtOnce }
}

const down = () => {
  throw new Error('connect ECONNREFUSED')
}

const ids = (batches: readonly WriteBatch[]) =>
  batches.flatMap(batch => batch.requests.map(request => Number(request.requestId)))

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => requestRecord({ requestId: `${from + index}` }))

describe('what is recorded', () => {
  test('is written in batches of at most 500 rows, in order, one batch at a time', async () => {
    const store = fakeStore(() => Bun.sleep(1))
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    for (const record of numbered(1_777)) records.recordRequest(record)
    expect(await records.drain(10_000)).toBe(true)
    expect(ids(store.written)).toEqual(Array.from({ length: 1_777 }, (_, index) => index))
    expect(store.written.every(batch => batch.requests.length <= 500)).toBe(true)
    expect(store.written.map(batch => batch.number)).toEqual(store.written.map((_, index) => index + 1))
    expect(store.mostAtOnce()).toBe(1)
  })

  test('is written without anybody asking', async () => {
    const written = Promise.withResolvers<WriteBatch>()
    const store = fakeStore(written.resolve)
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordError(errorRecord())
    expect((await written.promise).errors).toEqual([errorRecord()])
    expect(records.status()).toMatchObject({ dropped: 0, healthy: true })
  })

  test('replaces an older state of the same key that still waits', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    for (const state of ['old', 'newer', 'newest']) records.recordKeyState({ keyId: 'k1', state, updatedAt: 1 })
    records.recordKeyState({ keyId: 'k2', state: 'other', updatedAt: 1 })
    await records.drain(1_000)
    expect(store.written.flatMap(batch => batch.keyStates)).toEqual([
      { keyId: 'k1', state: 'newest', updatedAt: 1 },
      { keyId: 'k2', state: 'other', updatedAt: 1 },
    ])
  })

  test('is counted once per minute, hour and day', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    records.recordRequest(requestRecord({ outcome: 'failed', startedAt: someTime + 1, promptTokens: null }))
    records.recordRequest(requestRecord({ outcome: 'abandoned' }))
    await records.drain(1_000)
    const sums = {
      model: 'gemini-2.5-flash-search',
      keyId: 'a'.repeat(32),
      token: '0123456789ab',
      requests: 3,
      failures: 1,
      promptTokens: 22,
      outputTokens: 66,
      thoughtTokens: 99,
      cachedTokens: 132,
      latencyMs: 3_702,
    }
    expect(store.written.flatMap(batch => batch.counters)).toEqual([
      { granularity: 'minute', periodStart: Date.UTC(2026, 10, 23, 12, 34), ...sums },
      { granularity: 'hour', periodStart: Date.UTC(2026, 10, 23, 12), ...sums },
      { granularity: 'day', periodStart: Date.UTC(2026, 10, 23), ...sums },
    ])
  })

  test('of a caller nobody knows makes no counter under the name that caller chose', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordRequest(requestRecord({ token: null, model: 'made-up', keyId: null }))
    await records.drain(1_000)
    expect(new Set(store.written.flatMap(batch => batch.counters.map(counter => counter.model)))).toEqual(new Set(['']))
    expect(store.written[0]?.requests[0]?.model).toBe('made-up')
  })

  test('is cut to what its column holds', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordRequest(requestRecord({ model: 'm'.repeat(500), latencyMs: 1.6, statusCode: Number.NaN }))
    records.recordError(errorRecord({ text: `${'x'.repeat(7_999)}🙂`, kind: 'k'.repeat(90) }))
    await records.drain(1_000)
    expect(store.written[0]?.requests[0]).toMatchObject({ model: 'm'.repeat(100), latencyMs: 2, statusCode: 0 })
    expect(store.written[0]?.errors[0]).toMatchObject({ text: `${'x'.repeat(7_999)}\ufffd`, kind: 'k'.repeat(50) })
  })
})

describe('while the database is away', () => {
  test('the oldest log rows give way and are counted; key states and totals are all kept', async () => {
    let isDown = true
    const store = fakeStore(() => (isDown ? down() : undefined))
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger, rowLimit: 100 })
    for (const record of numbered(350)) records.recordRequest(record)
    for (let index = 0; index < 300; index += 1)
      records.recordKeyState({ keyId: `key-${index}`, state: '{}', updatedAt: index })
    expect(records.status()).toMatchObject({ dropped: 250 })
    isDown = false
    expect(await records.drain(5_000)).toBe(true)
    expect(ids(store.written)).toEqual(Array.from({ length: 100 }, (_, index) => 250 + index))
    expect(store.written.flatMap(batch => batch.keyStates)).toHaveLength(300)
    expect(store.written.flatMap(batch => batch.counters).map(counter => counter.requests)).toEqual([350, 350, 350])
  })

  test('long request bodies do not fill the memory', () => {
    const records = new WriteBehind({ storage: fakeStore(down).storage, logger: silentLogger })
    for (let index = 0; index < 500; index += 1)
      records.recordError(errorRecord({ requestBody: `${index}`.padStart(200_000) }))
    expect(records.status().pending * 200_000).toBeLessThanOrEqual(32_000_000)
    expect(records.status().dropped).toBe(500 - records.status().pending)
  })

  test('the number of counters is bounded, and no request is lost from the totals', async () => {
    let isDown = true
    const store = fakeStore(() => (isDown ? down() : undefined))
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger, rowLimit: 10 })
    for (let index = 0; index < 10_000; index += 1) records.recordRequest(requestRecord({ keyId: `key-${index}` }))
    expect(records.status().pending).toBeLessThan(20_100)
    isDown = false
    expect(await records.drain(5_000)).toBe(true)
    const days = store.written.flatMap(batch => batch.counters).filter(counter => counter.granularity === 'day')
    expect(days.reduce((sum, counter) => sum + counter.requests, 0)).toBe(10_000)
  })

  test('drain says that it did not succeed, and says what the database said', async () => {
    const records = new WriteBehind({ storage: fakeStore(down).storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    expect(await records.drain(50)).toBe(false)
    expect(records.status()).toEqual({ pending: 4, dropped: 0, healthy: false, lastError: 'connect ECONNREFUSED' })
  })

  test('drain does not wait for a database that never answers', async () => {
    const records = new WriteBehind({ storage: fakeStore(() => new Promise(() => {})).storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    expect(await records.drain(50)).toBe(false)
  })

  test('one warning is logged when it goes and one line when it is back, however long it was away', async () => {
    const { logger, lines } = memoryLogger()
    const store = fakeStore((_, attempt) => (attempt < 4 ? down() : undefined))
    const records = new WriteBehind({ storage: store.storage, logger })
    records.recordRequest(requestRecord())
    expect(await records.drain(5_000)).toBe(true)
    expect(lines.map(line => line.level)).toEqual(['warn', 'info'])
    expect(records.status()).toMatchObject({ healthy: true, lastError: 'connect ECONNREFUSED' })
  })

  test('a batch whose end is not known is offered again unchanged, under the same number', async () => {
    const store = fakeStore((_, attempt) => (attempt === 1 ? down() : undefined))
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    for (const record of numbered(3)) records.recordRequest(record)
    const draining = records.drain(5_000)
    for (const record of numbered(3, 3)) records.recordRequest(record)
    expect(await draining).toBe(true)
    expect(store.attempts[1]).toBe(store.attempts[0] as WriteBatch)
    expect(ids(store.written)).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('rows the database refuses are counted, not tried again', async () => {
    const { logger, lines } = memoryLogger()
    const attempts: WriteBatch[] = []
    const storage: BatchStore = {
      writeBatch: async batch => {
        attempts.push(batch)
        return { refused: 2 }
      },
    }
    const records = new WriteBehind({ storage, logger })
    for (const record of numbered(5)) records.recordRequest(record)
    expect(await records.drain(1_000)).toBe(true)
    expect(attempts).toHaveLength(1)
    expect(records.status()).toEqual({ pending: 0, dropped: 2, healthy: true })
    expect(lines).toMatchObject([{ level: 'warn', fields: { rows: 2 } }])
  })
})

describe('the pace', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  const advance = async (milliseconds: number) => {
    jest.advanceTimersByTime(milliseconds)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }

  test('a single row waits 250 milliseconds for company', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    await advance(249)
    expect(store.attempts).toHaveLength(0)
    await advance(1)
    expect(store.attempts).toHaveLength(1)
  })

  test('500 rows wait for nothing', async () => {
    const store = fakeStore()
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    for (const record of numbered(500)) records.recordRequest(record)
    await advance(1)
    expect(store.attempts).toHaveLength(1)
  })

  test('a database that is away is tried after 0.25, 0.5, 1, 2, 4, 5 and 5 seconds', async () => {
    const store = fakeStore(down)
    const records = new WriteBehind({ storage: store.storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    await advance(250)
    const pauses: number[] = []
    for (const pause of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
      const before = store.attempts.length
      await advance(pause - 1)
      expect(store.attempts).toHaveLength(before)
      records.recordRequest(requestRecord())
      await advance(1)
      if (store.attempts.length === before + 1) pauses.push(pause)
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  })
})
