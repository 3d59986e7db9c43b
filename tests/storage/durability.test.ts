import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { silentLogger } from '#src/logging/logger.ts'
import type { StorageConnection } from '#src/storage/connection.ts'
import { migrate } from '#src/storage/migrations/migrate.ts'
import { openSqlite } from '#src/storage/open-sqlite.ts'
import { createBatchStore } from '#src/storage/write-batch.ts'
import { WriteBehind } from '#src/storage/write-behind.ts'
import { describeWithEachDatabase, openRaw, openTestStorage, temporaryFolder } from './_databases.ts'
import { memoryLogger } from './_memory-logger.ts'
import { createOriginalSqlite, planted } from './_original-database.ts'
import { keyRecord, requestRecord } from './_records.ts'

/** Opens a database in a process of its own. JSON of a secret does not hold it, so the password is put in beside. */
const open = (connection: StorageConnection) => {
  const plain = connection.kind === 'mysql' ? { ...connection, password: connection.password.reveal() } : connection
  const command = [process.execPath, join(import.meta.dir, '_open-process.ts'), JSON.stringify(plain)]
  return Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' }).stdout.json() as Promise<unknown>
}

describe('a SQLite file', () => {
  const folder = temporaryFolder()

  test('is whole after kill -9 in the middle of writing, and misses nothing that was reported as written', async () => {
    const file = join(folder(), 'killed.db')
    const writer = Bun.spawn([process.execPath, join(import.meta.dir, '_writing-process.ts'), file], {
      stdout: 'pipe',
      stderr: 'inherit',
    })
    let reported = 0
    for await (const chunk of writer.stdout) {
      reported = Number(new TextDecoder().decode(chunk).trim().split('\n').at(-1))
      if (reported >= 5_000) break
    }
    writer.kill('SIGKILL')
    await writer.exited

    const storage = await openTestStorage({ kind: 'sqlite', file })
    const days = await storage.findStatistics({ granularity: 'day', from: 0, until: Date.now() * 2, by: [] })
    await storage.close()
    const database = new Database(file, { readonly: true })
    const [[check], [rows]] = [
      database.query('PRAGMA integrity_check').values(),
      database.query('SELECT count(*) FROM t_request_log').values(),
    ]
    database.close()
    expect(check).toEqual(['ok'])
    expect(Number(rows?.[0])).toBeGreaterThanOrEqual(reported)
    expect(days[0]?.requests).toBe(Number(rows?.[0]))
  })

  test('on a full disk keeps what it has; everything arrives once when there is room again', async () => {
    const database = openSqlite(join(folder(), 'full.db'), 1_000)
    await migrate(database, async () => {})
    const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(database.queries)
    await sql`PRAGMA max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 10)}`.execute(database.queries)
    const { logger, lines } = memoryLogger()
    const records = new WriteBehind({ storage: createBatchStore(database), logger })
    for (let count = 0; count < 1_300; count += 1) records.recordRequest(requestRecord({ requestId: `${count}` }))
    expect(await records.drain(500)).toBe(false)
    expect(records.status()).toMatchObject({ healthy: false, dropped: 0, lastError: 'database or disk is full' })
    await sql`PRAGMA max_page_count = 1000000`.execute(database.queries)
    expect(await records.drain(10_000)).toBe(true)
    const log = await sql<{ rows: number; different: number }>`
      SELECT count(*) AS rows, count(DISTINCT request_id) AS different FROM t_request_log`.execute(database.queries)
    expect(log.rows).toEqual([{ rows: 1_300, different: 1_300 }])
    expect(lines.map(line => line.level)).toEqual(['warn', 'info'])
    await database.queries.destroy()
  })

  test('locked by another program for a while only delays the records', async () => {
    const file = join(folder(), 'locked.db')
    const storage = await openTestStorage({ kind: 'sqlite', file })
    const other = new Database(file)
    other.run('BEGIN EXCLUSIVE')
    const records = new WriteBehind({ storage, logger: silentLogger })
    records.recordRequest(requestRecord())
    expect(await records.drain(100)).toBe(false)
    other.run('COMMIT')
    other.close()
    expect(await records.drain(10_000)).toBe(true)
    expect((await storage.findRequests({ limit: 10 })).rows).toHaveLength(1)
    await storage.close()
  })

  test('that is no database is refused with its name', async () => {
    const file = join(folder(), 'notes.txt')
    writeFileSync(file, 'this is no database, only some notes of a person who mistyped a path'.repeat(20))
    await expect(openTestStorage({ kind: 'sqlite', file })).rejects.toThrow(`${file} cannot be opened`)
  })

  test('does not hold the secret of a deleted key, not even encrypted', async () => {
    const file = join(folder(), 'deleted.db')
    const storage = await openTestStorage({ kind: 'sqlite', file })
    const keys = Array.from({ length: 20 }, (_, index) => keyRecord({ keyId: `${index}` }))
    await storage.saveKeys(keys)
    const database = new Database(file, { readonly: true })
    const sealed = database.query('SELECT secret FROM t_keys').values().flat().map(String)
    database.close()
    await storage.deleteKeys(keys.map(key => key.keyId))
    await storage.close()
    expect(sealed).toHaveLength(20)
    const content = readFileSync(file, 'latin1')
    expect(sealed.filter(secret => content.includes(secret.slice(20, 60)))).toEqual([])
  })

  test('leaves no write-ahead log behind when it is closed', async () => {
    const file = join(folder(), 'closed.db')
    const storage = await openTestStorage({ kind: 'sqlite', file })
    await storage.saveSettings(new Map([['ONE', '1']]))
    await storage.close()
    expect(existsSync(`${file}-wal`) ? Bun.file(`${file}-wal`).size : 0).toBe(0)
  })

  test('of the original is taken over once when three processes start together', async () => {
    const connection = createOriginalSqlite(join(folder(), 'together', 'default_db'))
    const found = await Promise.all([1, 2, 3].map(() => open(connection)))
    const keys = [planted.key, planted.secondKey, planted.paidKey, planted.vertexKey, planted.fileKey]
    expect(found).toEqual([1, 2, 3].map(() => ({ keys, requests: 5 })))
  })
})

describeWithEachDatabase('a new database', databases => {
  test('is made once when four processes start together', async () => {
    const connection = await databases.create()
    const found = await Promise.all([1, 2, 3, 4].map(() => open(connection)))
    expect(found).toEqual([1, 2, 3, 4].map(() => ({ keys: [], requests: 0 })))
  })

  test('written by a newer version is refused and left alone', async () => {
    const connection = await databases.create()
    const storage = await openTestStorage(connection)
    await storage.close()
    await pretendNewer(connection)
    await expect(openTestStorage(connection)).rejects.toThrow('newer version')
  })
})

const pretendNewer = async (connection: StorageConnection) => {
  const database = openRaw(connection)
  await sql`INSERT INTO t_migrations (name, timestamp) VALUES ('999-tomorrow', 'tomorrow')`.execute(database.queries)
  await database.queries.destroy()
}
