import { type InsertQueryBuilder, type InsertResult, type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from './connection.ts'
import type { Tables } from './tables.ts'

/**
 * Makes an insert update the row that is there already. The two databases have different words for it.
 * @param key the columns of the primary key or of a unique index
 * @param changes what to set; `incoming(kind, column)` is the value of the row that could not be inserted
 */
export const orUpdate = <Name extends keyof Tables>(
  insert: InsertQueryBuilder<Tables, Name, InsertResult>,
  kind: DatabaseKind,
  key: readonly (keyof Tables[Name] & string)[],
  changes: Readonly<Partial<Record<keyof Tables[Name] & string, RawBuilder<unknown>>>>,
): InsertQueryBuilder<Tables, Name, InsertResult> =>
  // Kysely's own types for this depend on the table in a way a generic function cannot follow; ours above are as strict.
  kind === 'mysql'
    ? insert.onDuplicateKeyUpdate(changes as never)
    : insert.onConflict(conflict => conflict.columns(key as never).doUpdateSet(changes as never) as never)

/** The value a column would have got from the row that was not inserted. */
export const incoming = (kind: DatabaseKind, column: string): RawBuilder<unknown> =>
  kind === 'mysql' ? sql`values(${sql.ref(column)})` : sql`excluded.${sql.ref(column)}`
