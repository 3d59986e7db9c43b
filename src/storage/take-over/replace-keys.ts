import { type Kysely, sql } from 'kysely'
import type { SecretBox } from '../../security/secret-box.ts'
import type { DatabaseKind } from '../connection.ts'
import { inChunks } from '../in-chunks.ts'
import type { Tables } from '../tables.ts'

const columnsWithKeys = [
  { table: 't_request_log', column: 'api_key' },
  { table: 't_error_logs', column: 'gemini_key' },
  { table: 't_file_records', column: 'api_key' },
] as const

/** Replaces the full keys in logs and file records by their ids; answers the keys that were there, by id. */
export const replaceKeys = async (
  database: Kysely<Tables>,
  kind: DatabaseKind,
  secretBox: SecretBox,
): Promise<ReadonlyMap<string, string>> => {
  const secrets = new Set<string>()
  for (const place of columnsWithKeys) for (const secret of await keysIn(database, place)) secrets.add(secret)
  const ids = [...secrets].map(secret => ({ secret, key_id: secretBox.keyIdOf(secret) }))
  await createTranslation(database, kind, ids)
  for (const { table, column } of columnsWithKeys)
    await sql`
      UPDATE ${sql.table(table)}
      SET ${sql.ref(column)} = (SELECT key_id FROM translation WHERE secret = ${sql.ref(`${table}.${column}`)})
      WHERE ${sql.ref(column)} IS NOT NULL`.execute(database)
  await sql`DROP ${temporary(kind)} TABLE translation`.execute(database)
  return new Map(ids.map(({ secret, key_id }) => [key_id, secret]))
}

const keysIn = async (database: Kysely<Tables>, { table, column }: (typeof columnsWithKeys)[number]) => {
  const query = sql<{ secret: string }>`
    SELECT DISTINCT ${sql.ref(column)} AS secret FROM ${sql.table(table)}
    WHERE ${sql.ref(column)} IS NOT NULL AND ${sql.ref(column)} <> ''`
  return (await query.execute(database)).rows.map(row => row.secret)
}

/** One pass over a log for all keys together; one UPDATE per key would take hours with a large log. */
const createTranslation = async (
  database: Kysely<Tables>,
  kind: DatabaseKind,
  ids: readonly { readonly secret: string; readonly key_id: string }[],
) => {
  const charset = kind === 'mysql' ? sql` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin` : sql``
  await sql`CREATE TEMPORARY TABLE translation (secret VARCHAR(100) PRIMARY KEY, key_id VARCHAR(32))${charset}`.execute(
    database,
  )
  for (const chunk of inChunks(ids, 200)) {
    const rows = chunk.map(({ secret, key_id }) => sql`(${secret}, ${key_id})`)
    await sql`INSERT INTO translation (secret, key_id) VALUES ${sql.join(rows)}`.execute(database)
  }
}

/** Without the word MySQL would commit the transaction here. */
const temporary = (kind: DatabaseKind) => (kind === 'mysql' ? sql`TEMPORARY` : sql``)
