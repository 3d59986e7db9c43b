import { expect, test } from 'bun:test'
import { settingsApi } from '#src/admin/settings-api.ts'
import { coreSettings } from '#src/config/core-settings.ts'
import { keySettings } from '#src/config/key-settings.ts'
import { Settings } from '#src/config/settings.ts'
import { silentLogger } from '#src/logging/logger.ts'
import { TokenBook } from '#src/security/token-book.ts'

const adminToken = 'the-admin-token'

const makeApi = (options: { readonly isDatabaseAway?: boolean } = {}) => {
  const rows = new Map<string, string | null>()
  const settings = Settings.fromEnvironment({
    definitions: coreSettings,
    environment: { MAX_RETRIES: '5', API_KEYS: '["a-planted-api-key"]' },
    envFile: undefined,
  })
  const saveSettings = async (changes: ReadonlyMap<string, string | null>) => {
    if (options.isDatabaseAway) throw new Error('away')
    for (const [name, text] of changes) rows.set(name, text)
  }
  settings.attach({ store: { saveSettings }, logger: silentLogger })
  const tokens = new TokenBook(new Uint8Array(32))
  tokens.replace(adminToken, ['a-client-token'])
  const api = settingsApi({ settings, tokens, logger: silentLogger })
  const ask = async (method: string, token: string | null, body?: unknown) => {
    const response = await api.handle(
      new Request('http://gateway.test/api/settings', {
        method,
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown> & { error?: { message: string } },
    }
  }
  return { ask, rows, keys: settings.view(keySettings) }
}

test.each([[null], [''], ['wrong'], ['a-client-token']])('the token %j opens nothing', async token => {
  const { ask, keys } = makeApi()
  expect((await ask('GET', token)).status).toBe(401)
  expect((await ask('PATCH', token, { MAX_RETRIES: 2 })).status).toBe(401)
  expect(keys.MAX_RETRIES).toBe(5)
})

test('every setting is described with its origin, and no secret is shown', async () => {
  const { status, body } = await makeApi().ask('GET', adminToken)
  expect(status).toBe(200)
  expect(body).toContainEqual(expect.objectContaining({ name: 'MAX_RETRIES', origin: 'environment' }))
  expect(JSON.stringify(body)).not.toContain('a-planted-api-key')
})

test('a change holds at once, is stored, and can be put back', async () => {
  const { ask, rows, keys } = makeApi()
  expect((await ask('PATCH', adminToken, { MAX_RETRIES: 2, MAX_FAILURES: '7' })).status).toBe(200)
  expect([keys.MAX_RETRIES, keys.MAX_FAILURES]).toEqual([2, 7])
  expect((await ask('PATCH', adminToken, { MAX_RETRIES: null })).status).toBe(200)
  expect(keys.MAX_RETRIES).toBe(5)
  expect([...rows]).toEqual([
    ['MAX_RETRIES', null],
    ['MAX_FAILURES', '7'],
  ])
})

test.each([
  ['a bad value beside a good one', { MAX_FAILURES: 7, MAX_RETRIES: 0 }, 'MAX_RETRIES is 0'],
  ['a setting that is not there', { MAX_FAILURES: 7, NO_SUCH: 1 }, 'NO_SUCH is not a setting'],
  ['putting back what is not there', { MAX_FAILURES: 7, NO_SUCH: null }, 'NO_SUCH is not a setting'],
  ['a setting that is read at start only', { MAX_FAILURES: 7, PORT: 9 }, 'PORT is read at start only'],
  ['an empty admin token', { MAX_FAILURES: 7, AUTH_TOKEN: '' }, 'AUTH_TOKEN must not be empty'],
  ['no object', [1], 'must be a JSON object'],
  ['no JSON', '{', 'must be a JSON object'],
])('%s is refused with a sentence, and nothing changes', async (_name, body, sentence) => {
  const { ask, rows, keys } = makeApi()
  const answer = await ask('PATCH', adminToken, body)
  expect(answer.status).toBe(400)
  expect(answer.body.error?.message).toContain(sentence)
  expect(keys.MAX_FAILURES).toBe(3)
  expect(rows.size).toBe(0)
})

test('when the database is away nothing changes, and the answer says so', async () => {
  const { ask, keys } = makeApi({ isDatabaseAway: true })
  expect((await ask('PATCH', adminToken, { MAX_RETRIES: 2 })).status).toBe(503)
  expect(keys.MAX_RETRIES).toBe(5)
})
