import { Database } from 'bun:sqlite'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseKind, StorageConnection } from '#src/storage/connection.ts'
import { originalDefaults } from '#src/storage/take-over/original-defaults.ts'
import type { Mariadb } from './_mariadb.ts'

/** Everything in the original's database that nobody may read any more after the take-over. */
export const planted = {
  key: 'AIzaSyPlantedKeyAAAAAAAAAAAAAAAAAAAAAAA',
  secondKey: 'planted.key/with+other:characters=0002',
  paidKey: 'AIzaSyPlantedPaidBBBBBBBBBBBBBBBBBBBBBBB',
  vertexKey: 'AQ.PlantedVertexCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC',
  loggedKey: 'AIzaSyPlantedGoneDDDDDDDDDDDDDDDDDDDDDDD',
  fileKey: 'AIzaSyPlantedFileEEEEEEEEEEEEEEEEEEEEEEE',
  erasedKey: 'AIzaSyPlantedOldFFFFFFFFFFFFFFFFFFFFFFFF',
  userToken: 'sk-planted-user-token',
  adminToken: 'sk-planted-admin-token',
  databasePassword: 'planted-mysql-password',
  proxyPassword: 'planted-proxy-password',
  unknownSecret: 'planted-by-a-neighbouring-program',
} as const

/** What a person changed; the rest of the original's rows are its defaults. */
const changed: Readonly<Record<string, string>> = {
  API_KEYS: JSON.stringify([planted.key, planted.secondKey, 'please enter your API key']),
  PAID_KEY: planted.paidKey,
  VERTEX_API_KEYS: JSON.stringify([planted.vertexKey]),
  ALLOWED_TOKENS: JSON.stringify([planted.userToken]),
  AUTH_TOKEN: planted.adminToken,
  PROXIES: JSON.stringify([`socks5://user:${planted.proxyPassword}@proxy.example:1080`]),
  MAX_FAILURES: '10',
  FAKE_STREAM_ENABLED: 'true',
  THINKING_BUDGET_MAP: '{"gemini-2.5-pro": -1}',
  DATABASE_TYPE: 'sqlite',
  SQLITE_DATABASE: 'default_db',
  MYSQL_PASSWORD: planted.databasePassword,
  MYSQL_PORT: '3306',
  NEIGHBOUR_PASSWORD: planted.unknownSecret,
}

export const originalStatements = (kind: DatabaseKind): string[] => [
  ...schema[kind],
  `INSERT INTO t_settings (${kind === 'mysql' ? '`key`' : 'key'}, value, description, created_at, updated_at) VALUES
    ${settingRows().join(', ')}`,
  `INSERT INTO t_request_log (request_time, model_name, api_key, is_success, status_code, latency_ms) VALUES
    ('2025-07-01 12:00:00.250000', 'gemini-2.5-pro', '${planted.key}', 1, 200, 1500),
    ('2025-12-01 12:00:00.000000', 'gemini-2.5-flash-search', '${planted.loggedKey}', 0, 429, 90),
    ('2025-12-01 12:00:01.000000', 'gemini-2.5-flash', '${planted.key}', 0, NULL, 5000),
    (NULL, NULL, NULL, 0, 500, NULL)`,
  `INSERT INTO t_error_logs (gemini_key, model_name, error_type, error_log, error_code, request_msg, request_time) VALUES
    ('${planted.loggedKey}', 'gemini-2.5-pro', 'gemini-chat-stream',
     'POST https://example.com/?key=${planted.loggedKey}nn refused, token ${planted.userToken}', 429,
     '{"apiKey": "n${planted.secondKey}"}', '2025-12-01 12:00:00.000000'),
    ('${planted.key}', 'gemini-2.5-pro', 'gemini-chat-non-stream', 'nothing secret', 503, 'null', '2025-12-01 12:00:02.000000')`,
  `INSERT INTO t_file_records (name, display_name, mime_type, size_bytes, sha256_hash, state, create_time, update_time,
     expiration_time, uri, api_key, user_token) VALUES
    ('files/one', 'one.png', 'image/png', 123, NULL, 'ACTIVE', '2025-12-01 12:00:00.000000', '2025-12-01 12:00:00.000000',
     '2025-12-03 12:00:00.000000', 'https://example.com/files/one', '${planted.fileKey}', '${planted.userToken}'),
    ('files/two', NULL, 'text/plain', 5, 'abc', 'PROCESSING', '2025-12-01 12:00:00.000000', '2025-12-01 12:00:00.000000',
     '2025-12-03 12:00:00.000000', 'https://example.com/files/two', '${planted.key}', NULL)`,
]

