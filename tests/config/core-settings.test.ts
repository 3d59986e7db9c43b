import { describe, expect, test } from 'bun:test'
import { coreSettings } from '#src/config/core-settings.ts'
import { databaseSettings } from '#src/config/database-settings.ts'
import { declareSettings } from '#src/config/declared-settings.ts'
import { keySettings } from '#src/config/key-settings.ts'
import { logSettings } from '#src/config/log-settings.ts'
import { serverSettings } from '#src/config/server-settings.ts'
import { Settings } from '#src/config/settings.ts'
import { SettingsRefused } from '#src/config/settings-refused.ts'
import { rememberingLogger, rememberingStore } from './sample-settings.ts'

const declared = [...declareSettings(coreSettings).values()]
const open = (environment: Readonly<Record<string, string>>, envFile?: string) =>
  Settings.fromEnvironment({ definitions: coreSettings, environment, envFile })

const sentencesOf = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    open(environment)
    return []
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error
    return error.refusals.map(({ sentence }) => sentence)
  }
}

/** Every name of the original but those that plugins declare. */
const namesOfTheOriginal = `
  DATABASE_TYPE SQLITE_DATABASE MYSQL_HOST MYSQL_PORT MYSQL_USER MYSQL_PASSWORD MYSQL_DATABASE MYSQL_SOCKET API_KEYS
  ALLOWED_TOKENS AUTH_TOKEN BASE_URL MAX_FAILURES TEST_MODEL TIME_OUT MAX_RETRIES PROXIES
  PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY VERTEX_API_KEYS VERTEX_EXPRESS_BASE_URL
  CUSTOM_HEADERS IMAGE_MODELS FILTERED_MODELS TTS_MODEL TTS_VOICE_NAME TTS_SPEED PAID_KEY CREATE_IMAGE_MODEL
  UPLOAD_PROVIDER SMMS_SECRET_TOKEN PICGO_API_KEY PICGO_API_URL CLOUDFLARE_IMGBED_URL CLOUDFLARE_IMGBED_AUTH_CODE
  CLOUDFLARE_IMGBED_UPLOAD_FOLDER OSS_ENDPOINT OSS_ENDPOINT_INNER OSS_ACCESS_KEY OSS_ACCESS_KEY_SECRET
  OSS_BUCKET_NAME OSS_REGION STREAM_OPTIMIZER_ENABLED STREAM_MIN_DELAY STREAM_MAX_DELAY STREAM_SHORT_TEXT_THRESHOLD
  STREAM_LONG_TEXT_THRESHOLD STREAM_CHUNK_SIZE FAKE_STREAM_ENABLED FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS
  CHECK_INTERVAL_HOURS TIMEZONE GITHUB_REPO_OWNER GITHUB_REPO_NAME LOG_LEVEL ERROR_LOG_RECORD_REQUEST_BODY
  AUTO_DELETE_ERROR_LOGS_ENABLED AUTO_DELETE_ERROR_LOGS_DAYS AUTO_DELETE_REQUEST_LOGS_ENABLED
  AUTO_DELETE_REQUEST_LOGS_DAYS FILES_CLEANUP_ENABLED FILES_CLEANUP_INTERVAL_HOURS FILES_USER_ISOLATION_ENABLED
  ADMIN_SESSION_EXPIRE`
  .trim()
  .split(/\s+/)

