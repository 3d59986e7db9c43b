import { describe, expect, test } from 'bun:test'
import { coreSettings } from '#src/config/core-settings.ts'
import { ensureTokens } from '#src/config/first-start-tokens.ts'
import { securitySettings } from '#src/config/security-settings.ts'
import { Settings } from '#src/config/settings.ts'
import { rememberingLogger, rememberingStore } from './sample-settings.ts'

const start = (environment: Readonly<Record<string, string>>, rows: Readonly<Record<string, string>> = {}) => {
  const settings = Settings.fromEnvironment({ definitions: coreSettings, environment, envFile: undefined })
  const { store, saves } = rememberingStore()
  settings.attach({ store, logger: rememberingLogger().logger })
  settings.applyStored(new Map(Object.entries(rows)))
  return { settings, saves, values: settings.view(securitySettings) }
}

describe('tokens that nobody set', () => {
  test('are made, kept, used and handed over to be printed', async () => {
    const { settings, saves, values } = start({})
    const generated = await ensureTokens(settings)
    const [admin, client] = generated.map(({ token }) => token.reveal())
    expect(generated.map(({ setting }) => setting)).toEqual(['AUTH_TOKEN', 'ALLOWED_TOKENS'])
    expect(values).toMatchObject({ AUTH_TOKEN: admin, ALLOWED_TOKENS: [client] })
    expect(saves).toEqual([{ AUTH_TOKEN: admin ?? '', ALLOWED_TOKENS: JSON.stringify([client]) }])
    for (const token of [admin, client]) expect(token).toMatch(/^sk-[\w-]{48}$/)
    expect(admin).not.toBe(client)
    expect(JSON.stringify(generated)).not.toContain(admin)
  })

  test('are not made again at the next start', async () => {
    const { settings, saves } = start({}, { AUTH_TOKEN: 'sk-kept', ALLOWED_TOKENS: '["sk-client"]' })
    expect(await ensureTokens(settings)).toEqual([])
    expect(saves).toEqual([])
  })

  test('are made one by one', async () => {
    const { settings, saves } = start({ AUTH_TOKEN: 'sk-mine' })
    const generated = await ensureTokens(settings)
    expect(generated.map(({ setting }) => setting)).toEqual(['ALLOWED_TOKENS'])
    expect(Object.keys(saves[0] ?? {})).toEqual(['ALLOWED_TOKENS'])
  })

  test('replace an admin token that is empty or a sample, wherever it stands', async () => {
    for (const token of ['', 'your_token_1']) {
      const { settings, values } = start({ ALLOWED_TOKENS: 'sk-client' }, { AUTH_TOKEN: token })
      expect((await ensureTokens(settings)).map(({ setting }) => setting)).toEqual(['AUTH_TOKEN'])
      expect(values.AUTH_TOKEN).toStartWith('sk-')
    }
  })

  test('are not forced on a person who wants no client tokens', async () => {
    const { settings, values } = start({ AUTH_TOKEN: 'sk-mine' }, { ALLOWED_TOKENS: '[]' })
    expect(await ensureTokens(settings)).toEqual([])
    expect(values.ALLOWED_TOKENS).toEqual([])
  })
})
