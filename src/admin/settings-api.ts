import { Elysia } from 'elysia'
import type { Settings } from '../config/settings.ts'
import { SettingsRefused } from '../config/settings-refused.ts'
import type { Logger } from '../logging/logger.ts'
import type { TokenBook } from '../security/token-book.ts'
import { isAdmin, readObject, refuseStranger, tell } from './admin-request.ts'

export type SettingsApiDependencies = {
  readonly settings: Pick<Settings, 'describe' | 'change'>
  readonly tokens: TokenBook
  readonly logger: Logger
}

const mostBytes = 1_048_576

/**
 * The settings for programs and, by `curl`, for people, with the admin token as `Authorization: Bearer`. No cookie opens
 * it, so there is nothing for another site to forge. `GET` describes every setting and shows no secret; `PATCH` takes
 * `{"NAME": value}`, where null puts a setting back to what holds without the database, and is all or nothing.
 */
export const settingsApi = ({ settings, tokens, logger }: SettingsApiDependencies) =>
  new Elysia({ name: 'settings-api' })
    .get('/api/settings', ({ request }) =>
      isAdmin(request, tokens) ? Response.json(settings.describe()) : refuseStranger(),
    )
    .patch(
      '/api/settings',
      async ({ request }) => {
        if (!isAdmin(request, tokens)) return refuseStranger()
        const body = await readObject(request, mostBytes, 'of setting names and values, up to 1 MB')
        if (body.kind === 'refused') return body.response
        const changes = body.object
        if (changes.get('AUTH_TOKEN') === '') {
          return tell(400, 'AUTH_TOKEN must not be empty: nobody could undo it. null puts it back.')
        }
        try {
          await settings.change(changes)
          logger.info('settings were changed', { names: [...changes.keys()] })
          return Response.json(settings.describe().filter(({ name }) => changes.has(name)))
        } catch (error) {
          if (error instanceof SettingsRefused) return tell(400, error.message, { refusals: error.refusals })
          logger.error('settings could not be stored', { error })
          return tell(503, 'The settings could not be stored: the database does not answer. Nothing was changed.')
        }
      },
      { parse: 'none' },
    )
