import { type Driver, Kysely, MysqlDialect } from 'kysely'
import { createPool, type PoolConnection, type PoolOptions, type QueryError } from 'mysql2'
import type { MysqlConnection } from './connection.ts'
import type { OpenDatabase, Tables } from './tables.ts'

export type MysqlLimits = {
  readonly connections: number
  /** A statement without an answer for this long ends with its connection, milliseconds. 0: no limit. */
  readonly queryLimitMs: number
}

/** Makes a pool of connections, which are opened when needed and again when they break. Does not connect yet. */
export const openMysql = (connection: MysqlConnection, limits: MysqlLimits): OpenDatabase => {
  const pool = createPool(poolOptions(connection, limits.connections))
  pool.on('connection', opened => prepareConnection(opened, limits.queryLimitMs))
  return { kind: 'mysql', queries: new Kysely<Tables>({ dialect: new QuietMysqlDialect({ pool }) }) }
}

const poolOptions = (connection: MysqlConnection, connections: number): PoolOptions => ({
  ...(connection.socket
    ? { socketPath: connection.socket }
    : { host: connection.host, port: connection.port, enableKeepAlive: true }),
  user: connection.user,
  password: connection.password.reveal(),
  database: connection.database,
  charset: 'utf8mb4',
  // Dates stay the text they are: no time zone of this process or of the server gets a say.
  timezone: 'Z',
  dateStrings: true,
  // SUM() is a DECIMAL, which would come back as text.
  decimalNumbers: true,
  connectTimeout: 5_000,
  connectionLimit: connections,
  // The server must not be able to ask for files of this machine.
  flags: ['-LOCAL_FILES'],
})

/**
 * NO_BACKSLASH_ESCAPES in a server's sql_mode would make mysql2's escaping unsafe, and a lax mode would cut values without
 * a word: the mode is set here, whatever the server says.
 */
const sessionSettings = `SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'`

const prepareConnection = (connection: PoolConnection, queryLimitMs: number) => {
  connection.query(sessionSettings, error => {
    if (error) connection.destroy()
  })
  const query = connection.query.bind(connection)
  const guarded = (sql: string, values: unknown[], answer: (error: QueryError | null, result: unknown) => void) =>
    query({ sql, ...(queryLimitMs > 0 ? { timeout: queryLimitMs } : {}) }, values, (error, result) => {
      // After its time-out mysql2 would give the connection back to the pool with the lost statement still under way.
      if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy()
      // The whole statement with all values in it, secrets too, which some day would be printed with the error.
      if (error) Object.assign(error, { sql: undefined })
      answer(error, result)
    })
  Object.assign(connection, { query: guarded })
}

class QuietMysqlDialect extends MysqlDialect {
  override createDriver(): Driver {
    const driver = super.createDriver()
    const rollback = driver.rollbackTransaction.bind(driver)
    // A connection that broke cannot roll back (the server does it); saying so would hide why it broke.
    driver.rollbackTransaction = connection => rollback(connection).catch(() => {})
    return driver
  }
}
