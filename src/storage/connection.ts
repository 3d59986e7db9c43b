import type { Secret } from '../security/secret.ts'

/** Where the database is. */
export type StorageConnection = SqliteConnection | MysqlConnection

export type SqliteConnection = {
  readonly kind: 'sqlite'
  /** Path of the database file; its directory is made when missing. */
  readonly file: string
}

export type MysqlConnection = {
  readonly kind: 'mysql'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret
  readonly database: string
  /** Path of a Unix socket; replaces host and port. */
  readonly socket?: string
}

export type DatabaseKind = StorageConnection['kind']