describe('the declarations', () => {
  test('hold every name of the original', () => {
    const names = declared.map(({ name }) => name)
    expect(namesOfTheOriginal.filter(name => !names.includes(name))).toEqual([])
  })

  test('explain each setting in one or more whole sentences, in English and in Chinese', () => {
    const unfinished = declared.filter(
      ({ setting }) => !/^[A-Za-z\d]/.test(setting.help.en) || !setting.help.en.endsWith('.'),
    )
    const untranslated = declared.filter(({ setting }) => !/\p{Script=Han}.*。$/u.test(setting.help.zh))
    expect([...unfinished, ...untranslated].map(({ name }) => name)).toEqual([])
  })

  test('have names that the environment can carry', () => {
    expect(declared.filter(({ name }) => !/^[A-Z][A-Z_]*$/.test(name))).toEqual([])
  })

  test('mark as secret whatever holds keys, tokens or passwords', () => {
    expect(declared.filter(({ setting }) => setting.secret).map(({ name }) => name)).toEqual([
      'MYSQL_PASSWORD',
      'ENCRYPTION_KEY',
      'AUTH_TOKEN',
      'ALLOWED_TOKENS',
      'API_KEYS',
      'VERTEX_API_KEYS',
      'PAID_KEY',
      'PROXIES',
      'CUSTOM_HEADERS',
      'SMMS_SECRET_TOKEN',
      'PICGO_API_KEY',
      'CLOUDFLARE_IMGBED_AUTH_CODE',
      'OSS_ACCESS_KEY',
      'OSS_ACCESS_KEY_SECRET',
    ])
  })

  test('start without any source, with nothing to set up', () => {
    const settings = open({})
    expect(settings.view(serverSettings)).toMatchObject({ HOST: '0.0.0.0', PORT: 8000, DATA_DIR: './data' })
    expect(settings.view(databaseSettings).DATABASE_TYPE).toBe('sqlite')
  })
})

describe('an installation of the original', () => {
  const envFile = `
# database
DATABASE_TYPE=mysql
MYSQL_HOST=gemini-balance-mysql
#MYSQL_SOCKET=/run/mysqld/mysqld.sock
MYSQL_PORT=3306
MYSQL_USER=gemini
MYSQL_PASSWORD=change_me
MYSQL_DATABASE=default_db
API_KEYS=["first-key-of-the-pool","second-key-of-the-pool"]
AUTH_TOKEN=sk-an-honest-token
ALLOWED_TOKENS=["sk-for-clients"]
PROXIES=["socks5://user:pw@proxy:1080"]
FAKE_STREAM_ENABLED=True
STREAM_MIN_DELAY=0.016
LOG_LEVEL=WARNING
TIMEZONE=Asia/Shanghai
ENABLE_TTS=false
`
  test('has its .env file understood', () => {
    const settings = open({}, envFile)
    expect(settings.view(databaseSettings)).toMatchObject({ DATABASE_TYPE: 'mysql', MYSQL_PASSWORD: 'change_me' })
    expect(settings.view(keySettings).API_KEYS).toEqual(['first-key-of-the-pool', 'second-key-of-the-pool'])
    expect(settings.view(serverSettings).LOG_LEVEL).toBe('warn')
    expect(settings.originOf('FAKE_STREAM_ENABLED')).toBe('.env')
  })

  test('has the rows of its database taken over, and those that would break the server ignored', () => {
    const settings = open({})
    const { logger, lines } = rememberingLogger()
    settings.attach({ store: rememberingStore().store, logger })
    settings.applyStored(
      new Map([
        ['MAX_RETRIES', '0'],
        ['MAX_FAILURES', '10'],
        ['AUTH_TOKEN', 'sk-123456'],
        ['AUTO_DELETE_REQUEST_LOGS_ENABLED', 'false'],
        ['LOG_LEVEL', 'INFO'],
        ['DATABASE_TYPE', 'mysql'],
        ['MYSQL_PORT', '3307'],
        ['model-search-input', ''],
      ]),
    )
    expect(settings.view(keySettings)).toMatchObject({ MAX_RETRIES: 3, MAX_FAILURES: 10 })
    expect(settings.view(logSettings).AUTO_DELETE_REQUEST_LOGS_ENABLED).toBe(false)
    expect(settings.view(databaseSettings)).toMatchObject({ DATABASE_TYPE: 'sqlite', MYSQL_PORT: 3306 })
    expect(lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'A setting of the database is ignored: MAX_RETRIES is 0, but must be a whole number of attempts from 1 to 100.',
      'A setting of the database is ignored: AUTH_TOKEN must not be a sample token that stands in public documents (its value is not shown).',
    ])
  })
})

