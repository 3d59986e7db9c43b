import { describe, expect, test } from 'bun:test'
import { isOriginalDefault } from '#src/storage/take-over/original-defaults.ts'
import { sortSettings } from '#src/storage/take-over/sort-settings.ts'

const isSecretSetting = (name: string) => name === 'CUSTOM_HEADERS'
const sort = (settings: Readonly<Record<string, string>>) =>
  sortSettings(
    Object.entries(settings).map(([name, value]) => ({ name, value })),
    isSecretSetting,
  )

describe("the original's settings", () => {
  test.each([
    ['["planted-key-1", "planted-key-2"]', ['planted-key-1', 'planted-key-2']],
    ['planted-key-1, planted-key-2', ['planted-key-1', 'planted-key-2']],
    ['["planted-key-1", "planted-key-1", ""]', ['planted-key-1']],
    ['["please enter a key"]', []],
    ['', []],
  ])('API_KEYS %p gives the keys %p', (value, secrets) => {
    expect(sort({ API_KEYS: value }).keys.map(key => key.secret)).toEqual(secrets)
  })

  test('a paid key that is listed among the others keeps its place and is marked', () => {
    expect(sort({ API_KEYS: '["planted-key-1"]', PAID_KEY: 'planted-key-1' }).keys).toEqual([
      { secret: 'planted-key-1', kind: 'gemini', priority: 0, tags: ['paid'] },
    ])
  })

  test.each([
    'MYSQL_HOST',
    'MYSQL_PASSWORD',
    'DATABASE_TYPE',
    'SQLITE_DATABASE',
    'API_KEYS',
    'PAID_KEY',
    'VERTEX_API_KEYS',
  ])('%s is removed whatever it says', name => {
    expect(sort({ [name]: 'planted-value' }).removed).toEqual([name])
  })

  test('a junk row stays as it is, whatever it is called', () => {
    expect(sort({ toString: 'junk', constructor: '' })).toEqual({ removed: [], sealed: [], keys: [], secrets: [] })
  })

  test('what looks like a secret is sealed, also under a name nobody knows', () => {
    const settings = { CUSTOM_HEADERS: '{"X-Key": "planted-header"}', OTHER_PASSWORD: 'planted-password' }
    expect(sort(settings).sealed.map(setting => setting.name)).toEqual(['CUSTOM_HEADERS', 'OTHER_PASSWORD'])
  })

  test.each(['true', 'False', '10', '0.5', '[]', '{}', '', 'null'])('%p is no secret, whatever its name', value => {
    expect(sort({ SOME_TOKEN: value }).sealed).toEqual([])
  })

  test('all secret parts of a value are known afterwards', () => {
    const { secrets } = sort({
      PROXY_AUTH: '["http://me:planted%2Fpassword@proxy.example"]',
      CUSTOM_HEADERS: '{"X-Key": "planted-header"}',
      MYSQL_PASSWORD: 'planted-database-password',
    })
    expect(secrets).toEqual(
      expect.arrayContaining(['planted/password', 'planted%2Fpassword', 'planted-header', 'planted-database-password']),
    )
  })
})

describe("a value is the original's default", () => {
  test.each([
    ['MAX_FAILURES', '3'],
    ['STREAM_MIN_DELAY', '0.016'],
    ['SHOW_SEARCH_LINK', 'true'],
    ['SHOW_SEARCH_LINK', 'True'],
    ['THINKING_MODELS', '[]'],
    ['SEARCH_MODELS', '["gemini-2.5-flash", "gemini-2.5-pro"]'],
    ['AUTH_TOKEN', ''],
    ['LOG_LEVEL', 'INFO'],
  ])('%s = %p', (name, value) => {
    expect(isOriginalDefault(name, value)).toBe(true)
  })

  test.each([
    ['MAX_FAILURES', '10'],
    ['MAX_FAILURES', ''],
    ['CHECK_INTERVAL_HOURS', 'often'],
    ['SHOW_SEARCH_LINK', 'false'],
    ['SEARCH_MODELS', '["gemini-2.5-flash"]'],
    ['SEARCH_MODELS', 'gemini-2.5-flash'],
    ['LOG_LEVEL', 'DEBUG'],
    ['SOMETHING_ELSE', ''],
    ['toString', ''],
  ])('not %s = %p', (name, value) => {
    expect(isOriginalDefault(name, value)).toBe(false)
  })
})
