import { databaseSettings } from './config/database-settings.ts'
import type { OwnedSettings } from './config/declared-settings.ts'
import { ensureTokens, type GeneratedToken } from './config/first-start-tokens.ts'
import { noteGenerated, withoutOvertakenTokens } from './config/generated-tokens.ts'
import { mediaSettings } from './config/media-settings.ts'
import type { EnvironmentVariables } from './config/read-environment.ts'
import { securitySettings } from './config/security-settings.ts'
import { serverSettings } from './config/server-settings.ts'
import { Settings } from './config/settings.ts'
import { createKeyServices, type KeyServices } from './key-services.ts'
import { createLogger, type Logger, type LogLevel } from './logging/logger.ts'
import { MediaFetcher } from './media/media-fetcher.ts'
import { prepareDataDirectory } from './runtime/prepare-data-directory.ts'
import { openSecretBox } from './security/secret-box.ts'
import { TokenBook } from './security/token-book.ts'
import { openStorage, type Storage } from './storage/open-storage.ts'
import { WriteBehind } from './storage/write-behind.ts'
import { connectionOf } from './storage-connection.ts'
import { UpstreamClient } from './upstream/upstream-client.ts'
import { Watchdog } from './upstream/watchdog.ts'

export type ServicesOptions = {
  readonly definitions: readonly OwnedSettings[]
  readonly environment: EnvironmentVariables
  readonly envFile: string | undefined
  readonly writeLog: (line: string) => void
  readonly isTerminal: boolean
  /** Whether tokens that nobody set are made; default true. A command must not: the server it works beside may have them. */
  readonly makeTokens?: boolean
  /** For tests. Milliseconds since 1970 UTC. Default: the clock of this machine. */
  readonly now?: () => number
}

/** The long-lived things of the program, made in the order they need each other. */
export type Services = KeyServices & {
  readonly settings: Settings
  readonly logger: Logger
  readonly storage: Storage
  readonly records: WriteBehind
  readonly tokens: TokenBook
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  readonly watchdog: Watchdog
  readonly client: UpstreamClient
  readonly media: MediaFetcher
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
  const generatedTokens = options.makeTokens === false ? [] : await ensureTokens(settings)
  if (generatedTokens.length > 0) await storage.saveSettings(noteGenerated(rows, generatedTokens, box.keyIdOf))

  const records = new WriteBehind({ storage, logger })
  const { now = Date.now } = options
  const watchdog = new Watchdog()
  const client = new UpstreamClient(watchdog)
  const keys = await createKeyServices({ settings, logger, storage, records, box, client, watchdog, now })

  const security = settings.view(securitySettings)
  const tokens = new TokenBook(box.hmacKey)
  tokens.replace(security.AUTH_TOKEN, security.ALLOWED_TOKENS)
  settings.onChange(changed => {
    if (changed.has('AUTH_TOKEN') || changed.has('ALLOWED_TOKENS')) {
      tokens.replace(security.AUTH_TOKEN, security.ALLOWED_TOKENS)
    }
  })

  const media = new MediaFetcher({ settings: settings.view(mediaSettings) })
  return { ...keys, settings, logger, storage, records, tokens, now, watchdog, client, media, generatedTokens }
}

const chooseFormat = (wish: string, isTerminal: boolean) =>
  wish === 'json' || (wish === 'auto' && !isTerminal) ? 'json' : 'pretty'