/** Makes a SQLite file as the original leaves it: rollback journal, and deleted rows still readable in unused pages. */
export const createOriginalSqlite = (file: string): StorageConnection => {
  mkdirSync(dirname(file), { recursive: true })
  const database = new Database(file, { create: true })
  for (const statement of originalStatements('sqlite')) database.run(statement)
  database.run(
    `INSERT INTO t_request_log (request_time, model_name, api_key, is_success, status_code, latency_ms)
     VALUES ('2025-12-01 12:00:03.000000', 'gemini-2.5-pro', '${planted.key}', 0, 'timed out, key ${planted.key}', 1)`,
  )
  const erased = Array.from({ length: 500 }, () => `('${planted.erasedKey}', '${planted.erasedKey.repeat(10)}')`)
  database.run(`INSERT INTO t_error_logs (gemini_key, error_log) VALUES ${erased.join(', ')}`)
  database.run(`DELETE FROM t_error_logs WHERE gemini_key = '${planted.erasedKey}'`)
  database.close()
  return { kind: 'sqlite', file }
}

/** Makes a database as the original leaves it on an old server whose default is latin1. */
export const createOriginalMysql = async (server: Mariadb, name: string): Promise<StorageConnection> => {
  const connection = await server.createDatabase(name)
  await server.administer([`ALTER DATABASE \`${name}\` CHARACTER SET latin1`, ...originalStatements('mysql')], name)
  return connection
}

const settingRows = () => {
  const defaults = Object.entries(originalDefaults).map(([name, value]) => [name, originalText(value)] as const)
  const rows = new Map([...defaults, ...Object.entries(changed)])
  return [...rows].map(
    ([name, value]) =>
      `('${name}', '${value}', 'a description', '2025-09-25 13:05:09.123456', '2025-09-25 13:05:09.123456')`,
  )
}

/** Python's JSON has a blank after commas and colons. */
const originalText = (value: unknown): string => {
  if (typeof value === 'string') return value
  return JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']')
}

const columns = (kind: DatabaseKind) => {
  const id = kind === 'mysql' ? 'id INTEGER NOT NULL AUTO_INCREMENT' : 'id INTEGER NOT NULL'
  const state = kind === 'mysql' ? "ENUM('PROCESSING','ACTIVE','FAILED')" : 'VARCHAR(10)'
  const key = kind === 'mysql' ? '`key`' : '"key"'
  return [
    `CREATE TABLE t_settings (${id}, ${key} VARCHAR(100) NOT NULL, value TEXT, description VARCHAR(255),
       created_at DATETIME, updated_at DATETIME, PRIMARY KEY (id), UNIQUE (${key}))`,
    `CREATE TABLE t_error_logs (${id}, gemini_key VARCHAR(100), model_name VARCHAR(100), error_type VARCHAR(50),
       error_log TEXT, error_code INTEGER, request_msg JSON, request_time DATETIME, PRIMARY KEY (id))`,
    `CREATE TABLE t_request_log (${id}, request_time DATETIME, model_name VARCHAR(100), api_key VARCHAR(100),
       is_success BOOLEAN NOT NULL, status_code INTEGER, latency_ms INTEGER, PRIMARY KEY (id))`,
    `CREATE TABLE t_file_records (${id}, name VARCHAR(255) NOT NULL, display_name VARCHAR(255),
       mime_type VARCHAR(100) NOT NULL, size_bytes BIGINT NOT NULL, sha256_hash VARCHAR(255), state ${state} NOT NULL,
       create_time DATETIME NOT NULL, update_time DATETIME NOT NULL, expiration_time DATETIME NOT NULL,
       uri VARCHAR(500) NOT NULL, api_key VARCHAR(100) NOT NULL, upload_url TEXT, user_token VARCHAR(100),
       upload_completed DATETIME, PRIMARY KEY (id), UNIQUE (name))`,
  ]
}

const schema: Readonly<Record<DatabaseKind, readonly string[]>> = { sqlite: columns('sqlite'), mysql: columns('mysql') }
