import { join } from 'node:path'
import { SettingsRefused } from './config/settings-refused.ts'
import { Secret } from './security/secret.ts'
import type { StorageConnection } from './storage/connection.ts'

type DatabaseValues = {
  readonly DATABASE_TYPE: string
  readonly SQLITE_DATABASE: string
  readonly MYSQL_HOST: string
  readonly MYSQL_PORT: number
  readonly MYSQL_USER: string
  readonly MYSQL_PASSWORD: string
  readonly MYSQL_DATABASE: string
  readonly MYSQL_SOCKET: string
}

/** Where the settings say that the database is. @throws SettingsRefused when one that MySQL needs is empty */
export const connectionOf = (values: DatabaseValues, dataDirectory: string): StorageConnection => {
  if (values.DATABASE_TYPE !== 'mysql') return { kind: 'sqlite', file: join(dataDirectory, values.SQLITE_DATABASE) }
  refuseMissing(values)
  return {
    kind: 'mysql',
    host: values.MYSQL_HOST,
    port: values.MYSQL_PORT,
    user: values.MYSQL_USER,
    password: new Secret(values.MYSQL_PASSWORD),
    database: values.MYSQL_DATABASE,
    ...(values.MYSQL_SOCKET === '' ? {} : { socket: values.MYSQL_SOCKET }),
  }
}

const refuseMissing = (values: DatabaseValues) => {
  const needed = [values.MYSQL_SOCKET === '' ? 'MYSQL_HOST' : 'MYSQL_SOCKET', 'MYSQL_USER', 'MYSQL_DATABASE'] as const
  const missing = needed.filter(name => values[name] === '')
  if (missing.length === 0) return
  throw new SettingsRefused(
    missing.map(setting => ({ setting, sentence: `${setting} is empty, but DATABASE_TYPE=mysql needs it.` })),
  )
}
