import { afterAll, expect, test } from 'bun:test'
import { openSecretBox, SecretBoxError } from '#src/security/secret-box.ts'
import type { Storage } from '#src/storage/open-storage.ts'
import type { WriteBatch } from '#src/storage/write-batch.ts'
import { describeWithEachDatabase, openRaw, openTestStorage } from './_databases.ts'
import { memoryLogger } from './_memory-logger.ts'
import { errorRecord, keyRecord, requestRecord, someTime } from './_records.ts'

const batch = (parts: Partial<WriteBatch>): WriteBatch => ({
  writer: 'writer-1',
  number: 1,
  requests: [],
  errors: [],
  keyStates: [],
  counters: [],
  ...parts,
})

const searchedBatch = batch({
  requests: [
    requestRecord({ requestId: 'r1', startedAt: 1_000, keyId: 'k1', model: 'm', token: 't' }),
    requestRecord({ requestId: 'r2', startedAt: 2_000, model: 'm2', statusCode: 429, outcome: 'failed', token: 't' }),
    requestRecord({ requestId: 'r3', startedAt: 3_000, model: 'm', token: 't3', outcome: 'abandoned' }),
  ],
  errors: [
    errorRecord({ requestId: 'r1', occurredAt: 1_000, keyId: 'k1', kind: 'quota', text: 'quota% gone' }),
    errorRecord({ requestId: 'r2', occurredAt: 2_000, keyId: 'k2', kind: 'server', statusCode: 503, text: 'quota' }),
  ],
})

