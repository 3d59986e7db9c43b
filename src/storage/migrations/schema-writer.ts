import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from '../connection.ts'

export type Column = {
  /** `id`: counts up by itself and is the primary key. `time`: the original's date and time without a zone. */
  readonly type: 'id' | `varchar(${number})` | 'text' | 'integer' | 'bigint' | 'flag' | 'time'
  /** NULL is allowed. */
  readonly optional?: true
  /** What rows get that do not say, those included that were there before. */
  readonly default?: string | number
}

export type Table = {
  readonly columns: Readonly<Record<string, Column>>
  /** Not given where a column of type `id` is the primary key. */
  readonly primaryKey?: readonly string[]
  readonly unique?: readonly string[]
  /** Name of index → columns. */
  readonly indexes?: Readonly<Record<string, readonly string[]>>
}

/**
 * Makes a table, or adds to one that is there already what it lacks. May be run again after it was cut off half-way,
 * which matters on MySQL, where every change of the schema commits by itself.
 */
export const createOrExtendTable = async (
  database: Kysely<unknown>,
  kind: DatabaseKind,
  name: string,
  table: Table,
): Promise<void> => {
  const found = (await database.introspection.getTables()).find(candidate => candidate.name === name)
  if (found) await extendTable(database, kind, name, table, new Set(found.columns.map(column => column.name)))
  else await createTable(database, kind, name, table)
  for (const [index, columns] of Object.entries(table.indexes ?? {}))
    await createIndex(database, kind, name, index, columns)
}

const createTable = async (database: Kysely<unknown>, kind: DatabaseKind, name: string, table: Table) => {
  const lines = Object.entries(table.columns).map(([column, definition]) => columnLine(kind, column, definition))
  if (table.primaryKey) lines.push(sql`PRIMARY KEY (${columnList(table.primaryKey)})`)
  if (table.unique) lines.push(sql`UNIQUE (${columnList(table.unique)})`)
  const options = kind === 'mysql' ? sql`ENGINE = InnoDB ${charset}` : sql``
  await sql`CREATE TABLE ${sql.table(name)} (${sql.join(lines)}) ${options}`.execute(database)
}

/**
 * On MySQL the columns that were there take our types too: an INT id runs out after 2,147,483,647 log rows, a JSON column
 * refuses a body that was cut to size, and a database made with latin1 cannot hold most error texts.
 */
const extendTable = async (
  database: Kysely<unknown>,
  kind: DatabaseKind,
  name: string,
  table: Table,
  present: ReadonlySet<string>,
) => {
  const columns = Object.entries(table.columns)
  if (kind === 'sqlite') {
    for (const [column, definition] of columns.filter(([candidate]) => !present.has(candidate)))
      await sql`ALTER TABLE ${sql.table(name)} ADD COLUMN ${columnLine(kind, column, definition)}`.execute(database)
    return
  }
  const changes = columns.map(([column, definition]) => {
    const line = columnLine(kind, column, definition, present.has(column))
    return present.has(column) ? sql`MODIFY COLUMN ${line}` : sql`ADD COLUMN ${line}`
  })
  await sql`ALTER TABLE ${sql.table(name)} CONVERT TO ${charset}, ${sql.join(changes)}`.execute(database)
}

const createIndex = async (
  database: Kysely<unknown>,
  kind: DatabaseKind,
  table: string,
  index: string,
  columns: readonly string[],
) => {
  const isThere = kind === 'sqlite' ? sql`IF NOT EXISTS ` : sql``
  const statement = sql`CREATE INDEX ${isThere}${sql.ref(index)} ON ${sql.table(table)} (${columnList(columns)})`
  await statement.execute(database).catch((error: unknown) => {
    // MySQL has no IF NOT EXISTS for indexes.
    if (!(error instanceof Error && 'code' in error && error.code === 'ER_DUP_KEYNAME')) throw error
  })
}

const columnLine = (kind: DatabaseKind, name: string, column: Column, isPrimaryKeyAlready = false) => {
  if (column.type === 'id') return idLine(kind, name, isPrimaryKeyAlready)
  const type = sql.raw(types[kind][column.type] ?? column.type)
  const nullable = column.optional ? sql`NULL` : sql`NOT NULL`
  const standard = column.default === undefined ? sql`` : sql` DEFAULT ${sql.lit(column.default)}`
  return sql`${sql.ref(name)} ${type} ${nullable}${standard}`
}

const idLine = (kind: DatabaseKind, name: string, isPrimaryKeyAlready: boolean) => {
  if (kind === 'sqlite') return sql`${sql.ref(name)} INTEGER PRIMARY KEY AUTOINCREMENT`
  return sql`${sql.ref(name)} BIGINT NOT NULL AUTO_INCREMENT${isPrimaryKeyAlready ? sql`` : sql` PRIMARY KEY`}`
}

/** Compared and sorted byte by byte, as SQLite does: MySQL's own choice takes `a` and `A` for one key. */
const charset = sql`CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`

const types: Readonly<Record<DatabaseKind, Readonly<Record<string, string>>>> = {
  sqlite: { text: 'TEXT', integer: 'INTEGER', bigint: 'INTEGER', flag: 'BOOLEAN', time: 'DATETIME' },
  // TEXT would end at 65,535 bytes.
  mysql: { text: 'MEDIUMTEXT', integer: 'INT', bigint: 'BIGINT', flag: 'TINYINT(1)', time: 'DATETIME' },
}

const columnList = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map(column => sql.ref(column)))
