import { Elysia } from 'elysia'
import type { Settings } from '../config/settings.ts'
import { SettingsRefused } from '../config/settings-refused.ts'
import type { Logger } from '../logging/logger.ts'
import type { TokenBook } from '../security/token-book.ts'

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
    .get('/api/settings', ({ request }) => (isAdmin(request, tokens) ? Response.json(settings.describe()) : refuse()))
    .patch(
      '/api/settings',
      async ({ request }) => {
        if (!isAdmin(request, tokens)) return refuse()
        const changes = await readChanges(request)
        if (changes === null)
          return tell(400, 'The body must be a JSON object of setting names and values, up to 1 MB.')
        if (changes.get('AUTH_TOKEN') === '') {
          return tell(400, 'AUTH_TOKEN must not be empty: nobody could undo it. null puts it back.')
        }
        try {
          await settings.change(changes)
          logger.info('settings were changed', { names: [...changes.keys()] })
          return Response.json(settings.describe().filter(({ name }) => changes.has(name)))
        } catch (error) {
          if (error instanceof SettingsRefused) return tell(400, error.message, error.refusals)
          logger.error('settings could not be stored', { error })
          return tell(503, 'The settings could not be stored: the database does not answer. Nothing was changed.')
        }
      },
      { parse: 'none' },
    )

const isAdmin = ({ headers }: Request, tokens: TokenBook): boolean =>
  tokens.find((headers.get('authorization') ?? '').replace(/^bearer /i, ''))?.role === 'admin'

const readChanges = async (request: Request): Promise<ReadonlyMap<string, unknown> | null> => {
  if (Number(request.headers.get('content-length') ?? Number.NaN) > mostBytes) return null
  try {
    const body: unknown = JSON.parse(await request.text())
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? new Map(Object.entries(body)) : null
  } catch {
    return null
  }
}

const refuse = () => tell(401, 'Send the admin token as Authorization: Bearer.')

const tell = (status: number, message: string, refusals: SettingsRefused['refusals'] = []) =>
  Response.json({ error: { message, ...(refusals.length > 0 ? { refusals } : {}) } }, { status })
