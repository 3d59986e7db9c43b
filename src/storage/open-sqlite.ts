import { Database, type Statement } from 'bun:sqlite'
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { CompiledQuery, type Driver, Kysely } from 'kysely'
import { BunSqliteDialect } from 'kysely-bun-sqlite'
import type { OpenDatabase, Tables } from './tables.ts'

/**
 * Opens a SQLite file, which it makes (with its directory) when missing.
 * @param busyLimitMs how long a statement waits for another process's lock. The wait blocks the event loop: keep it short
 *   while serving.
 */
export const openSqlite = (file: string, busyLimitMs: number): OpenDatabase => {
  const isNew = !existsSync(file)
  mkdirSync(dirname(file), { recursive: true })
  const database = new Database(file, { create: true, readwrite: true })
  if (isNew) chmodSync(file, 0o600)
  database.run(`PRAGMA busy_timeout = ${busyLimitMs}`)
  for (const pragma of pragmas) database.run(`PRAGMA ${pragma}`)
  return {
    kind: 'sqlite',
    queries: new Kysely<Tables>({ dialect: new SqliteDialect({ database }, database) }),
    insertRow: createRowInserter(database),
  }
}

/**
 * Log rows are the one thing that is written all the time, and in this process: a prepared statement takes half the time
 * of a statement of a hundred rows that is built, prepared and bound anew (measured: 9 against 21 µs a row).
 */
const createRowInserter = (database: Database): NonNullable<OpenDatabase['insertRow']> => {
  const prepared = new Map<string, { columns: readonly string[]; statement: Statement }>()
  return (table, row, key) => {
    let insert = prepared.get(table)
    if (insert === undefined) {
      const columns = Object.keys(row)
      const names = columns.map(column => `"${column}"`).join(', ')
      const places = columns.map(() => '?').join(', ')
      const changes = columns.map(column => `"${column}" = excluded."${column}"`).join(', ')
      const otherwise = key === undefined ? '' : ` ON CONFLICT ("${key}") DO UPDATE SET ${changes}`
      const statement = database.prepare(`INSERT INTO "${table}" (${names}) VALUES (${places})${otherwise}`)
      insert = { columns, statement }
      prepared.set(table, insert)
    }
    insert.statement.run(...insert.columns.map(column => row[column] ?? null))
  }
}

const pragmas = [
  'journal_mode = WAL',
  // In WAL mode this loses at most the last transactions on power loss, and nothing on kill -9.
  'synchronous = NORMAL',
  'foreign_keys = ON',
  // What is deleted or replaced is overwritten with zeros: a deleted key must not stay readable in the file.
  'secure_delete = ON',
  // Temporary tables of the take-over hold secrets in clear: never on disk.
  'temp_store = MEMORY',
  // Pages, 4 kB each. A checkpoint copies what changed and waits for the disk: seldom and much costs a third less a row
  // than often and little (measured).
  'wal_autocheckpoint = 4000',
  'journal_size_limit = 67108864',
]

class SqliteDialect extends BunSqliteDialect {
  readonly #database: Database

  constructor(configuration: { database: Database }, database: Database) {
    super(configuration)
    this.#database = database
  }

  override createDriver(): Driver {
    const driver = super.createDriver()
    driver.beginTransaction = async connection => {
      // A transaction that begins by reading and writes later fails at once when another process wrote in between.
      await connection.executeQuery(CompiledQuery.raw('begin immediate'))
    }
    driver.rollbackTransaction = async connection => {
      // Some errors (disk full, input/output) may roll back by themselves; a second rollback would hide them behind its own
      // error. Source: sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
      if (this.#database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
    }
    return driver
  }
}
