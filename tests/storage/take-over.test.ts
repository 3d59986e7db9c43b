import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { fingerprintOf } from '#src/security/secret.ts'
import type { MysqlConnection, StorageConnection } from '#src/storage/connection.ts'
import { openTestStorage, temporaryFolder, testSecretBox } from './_databases.ts'
import { describeWithMariadb, type Mariadb, startMariadb } from './_mariadb.ts'
import { createOriginalMysql, createOriginalSqlite, planted } from './_original-database.ts'
import { errorRecord, requestRecord } from './_records.ts'

const { keyIdOf } = testSecretBox

type Original = {
  /** A new database of the original at every call. */
  readonly create: () => Promise<StorageConnection>
  /** Everything that can be read in it without our program. */
  readonly readAll: (connection: StorageConnection) => Promise<string>
}

const testTakeOver = ({ create, readAll }: Original) => {
  test('only what a person changed stays a setting; secrets are readable through us alone', async () => {
    const storage = await openTestStorage(await create())
    expect(Object.fromEntries(await storage.loadSettings())).toEqual({
      ALLOWED_TOKENS: JSON.stringify([planted.userToken]),
      AUTH_TOKEN: planted.adminToken,
      FAKE_STREAM_ENABLED: 'true',
      MAX_FAILURES: '10',
      NEIGHBOUR_PASSWORD: planted.unknownSecret,
      PROXIES: JSON.stringify([`socks5://user:${planted.proxyPassword}@proxy.example:1080`]),
      THINKING_BUDGET_MAP: '{"gemini-2.5-pro": -1}',
    })
    await storage.close()
  })

  test('configured keys become keys; the key of an uploaded file stays known, but disabled', async () => {
    const storage = await openTestStorage(await create())
    const keys = await storage.loadKeys()
    expect(keys.map(({ secret, kind, priority, tags, enabled }) => [secret, kind, priority, tags, enabled])).toEqual([
      [planted.key, 'gemini', 0, [], true],
      [planted.secondKey, 'gemini', 0, [], true],
      [planted.paidKey, 'gemini', 1, ['paid'], true],
      [planted.vertexKey, 'vertex-express', 0, [], true],
      [planted.fileKey, 'gemini', 0, [], false],
    ])
    expect(keys.every(key => key.keyId === keyIdOf(key.secret) && !key.deleted)).toBe(true)
    await storage.close()
  })

  test('the request log is there, with ids for keys and real points in time', async () => {
    const storage = await openTestStorage(await create())
    const { rows } = await storage.findRequests({ limit: 100, until: Date.UTC(2025, 11, 1, 12, 0, 2) })
    expect(
      rows
        .map(
          ({ startedAt, model, keyId, outcome, statusCode, latencyMs, token, attempts }) =>
            [startedAt, model, keyId, outcome, statusCode, latencyMs, token, attempts] as const,
        )
        .reverse(),
    ).toEqual([
      [expect.any(Number), 'gemini-2.5-pro', keyIdOf(planted.key), 'finished', 200, 1500, null, 1],
      [Date.UTC(2025, 11, 1, 12), 'gemini-2.5-flash-search', keyIdOf(planted.loggedKey), 'failed', 429, 90, null, 1],
      [Date.UTC(2025, 11, 1, 12, 0, 1), 'gemini-2.5-flash', keyIdOf(planted.key), 'abandoned', 0, 5000, null, 1],
      [0, '', null, 'failed', 500, 0, null, 1],
    ])
    // MySQL's DATETIME of the original has no fraction of a second.
    expect(Math.floor((rows.at(-1)?.startedAt ?? 0) / 1000)).toBe(Date.UTC(2025, 6, 1, 12) / 1000)
    await storage.close()
  })

  test('times are read in the time zone of this process, summer and winter', async () => {
    const connection = await create()
    const zone = process.env.TZ
    process.env.TZ = 'Europe/Berlin'
    const opening = openTestStorage(connection)
    const storage = await opening.finally(() => {
      process.env.TZ = zone ?? 'UTC'
    })
    const { rows } = await storage.findRequests({
      limit: 100,
      keyId: keyIdOf(planted.key),
      until: Date.UTC(2025, 11, 1, 12),
    })
    expect(rows.map(row => Math.floor(row.startedAt / 1000) * 1000).slice(-2)).toEqual([
      Date.UTC(2025, 11, 1, 11, 0, 1),
      Date.UTC(2025, 6, 1, 10),
    ])
    await storage.close()
  })

  test('the error log is there, without any secret in its texts', async () => {
    const storage = await openTestStorage(await create())
    const errors = await storage.findErrors({ limit: 10 })
    expect(await Promise.all(errors.rows.map(row => storage.findError(row.id)))).toMatchObject([
      {
        kind: 'gemini-chat-non-stream',
        text: 'nothing secret',
        requestBody: null,
        occurredAt: Date.UTC(2025, 11, 1, 12, 0, 2),
      },
      {
        keyId: keyIdOf(planted.loggedKey),
        model: 'gemini-2.5-pro',
        kind: 'gemini-chat-stream',
        statusCode: 429,
        text: 'POST https://example.com/?key=[secret]nn refused, token [secret]',
        requestBody: '{"apiKey": "n[secret]"}',
        occurredAt: Date.UTC(2025, 11, 1, 12),
      },
    ])
    await storage.close()
  })

  test('file records are there, with the key that can use them and the fingerprint of their owner', async () => {
    const storage = await openTestStorage(await create())
    expect(await storage.findFile('files/one')).toEqual({
      name: 'files/one',
      displayName: 'one.png',
      mimeType: 'image/png',
      sizeBytes: 123,
      sha256: null,
      state: 'ACTIVE',
      createdAt: Date.UTC(2025, 11, 1, 12),
      updatedAt: Date.UTC(2025, 11, 1, 12),
      expiresAt: Date.UTC(2025, 11, 3, 12),
      uri: 'https://example.com/files/one',
      keyId: keyIdOf(planted.fileKey),
      token: fingerprintOf(planted.userToken, testSecretBox.hmacKey),
    })
    expect(await storage.findFile('files/two')).toMatchObject({ keyId: keyIdOf(planted.key), token: null })
    await storage.close()
  })

  test('no planted secret can be read in the database afterwards', async () => {
    const connection = await create()
    const before = await readAll(connection)
    expect(before).toContain(planted.key)
    const storage = await openTestStorage(connection)
    const open = await readAll(connection)
    await storage.close()
    const closed = await readAll(connection)
    for (const [name, secret] of Object.entries(planted))
      expect({ name, open: open.includes(secret), closed: closed.includes(secret) }).toEqual({
        name,
        open: false,
        closed: false,
      })
  })

  test('a second start changes nothing', async () => {
    const connection = await create()
    const first = await openTestStorage(connection)
    const before = [await first.loadKeys(), await first.findRequests({ limit: 10 }), await first.loadSettings()]
    await first.close()
    const second = await openTestStorage(connection)
    expect([await second.loadKeys(), await second.findRequests({ limit: 10 }), await second.loadSettings()]).toEqual(
      before,
    )
    await second.close()
  })

  test('new rows of any length and language fit beside the old ones', async () => {
    const storage = await openTestStorage(await create())
    await storage.writeBatch({
      writer: 'writer',
      number: 1,
      requests: [requestRecord({ trace: '🙂'.repeat(4_000) })],
      errors: [errorRecord({ text: '額度 🙂'.repeat(1_000), requestBody: 'not JSON, '.repeat(10_000) })],
      keyStates: [],
      counters: [],
    })
    await storage.saveSettings(new Map([['THINKING_BUDGET_MAP', '額'.repeat(70_000)]]))
    const [request] = (await storage.findRequests({ limit: 1 })).rows
    const [error] = (await storage.findErrors({ limit: 1 })).rows
    expect(request?.trace).toBe('🙂'.repeat(4_000))
    expect(await storage.findError(error?.id ?? 0)).toMatchObject({
      text: '額度 🙂'.repeat(1_000),
      requestBody: 'not JSON, '.repeat(10_000),
    })
    expect((await storage.loadSettings()).get('THINKING_BUDGET_MAP')).toBe('額'.repeat(70_000))
    await storage.close()
  })
}

