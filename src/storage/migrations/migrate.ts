import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { DatabaseKind } from '../connection.ts'
import type { OpenDatabase, Tables } from '../tables.ts'
import { createTables } from './001-tables.ts'

/** One step of the schema's history. Once released it never changes; what comes later is a new step. */
type Step = (database: Kysely<unknown>, kind: DatabaseKind) => Promise<void>

/**
 * Brings a database to the newest schema. Processes that start together wait for each other.
 * @param takeOver turns the rows of a gemini-balance (Python) database into ours; runs once, after the tables are made
 * @throws Error naming the migration that failed, or when the database was written by a newer version
 */
export const migrate = async ({ kind, queries }: OpenDatabase, takeOver: Step): Promise<void> => {
  const steps: Readonly<Record<string, Step>> = { '001-tables': createTables, '002-take-over': takeOver }
  if (kind === 'mysql') return runSteps(queries, kind, steps)
  // Kysely's lock does nothing on SQLite, since it only knows of one connection. A transaction around everything is a lock
  // for other processes too, and takes a failed migration back as a whole.
  await queries.connection().execute(async connection => {
    await sql`BEGIN IMMEDIATE`.execute(connection)
    try {
      await runSteps(connection, kind, steps)
      await sql`COMMIT`.execute(connection)
    } catch (error) {
      await sql`ROLLBACK`.execute(connection).catch(() => {})
      throw error
    }
  })
}

const runSteps = async (database: Kysely<Tables>, kind: DatabaseKind, steps: Readonly<Record<string, Step>>) => {
  const migrations = Object.entries(steps).map(([name, step]): [string, Migration] => [
    name,
    { up: connection => step(connection, kind) },
  ])
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => Object.fromEntries(migrations) },
    migrationTableName: 't_migrations',
    migrationLockTableName: 't_migration_lock',
  })
  const { error, results } = await migrator.migrateToLatest()
  if (!error) return
  const failed = results?.find(result => result.status === 'Error')
  const message = failed
    ? `The database could not be brought up to date: step ${failed.migrationName} failed.`
    : 'The database could not be brought up to date. Was it used by a newer version of gemini-balance?'
  throw new Error(message, { cause: error })
}