describeWithEachDatabase('repositories', databases => {
  let opened: Promise<Storage> | undefined
  /** One database for all searches: they change nothing. */
  const searched = () => {
    opened ??= databases.create().then(async connection => {
      const storage = await openTestStorage(connection)
      await storage.writeBatch(searchedBatch)
      return storage
    })
    return opened
  }
  afterAll(async () => (await opened)?.close())

  test('settings come back as they were saved, also after the database was closed', async () => {
    const connection = await databases.create()
    const first = await openTestStorage(connection)
    await first.saveSettings(
      new Map([
        ['MAX_RETRIES', '5'],
        ['SECRET_TOKEN', 'hush 🤫'],
        ['EMPTY', ''],
        ['LONG', 'x'.repeat(200_000)],
      ]),
    )
    await first.close()
    const second = await openTestStorage(connection)
    expect(await second.loadSettings()).toEqual(
      new Map([
        ['EMPTY', ''],
        ['LONG', 'x'.repeat(200_000)],
        ['MAX_RETRIES', '5'],
        ['SECRET_TOKEN', 'hush 🤫'],
      ]),
    )
    await second.close()
  })

  test('null removes a setting; others in the same call are changed', async () => {
    const storage = await openTestStorage(await databases.create())
    await storage.saveSettings(
      new Map([
        ['ONE', '1'],
        ['TWO', '2'],
      ]),
    )
    await storage.saveSettings(
      new Map([
        ['ONE', null],
        ['TWO', '22'],
        ['NEVER_THERE', null],
      ]),
    )
    expect(await storage.loadSettings()).toEqual(new Map([['TWO', '22']]))
    await storage.close()
  })

  test('settings are saved together or not at all', async () => {
    const storage = await openTestStorage(await databases.create())
    const nameNoColumnHolds = null as unknown as string
    const changes = new Map([
      ['GOOD', '1'],
      [nameNoColumnHolds, '2'],
    ])
    await expect(storage.saveSettings(changes)).rejects.toThrow()
    expect(await storage.loadSettings()).toEqual(new Map())
    await storage.close()
  })

  test('names that differ in upper and lower case are two settings', async () => {
    const storage = await openTestStorage(await databases.create())
    await storage.saveSettings(
      new Map([
        ['name', 'lower'],
        ['NAME', 'upper'],
      ]),
    )
    expect(Object.fromEntries(await storage.loadSettings())).toEqual({ name: 'lower', NAME: 'upper' })
    await storage.close()
  })

  test('keys come back with every field, oldest first, and are replaced by id', async () => {
    const storage = await openTestStorage(await databases.create())
    const younger = keyRecord({ keyId: 'b'.repeat(32), createdAt: someTime + 1, project: null, enabled: false })
    await storage.saveKeys([younger, keyRecord()])
    expect(await storage.loadKeys()).toEqual([keyRecord(), younger])
    await storage.saveKeys([keyRecord({ note: 'changed', priority: 0 })])
    expect(await storage.loadKeys()).toEqual([keyRecord({ note: 'changed', priority: 0 }), younger])
    await storage.close()
  })

  test('rows a person damaged are left out and named in the log; the others are served', async () => {
    const connection = await databases.create()
    const { logger, lines } = memoryLogger()
    const storage = await openTestStorage(connection, { logger })
    await storage.saveSettings(
      new Map([
        ['GOOD', '1'],
        ['BAD', 'enc:v1:damaged'],
      ]),
    )
    await storage.saveKeys([keyRecord(), keyRecord({ keyId: 'b'.repeat(32) })])
    const { queries } = openRaw(connection)
    await queries.updateTable('t_keys').set({ tags: '["half' }).where('key_id', '=', 'a'.repeat(32)).execute()
    await queries.destroy()
    expect(await storage.loadSettings()).toEqual(new Map([['GOOD', '1']]))
    expect((await storage.loadKeys()).map(key => key.keyId)).toEqual(['b'.repeat(32)])
    expect(lines.map(line => line.fields)).toMatchObject([{ setting: 'BAD' }, { keyId: 'a'.repeat(32) }])
    await storage.close()
  })

  test('500 keys are saved and deleted at once', async () => {
    const storage = await openTestStorage(await databases.create())
    const keys = Array.from({ length: 500 }, (_, index) =>
      keyRecord({ keyId: index.toString(16).padStart(32, '0'), secret: `planted-${index}`, createdAt: index }),
    )
    await storage.saveKeys(keys)
    expect(await storage.loadKeys()).toEqual(keys)
    await storage.deleteKeys(keys.map(key => key.keyId))
    expect((await storage.loadKeys()).filter(key => !key.deleted)).toEqual([])
    await storage.close()
  })

  test('a deleted key leaves a tombstone without its secret and without its state, known before or not', async () => {
    const storage = await openTestStorage(await databases.create())
    await storage.saveKeys([keyRecord()])
    await storage.writeBatch(batch({ keyStates: [{ keyId: 'a'.repeat(32), state: '{}', updatedAt: 1 }] }))
    await storage.deleteKeys(['a'.repeat(32), 'c'.repeat(32)])
    const keys = await storage.loadKeys()
    expect(keys.map(({ keyId, secret, deleted, enabled }) => ({ keyId, secret, deleted, enabled }))).toEqual([
      { keyId: 'a'.repeat(32), secret: '', deleted: true, enabled: false },
      { keyId: 'c'.repeat(32), secret: '', deleted: true, enabled: false },
    ])
    expect(await storage.loadKeyStates()).toEqual([])
    await storage.saveKeys([keyRecord()])
    expect((await storage.loadKeys())[0]).toEqual(keyRecord())
    await storage.close()
  })

  test('a batch writes requests, errors, key states and counters, and all of it can be read back', async () => {
    const storage = await openTestStorage(await databases.create())
    const bare = requestRecord({
      requestId: 'request-2',
      token: null,
      keyId: null,
      stream: false,
      outcome: 'failed',
      statusCode: 401,
      errorCode: 'bad-token',
      failedStage: 'authenticate',
      firstByteMs: null,
      promptTokens: null,
      outputTokens: null,
      thoughtTokens: null,
      cachedTokens: null,
      trace: null,
    })
    const written = await storage.writeBatch(
      batch({
        requests: [requestRecord(), bare],
        errors: [errorRecord()],
        keyStates: [{ keyId: 'a'.repeat(32), state: '{"until":1}', updatedAt: someTime }],
      }),
    )
    expect(written).toEqual({ refused: 0 })
    expect(await storage.findRequests({ limit: 10 })).toEqual({
      rows: [
        { id: 2, ...bare },
        { id: 1, ...requestRecord() },
      ],
      next: null,
    })
    const { requestBody: _, ...summary } = errorRecord()
    expect(await storage.findErrors({ limit: 10 })).toEqual({ rows: [{ id: 1, ...summary }], next: null })
    expect(await storage.findError(1)).toEqual({ id: 1, ...errorRecord() })
    expect(await storage.findError(2)).toBeUndefined()
    expect(await storage.loadKeyStates()).toEqual([
      { keyId: 'a'.repeat(32), state: '{"until":1}', updatedAt: someTime },
    ])
    await storage.close()
  })

  test('a batch that is written twice is in the database once', async () => {
    const storage = await openTestStorage(await databases.create())
    const counter = {
      granularity: 'day',
      periodStart: 0,
      model: 'm',
      keyId: 'k',
      token: 't',
      requests: 2,
      failures: 1,
      promptTokens: 3,
      outputTokens: 4,
      thoughtTokens: 5,
      cachedTokens: 6,
      latencyMs: 7,
    } as const
    const one = batch({ requests: [requestRecord()], counters: [counter] })
    await storage.writeBatch(one)
    await storage.writeBatch(one)
    expect((await storage.findRequests({ limit: 10 })).rows).toHaveLength(1)
    const search = { granularity: 'day', from: 0, until: 1, by: ['model', 'keyId', 'token'] } as const
    expect(await storage.findStatistics(search)).toEqual([counter])
    await storage.writeBatch({ ...one, number: 2 })
    expect(await storage.findStatistics(search)).toEqual([
      {
        ...counter,
        requests: 4,
        failures: 2,
        promptTokens: 6,
        outputTokens: 8,
        thoughtTokens: 10,
        cachedTokens: 12,
        latencyMs: 14,
      },
    ])
    await storage.close()
  })

  test('a row the database refuses is left out and counted; its neighbours get in', async () => {
    const storage = await openTestStorage(await databases.create())
    const bad = requestRecord({ requestId: null as unknown as string })
    const requests = Array.from({ length: 250 }, (_, index) => requestRecord({ requestId: `request-${index}` }))
    const written = await storage.writeBatch(batch({ requests: requests.with(77, bad).with(240, bad) }))
    expect(written).toEqual({ refused: 2 })
    expect((await storage.findRequests({ limit: 1000 })).rows.map(row => row.requestId).reverse()).toEqual(
      requests.map(row => row.requestId).filter((_, index) => index !== 77 && index !== 240),
    )
    await storage.close()
  })

  test('pages go from the newest to the oldest without a gap', async () => {
    const storage = await openTestStorage(await databases.create())
    const requests = Array.from({ length: 7 }, (_, index) => requestRecord({ requestId: `request-${index}` }))
    await storage.writeBatch(batch({ requests }))
    const first = await storage.findRequests({ limit: 3 })
    const second = await storage.findRequests({ limit: 3, before: first.next ?? 0 })
    const third = await storage.findRequests({ limit: 3, before: second.next ?? 0 })
    expect([first, second, third].map(page => page.rows.map(row => row.requestId))).toEqual([
      ['request-6', 'request-5', 'request-4'],
      ['request-3', 'request-2', 'request-1'],
      ['request-0'],
    ])
    expect(third.next).toBeNull()
    await storage.close()
  })

  test.each([
    [{ keyId: 'k1' }, ['r1']],
    [{ model: 'm2' }, ['r2']],
    [{ token: 't3' }, ['r3']],
    [{ requestId: 'r1' }, ['r1']],
    [{ statusCode: 429 }, ['r2']],
    [{ outcome: 'abandoned' as const }, ['r3']],
    [{ from: 2_000 }, ['r3', 'r2']],
    [{ until: 2_000 }, ['r1']],
    [{ model: 'M2' }, []],
  ])('requests are found by %p', async (search, found) => {
    const storage = await searched()
    const page = await storage.findRequests({ limit: 10, ...search })
    expect(page.rows.map(row => row.requestId)).toEqual(found)
  })

  test.each([
    [{ keyId: 'k1' }, ['r1']],
    [{ kind: 'server' }, ['r2']],
    [{ text: 'QUOTA%' }, ['r1']],
    [{ text: "'; DROP TABLE t_error_logs; --" }, []],
    [{ statusCode: 503, from: 1_500, until: 2_500 }, ['r2']],
  ])('errors are found by %p', async (search, found) => {
    const storage = await searched()
    const page = await storage.findErrors({ limit: 10, ...search })
    expect(page.rows.map(row => row.requestId)).toEqual(found)
  })

  test('old log rows are deleted in steps, young ones stay', async () => {
    const storage = await openTestStorage(await databases.create())
    const requests = Array.from({ length: 1_203 }, (_, index) => requestRecord({ startedAt: index }))
    await storage.writeBatch(
      batch({ requests, errors: [errorRecord({ occurredAt: 5 }), errorRecord({ occurredAt: 6 })] }),
    )
    expect(await storage.deleteRequestsBefore(1_200)).toBe(1_200)
    expect(await storage.deleteErrorsBefore(6)).toBe(1)
    expect((await storage.findRequests({ limit: 10 })).rows.map(row => row.startedAt)).toEqual([1_202, 1_201, 1_200])
    const [left] = (await storage.findErrors({ limit: 10 })).rows
    expect(left?.occurredAt).toBe(6)
    expect(await storage.deleteErrors([left?.id ?? 0, 999])).toBe(1)
    expect(await storage.deleteErrors([])).toBe(0)
    await storage.close()
  })

  test('statistics are summed over the names that were not asked for', async () => {
    const storage = await openTestStorage(await databases.create())
    const counter = (periodStart: number, model: string, keyId: string, requests: number) =>
      ({
        granularity: 'hour',
        periodStart,
        model,
        keyId,
        token: 't',
        requests,
        failures: 0,
        promptTokens: 0,
        outputTokens: 0,
        thoughtTokens: 0,
        cachedTokens: 0,
        latencyMs: 10,
      }) as const
    const counters = [
      counter(0, 'm1', 'k1', 1),
      counter(0, 'm1', 'k2', 2),
      counter(0, 'm2', 'k1', 4),
      counter(9, 'm1', 'k1', 8),
    ]
    await storage.writeBatch(batch({ counters }))
    const found = await storage.findStatistics({ granularity: 'hour', from: 0, until: 9, by: ['model'] })
    expect(
      found
        .map(({ periodStart, model, keyId, requests, latencyMs }) => [periodStart, model, keyId, requests, latencyMs])
        .sort(),
    ).toEqual([
      [0, 'm1', '', 3, 20],
      [0, 'm2', '', 4, 10],
    ])
    const totals = await storage.findStatistics({ granularity: 'hour', from: 0, until: 10, keyId: 'k1', by: [] })
    expect(totals.map(({ periodStart, requests }) => [periodStart, requests])).toEqual([
      [0, 5],
      [9, 8],
    ])
    expect(await storage.deleteStatisticsBefore('hour', 9)).toBe(3)
    expect(await storage.findStatistics({ granularity: 'hour', from: 0, until: 9, by: [] })).toEqual([])
    await storage.close()
  })

  test('a file record is found by its name until it is deleted', async () => {
    const storage = await openTestStorage(await databases.create())
    const file = {
      name: 'files/abc',
      displayName: 'Ferien 🏖',
      mimeType: 'image/png',
      sizeBytes: 5_000_000_000,
      sha256: null,
      state: 'ACTIVE',
      createdAt: someTime,
      updatedAt: someTime + 1,
      expiresAt: someTime + 2,
      uri: 'https://generativelanguage.googleapis.com/v1beta/files/abc',
      keyId: 'a'.repeat(32),
      token: '0123456789ab',
    }
    await storage.insertFile(file)
    expect(await storage.findFile('files/abc')).toEqual(file)
    await expect(storage.insertFile(file)).rejects.toThrow()
    await storage.deleteFile('files/abc')
    expect(await storage.findFile('files/abc')).toBeUndefined()
    await storage.close()
  })

  test('a database encrypted with another key is refused before anything is served', async () => {
    const connection = await databases.create()
    const storage = await openTestStorage(connection)
    await storage.close()
    const otherBox = openSecretBox({ encryptionKey: 'another one', dataDirectory: '' })
    const opening = openTestStorage(connection, { secretBox: otherBox })
    await expect(opening).rejects.toThrow(SecretBoxError)
    await expect(opening).rejects.toThrow('ENCRYPTION_KEY')
    await (await openTestStorage(connection)).close()
  })

  test('ping answers true while the database is there and false after it was closed', async () => {
    const storage = await openTestStorage(await databases.create())
    expect(await storage.ping(5_000)).toBe(true)
    await storage.close()
    expect(await storage.ping(5_000)).toBe(false)
  })
})