describe('a SQLite database of the original is taken over', () => {
  const folder = temporaryFolder()
  let count = 0
  const create = async () => {
    count += 1
    return createOriginalSqlite(join(folder(), `${count}`, 'default_db'))
  }

  testTakeOver({
    create,
    readAll: async connection => {
      const directory = join(connection.kind === 'sqlite' ? connection.file : '', '..')
      return readdirSync(directory)
        .map(file => readFileSync(join(directory, file), 'latin1'))
        .join('\n')
    },
  })

  test('an error text that stood in place of a status is gone', async () => {
    const storage = await openTestStorage(await create())
    const [newest] = (await storage.findRequests({ limit: 1 })).rows
    expect(newest).toMatchObject({ statusCode: 0, outcome: 'failed' })
    await storage.close()
  })

  test('a take-over that fails leaves the original as it was', async () => {
    const connection = (await create()) as { kind: 'sqlite'; file: string }
    const breakIt = () => {
      throw new Error('planted failure')
    }
    const opening = openTestStorage(connection, { isSecretSetting: breakIt })
    await expect(opening).rejects.toThrow('step 002-take-over failed')
    const database = new Database(connection.file, { readonly: true })
    const columns = database.query('SELECT name FROM pragma_table_info(?)').values('t_request_log').flat()
    database.close()
    expect(columns).toEqual(['id', 'request_time', 'model_name', 'api_key', 'is_success', 'status_code', 'latency_ms'])
    await (await openTestStorage(connection)).close()
  })
})