describe('rules beyond the type', () => {
  test.each([
    'sk-123456',
    'SK-123456',
    'your_token_1',
    'your_token',
    'your-token',
    'your_admin_token',
    'sk-your-token',
    'sk-xxx',
    'sk-xxxxxxxxxxxxxxxx',
    'sk-xxx…',
    'xxx',
    'admin',
  ])('the sample token %p is refused as the admin token', token => {
    expect(sentencesOf({ AUTH_TOKEN: token })).toEqual([
      'AUTH_TOKEN must not be a sample token that stands in public documents (its value is not shown).',
    ])
  })
  test.each(['sk-1234567', 'my-own-token', 'sk-yours', 'xylophone'])('%p is fine as the admin token', token => {
    expect(sentencesOf({ AUTH_TOKEN: token })).toEqual([])
  })

  test.each([
    ['AUTH_TOKEN', 'marker token', 'AUTH_TOKEN must not hold spaces or line breaks (its value is not shown).'],
    [
      'ALLOWED_TOKENS',
      'fine,marker token',
      'ALLOWED_TOKENS must not hold spaces or line breaks inside a token, as entry 2 does (its value is not shown).',
    ],
    [
      'API_KEYS',
      '["fine","mark er"]',
      'API_KEYS must hold only letters, digits and signs without spaces, unlike key 2 (its value is not shown).',
    ],
    [
      'PROXIES',
      'http://fine:1,ftp://u:marker@h',
      'PROXIES must hold addresses such as http://host:3128 or socks5://user:password@host:1080, unlike entry 2 (its value is not shown).',
    ],
    [
      'CUSTOM_HEADERS',
      '{"X-Key":"marker\\r\\nHost: evil"}',
      'CUSTOM_HEADERS must hold only names and values that can stand in an HTTP header, without line breaks (its value is not shown).',
    ],
    [
      'ENCRYPTION_KEY',
      'marker',
      'ENCRYPTION_KEY must be empty or have at least 16 characters (its value is not shown).',
    ],
    [
      'BASE_URL',
      'generativelanguage.googleapis.com',
      'BASE_URL is "generativelanguage.googleapis.com", but must be an address that starts with https:// or http:// and has no user, no ? and no #.',
    ],
    [
      'BASE_URL',
      'https://me:pw@mirror/v1beta?key=abc',
      'BASE_URL is "https://…@mirror/v1beta?key=…", but must be an address that starts with https:// or http:// and has no user, no ? and no #.',
    ],
    [
      'BASE_PATH',
      'gemini/',
      'BASE_PATH is "gemini/", but must be empty or a path such as /gemini-balance, with a slash in front and none at the end.',
    ],
    [
      'SQLITE_DATABASE',
      '../other',
      'SQLITE_DATABASE is "../other", but must be the name of a file, without a folder in front of it.',
    ],
    [
      'TIMEZONE',
      'Mars/Olympus',
      'TIMEZONE is "Mars/Olympus", but must be the IANA name of a time zone, such as UTC or Asia/Shanghai.',
    ],
  ])('%s=%s', (name, text, sentence) => {
    expect(sentencesOf({ [name]: text })).toEqual([sentence])
  })

  test.each([
    ['BASE_URL', 'https://gateway.ai.cloudflare.com/v1/account/gateway/google-ai-studio/v1beta'],
    ['BASE_URL', 'http://127.0.0.1:9000/v1beta'],
    ['BASE_PATH', '/a/b-c'],
    ['PROXIES', 'http://u:p@h:1,https://h,socks5://h:1,socks5h://[::1]:1080'],
    ['TIMEZONE', 'UTC'],
    ['CUSTOM_HEADERS', "{'X-Api-Key': 'abc'}"],
    ['MAX_RETRIES', '1'],
    ['PORT', '0'],
  ])('%s=%s is fine', (name, text) => {
    expect(sentencesOf({ [name]: text })).toEqual([])
  })
})
