import { afterAll, beforeAll, describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '#src/logging/logger.ts'
import { openSecretBox, type SecretBox } from '#src/security/secret-box.ts'
import type { StorageConnection } from '#src/storage/connection.ts'
import { openMysql } from '#src/storage/open-mysql.ts'
import { openSqlite } from '#src/storage/open-sqlite.ts'
import { openStorage, type Storage } from '#src/storage/open-storage.ts'
import type { OpenDatabase } from '#src/storage/tables.ts'
import { describeWithMariadb, type Mariadb, startMariadb } from './_mariadb.ts'

export type TestDatabases = {
  /** Where a database of this kind can be made; a new, empty one at every call. */
  readonly create: () => Promise<StorageConnection>
}

/** Runs the same tests over a real SQLite file and over a real MariaDB. */
export const describeWithEachDatabase = (name: string, body: (databases: TestDatabases) => void): void => {
  describe(`${name}, SQLite`, () => {
    const folder = temporaryFolder()
    let count = 0
    body({
      create: async () => {
        count += 1
        return { kind: 'sqlite', file: join(folder(), `${count}`, 'database.db') }
      },
    })
  })
  describeWithMariadb(`${name}, MariaDB`, () => {
    let server: Mariadb | undefined
    let count = 0
    beforeAll(async () => {
      server = await startMariadb()
    }, 60_000)
    afterAll(() => server?.remove())
    body({
      create: () => {
        if (!server) throw new Error('MariaDB did not start')
        count += 1
        return server.createDatabase(`test_${count}`)
      },
    })
  })
}

/** A folder for the tests of the file or block it is called in; gone afterwards. */
export const temporaryFolder = (): (() => string) => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gemini-balance-test-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}

export const testSecretBox: SecretBox = openSecretBox({ encryptionKey: 'only for tests', dataDirectory: '' })

/** Opens a database as the server does, with `SECRET_…` and the original's secrets as secret settings. */
export const openTestStorage = (
  connection: StorageConnection,
  options: Partial<Parameters<typeof openStorage>[0]> = {},
): Promise<Storage> =>
  openStorage({
    connection,
    secretBox: testSecretBox,
    logger: silentLogger,
    isSecretSetting: name => secretNames.has(name) || name.startsWith('SECRET_'),
    ...options,
  })

/** Opens a database without making it ready, to look at it or to damage it. */
export const openRaw = (connection: StorageConnection): OpenDatabase =>
  connection.kind === 'sqlite'
    ? openSqlite(connection.file, 1_000)
    : openMysql(connection, { connections: 1, queryLimitMs: 0 })

const secretNames = new Set(['ALLOWED_TOKENS', 'AUTH_TOKEN', 'PROXIES', 'CUSTOM_HEADERS', 'SMMS_SECRET_TOKEN'])