describeWithMariadb('a MySQL database of the original is taken over', () => {
  let server: Mariadb
  let count = 0
  beforeAll(async () => {
    server = await startMariadb()
  }, 60_000)
  afterAll(() => server.remove())
  const create = () => {
    count += 1
    return createOriginalMysql(server, `original_${count}`)
  }

  testTakeOver({ create, readAll: connection => dump(connection as MysqlConnection) })

  test('a take-over whose end was not noted is not done twice', async () => {
    const connection = await create()
    await (await openTestStorage(connection)).close()
    await server.administer(["DELETE FROM t_migrations WHERE name = '002-take-over'"], `original_${count}`)
    const storage = await openTestStorage(connection)
    const [newest] = (await storage.findRequests({ limit: 1, keyId: keyIdOf(planted.key) })).rows
    expect(newest?.model).toBe('gemini-2.5-flash')
    expect(await storage.loadKeys()).toHaveLength(5)
    await storage.close()
  })

  test('a take-over that fails is done by the next start', async () => {
    const connection = await create()
    const breakIt = () => {
      throw new Error('planted failure')
    }
    const opening = openTestStorage(connection, { isSecretSetting: breakIt })
    await expect(opening).rejects.toThrow('step 002-take-over failed')
    const storage = await openTestStorage(connection)
    expect(await storage.loadKeys()).toHaveLength(5)
    await storage.close()
  })
})

const dump = async ({ socket, user, password, database }: MysqlConnection) => {
  const connection = await createConnection({ socketPath: socket ?? '', user, password: password.reveal(), database })
  const [tables] = await connection.query<RowDataPacket[]>('SHOW TABLES')
  const contents: unknown[] = []
  for (const table of tables.flatMap(row => Object.values(row)))
    contents.push((await connection.query(`SELECT * FROM \`${table}\``))[0])
  await connection.end()
  return JSON.stringify(contents)
}
