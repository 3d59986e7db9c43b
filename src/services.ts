import { join } from 'node:path'
import { databaseSettings } from './config/database-settings.ts'
import type { OwnedSettings } from './config/declared-settings.ts'
import { ensureTokens, type GeneratedToken } from './config/first-start-tokens.ts'
import { noteGenerated, withoutOvertakenTokens } from './config/generated-tokens.ts'
import { keySettings } from './config/key-settings.ts'
import type { EnvironmentVariables } from './config/read-environment.ts'
import { securitySettings } from './config/security-settings.ts'
import { serverSettings } from './config/server-settings.ts'
import { Settings } from './config/settings.ts'
import { SettingsRefused } from './config/settings-refused.ts'
import { collectKeys } from './keys/key-entries.ts'
import { createKeyOverview } from './keys/key-overview.ts'
import { KeyPool } from './keys/key-pool.ts'
import { createLogger, type Logger, type LogLevel } from './logging/logger.ts'
import { prepareDataDirectory } from './runtime/prepare-data-directory.ts'
import { Secret } from './security/secret.ts'
import { openSecretBox } from './security/secret-box.ts'
import { TokenBook } from './security/token-book.ts'
import type { StorageConnection } from './storage/connection.ts'
import { openStorage } from './storage/open-storage.ts'
import { WriteBehind } from './storage/write-behind.ts'
import { UpstreamClient } from './upstream/upstream-client.ts'
import { Watchdog } from './upstream/watchdog.ts'

export type ServicesOptions = {
  readonly definitions: readonly OwnedSettings[]
  readonly environment: EnvironmentVariables
  readonly envFile: string | undefined
  readonly writeLog: (line: string) => void
  readonly isTerminal: boolean
}

/** The long-lived things of the program, made in the order they need each other. */
export type Services = {
  readonly settings: Settings
  readonly logger: Logger
  readonly storage: Awaited<ReturnType<typeof openStorage>>
  readonly records: WriteBehind
  readonly pool: KeyPool
  readonly overview: ReturnType<typeof createKeyOverview>
  readonly tokens: TokenBook
  readonly watchdog: Watchdog
  readonly client: UpstreamClient
  /** Tokens that were made because none was set; to be shown once. */
  readonly generatedTokens: readonly GeneratedToken[]
}

/**
 * Reads the configuration, opens the database and fills the pool.
 * @throws SettingsRefused, and what the database and the secret box throw; each message is fit for a person
 */
export const createServices = async (options: ServicesOptions): Promise<Services> => {
  const settings = Settings.fromEnvironment(options)
  const server = settings.view(serverSettings)
  const logger = createLogger({
    level: () => server.LOG_LEVEL.toLowerCase() as LogLevel,
    format: chooseFormat(server.LOG_FORMAT, options.isTerminal),
    write: options.writeLog,
  })
  const database = settings.view(databaseSettings)
  prepareDataDirectory(server.DATA_DIR)
  const box = openSecretBox({ encryptionKey: database.ENCRYPTION_KEY, dataDirectory: server.DATA_DIR })
  const secretNames = new Set(settings.describe().flatMap(({ name, secret }) => (secret ? [name] : [])))
  const storage = await openStorage({
    connection: connectionOf(database, server.DATA_DIR),
    secretBox: box,
    logger,
    isSecretSetting: name => secretNames.has(name),
  })
  settings.attach({ store: storage, logger })
  const rows = await storage.loadSettings()
  settings.applyStored(withoutOvertakenTokens(rows, settings, box.keyIdOf))
  const generatedTokens = await ensureTokens(settings)
  if (generatedTokens.length > 0) await storage.saveSettings(noteGenerated(rows, generatedTokens, box.keyIdOf))

  const records = new WriteBehind({ storage, logger })
  const keys = settings.view(keySettings)
  const pool = new KeyPool({
    sink: records,
    logger,
    now: Date.now,
    random: Math.random,
    mostInFlight: () => keys.MAX_IN_FLIGHT_PER_KEY,
    mostSoftFailures: () => keys.MAX_FAILURES,
  })
  const stored = await storage.loadKeys()
  pool.replaceKeys(collectKeys(keys, stored, box))
  pool.restore(await storage.loadKeyStates())

  const security = settings.view(securitySettings)
  const tokens = new TokenBook(box.hmacKey)
  tokens.replace(security.AUTH_TOKEN, security.ALLOWED_TOKENS)
  settings.onChange(changed => {
    if (changed.has('AUTH_TOKEN') || changed.has('ALLOWED_TOKENS')) {
      tokens.replace(security.AUTH_TOKEN, security.ALLOWED_TOKENS)
    }
    if (Object.keys(keySettings).some(name => changed.has(name))) pool.replaceKeys(collectKeys(keys, stored, box))
  })

  const watchdog = new Watchdog()
  return {
    settings,
    logger,
    storage,
    records,
    pool,
    overview: createKeyOverview(pool, Date.now),
    tokens,
    watchdog,
    client: new UpstreamClient(watchdog),
    generatedTokens,
  }
}

const chooseFormat = (wish: string, isTerminal: boolean) =>
  wish === 'json' || (wish === 'auto' && !isTerminal) ? 'json' : 'pretty'

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

const connectionOf = (values: DatabaseValues, dataDirectory: string): StorageConnection => {
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
