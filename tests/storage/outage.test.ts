import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { Secret } from '#src/security/secret.ts'
import type { MysqlConnection } from '#src/storage/connection.ts'
import { openMysql } from '#src/storage/open-mysql.ts'
import { WriteBehind } from '#src/storage/write-behind.ts'
import { openTestStorage } from './_databases.ts'
import { describeWithMariadb, type Mariadb, mariadbPassword, startMariadb } from './_mariadb.ts'
import { memoryLogger } from './_memory-logger.ts'
import { requestRecord } from './_records.ts'

describeWithMariadb('a MariaDB server', () => {
  let server: Mariadb
  beforeAll(async () => {
    server = await startMariadb()
  }, 60_000)
  afterAll(() => server.remove())

  test('that stops and starts under load delays records, and loses or doubles none', async () => {
    const storage = await openTestStorage(await server.createDatabase('outage'))
    const { logger, lines } = memoryLogger()
    const records = new WriteBehind({ storage, logger })
    let count = 0
    const load = setInterval(() => {
      for (let row = 0; row < 20; row += 1) {
        count += 1
        records.recordRequest(requestRecord({ requestId: `${count}` }))
        records.recordKeyState({ keyId: 'k', state: `${count}`, updatedAt: count })
      }
    }, 10)
    await until(() => count > 1_000)
    await server.stop()
    await until(() => !records.status().healthy)
    const waiting = records.status().pending
    await until(() => records.status().pending > waiting + 500)
    await server.start()
    await until(() => records.status().healthy)
    await killConnections(server)
    const killedAt = count
    await until(() => count > killedAt + 1_000)
    clearInterval(load)

    expect(await records.drain(15_000)).toBe(true)
    expect(records.status()).toMatchObject({ pending: 0, dropped: 0, healthy: true })
    const written = await allRequestIds(storage)
    expect(written).toHaveLength(count)
    expect(new Set(written).size).toBe(count)
    const days = await storage.findStatistics({ granularity: 'day', from: 0, until: Date.now() * 2, by: [] })
    expect(days[0]?.requests).toBe(count)
    expect(await storage.loadKeyStates()).toEqual([{ keyId: 'k', state: `${count}`, updatedAt: count }])
    expect(lines[0]?.level).toBe('warn')
    expect(lines.at(-1)?.level).toBe('info')
    await storage.close()
  }, 60_000)

  test('that is written to by three instances at once, and every request is counted once', async () => {
    const connection = await server.createDatabase('shared')
    const { logger, lines } = memoryLogger()
    const instances = await Promise.all(
      [1, 2, 3].map(async () => {
        const storage = await openTestStorage(connection)
        return { storage, records: new WriteBehind({ storage, logger }) }
      }),
    )
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 100; index += 1)
        for (const { records } of instances) {
          records.recordRequest(requestRecord({ keyId: `key-${round}-${index}` }))
          records.recordKeyState({ keyId: `key-${round}-${index}`, state: '{}', updatedAt: 1 })
        }
      await Promise.all(instances.map(({ records }) => records.drain(10_000)))
    }
    const days = await instances[0]?.storage.findStatistics({
      granularity: 'day',
      from: 0,
      until: Date.now() * 2,
      by: [],
    })
    expect(days?.[0]?.requests).toBe(3_000)
    expect(lines).toEqual([])
    await Promise.all(instances.map(({ storage }) => storage.close()))
  })

  test('that hangs makes ping answer false in time, and close too', async () => {
    const storage = await openTestStorage(await server.createDatabase('hanging'))
    expect(await storage.ping(5_000)).toBe(true)
    server.signal('SIGSTOP')
    try {
      expect(await storage.ping(100)).toBe(false)
      await storage.close()
    } finally {
      server.signal('SIGCONT')
    }
  })

  test('that never answers a statement loses the connection, and the next statement gets a new one', async () => {
    const connection = await server.createDatabase('slow')
    const { queries } = openMysql(connection, { connections: 1, queryLimitMs: 100 })
    await expect(sql`SELECT SLEEP(30)`.execute(queries)).rejects.toThrow('timeout')
    expect((await sql`SELECT 1 AS one`.execute(queries)).rows).toEqual([{ one: 1 }])
    await queries.destroy()
  })

  test('that refuses a statement does not bring its values into the error', async () => {
    const { queries } = openMysql(await server.createDatabase('silent'), { connections: 1, queryLimitMs: 1_000 })
    const error = await sql`SELECT * FROM missing WHERE secret = ${'planted-secret'}`.execute(queries).catch(String)
    const whole = await sql`SELECT * FROM missing WHERE secret = ${'planted-secret'}`
      .execute(queries)
      .catch(Bun.inspect)
    expect(error).toContain('missing')
    expect(whole).not.toContain('planted-secret')
    await queries.destroy()
  })

  test('that starts later than we do is waited for', async () => {
    const connection = await server.createDatabase('late')
    await server.stop()
    const { logger, lines } = memoryLogger()
    const opening = openTestStorage(connection, { logger })
    await until(() => lines.length > 0)
    await server.start()
    const storage = await opening
    expect(await storage.loadSettings()).toEqual(new Map())
    await storage.close()
  })

  test.each([
    ['is not there', { socket: '/nowhere/server.sock' }, 'nowhere'],
    ['refuses the password', { password: new Secret('planted-wrong-password') }, 'Access denied'],
    ['has no such database', { database: 'missing' }, 'missing'],
  ])('that %s is named in the error, without the password', async (_case, change, message) => {
    const connection: MysqlConnection = { ...(await server.createDatabase(`refused ${message}`)), ...change }
    const error = await openTestStorage(connection, { connectLimitMs: 300 }).then(
      () => new Error('opened'),
      (reason: unknown) => reason as Error,
    )
    expect(error.name).toBe('StorageUnavailableError')
    expect(error.message).toContain(message)
    expect(Bun.inspect(error)).not.toContain(mariadbPassword)
    expect(Bun.inspect(error)).not.toContain('planted-wrong-password')
  })

  test('set to take backslashes literally still stores text as it is', async () => {
    const connection = await server.createDatabase('backslashes')
    await server.administer(["SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'"])
    const storage = await openTestStorage(connection)
    const hostile = `\\'); DROP TABLE t_settings; -- \\`
    await storage.saveSettings(new Map([['HOSTILE', hostile]]))
    expect(await storage.loadSettings()).toEqual(new Map([['HOSTILE', hostile]]))
    await storage.close()
    await server.administer(['SET GLOBAL sql_mode = DEFAULT'])
  })
})

const until = async (condition: () => boolean) => {
  while (!condition()) await Bun.sleep(5)
}

const killConnections = (server: Mariadb) => server.administer(["KILL USER 'gemini-balance'@'localhost'"])

const allRequestIds = async (storage: Awaited<ReturnType<typeof openTestStorage>>) => {
  const found: string[] = []
  let before: number | undefined
  do {
    const page = await storage.findRequests({ limit: 2_000, ...(before === undefined ? {} : { before }) })
    found.push(...page.rows.map(row => row.requestId))
    before = page.next ?? undefined
  } while (before !== undefined)
  return found
}
