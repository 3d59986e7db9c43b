import { randomBytes } from 'node:crypto'
import { Elysia } from 'elysia'
import { keysApi } from './admin/keys-api.ts'
import { keysCheckApi } from './admin/keys-check-api.ts'
import type { Plugins } from './app.ts'
import type { LocalKeys } from './cli/keys/keys-target.ts'
import { securitySettings } from './config/security-settings.ts'
import { selectForCheck } from './keys/check-select.ts'
import { Secret } from './security/secret.ts'
import { TokenBook } from './security/token-book.ts'
import { settingsOf } from './serve.ts'
import { createServices, type ServicesOptions } from './services.ts'

export type LocalKeysOptions = Pick<ServicesOptions, 'environment' | 'envFile'> & {
  readonly plugins: Plugins
}

/**
 * The keys of the database that the settings describe, behind the same routes that a server has, with no port and with a
 * token that nobody else knows. New keys are not checked: the process ends before that is done.
 * @throws SettingsRefused and other errors whose message is fit for a person
 */
export const openLocalKeys = async ({ plugins, ...sources }: LocalKeysOptions): Promise<LocalKeys> => {
  const services = await createServices({
    definitions: settingsOf(plugins),
    ...sources,
    environment: { ...sources.environment, LOG_FORMAT: 'json' },
    isTerminal: false,
    makeTokens: false,
    writeLog: line => {
      if (line.includes('"level":"error"')) process.stderr.write(line)
    },
  })
  const { settings, storage, records, checker, rechecks } = services
  const token = randomBytes(32).toString('base64url')
  const tokens = new TokenBook(randomBytes(32))
  tokens.replace(token, [])
  const keepOpen = () => () => {}
  const routes = new Elysia()
    .use(keysApi({ ...services, tokens, checkOnImport: () => {}, keepOpen }))
    .use(keysCheckApi({ ...services, resolve: selectForCheck(services), tokens, keepOpen }))
  return {
    adminToken: new Secret(settings.view(securitySettings).AUTH_TOKEN),
    ask: (method, path, body) =>
      routes.handle(
        new Request(`http://gemini-balance.local/api/keys${path}`, {
          method,
          headers: { authorization: `Bearer ${token}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    close: async () => {
      rechecks.stop()
      await checker.stop()
      await records.drain(5000)
      await storage.close()
    },
  }
}
