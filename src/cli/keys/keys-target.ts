import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { coreSettings } from '../../config/core-settings.ts'
import { databaseSettings } from '../../config/database-settings.ts'
import type { EnvironmentVariables } from '../../config/read-environment.ts'
import { securitySettings } from '../../config/security-settings.ts'
import { serverSettings } from '../../config/server-settings.ts'
import { Settings } from '../../config/settings.ts'
import { Secret } from '../../security/secret.ts'
import type { KeysCommand } from './parse-keys-arguments.ts'
import { tellPerson } from './terminal.ts'

/** The keys API, wherever it is. */
export type KeysTarget = {
  /** `path` begins behind `/api/keys`. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Response>
  readonly close: () => Promise<void>
}

/** The keys API of this process, over the database that the settings describe. */
export type LocalKeys = KeysTarget & {
  /** The one that holds, which may have been changed on the dashboard. */
  readonly adminToken: Secret
}

export type TargetTools = {
  readonly environment: EnvironmentVariables
  readonly envFile: string | undefined
  /** @throws what the database throws; each message is fit for a person */
  readonly openLocalKeys: () => Promise<LocalKeys>
}

/** Thrown when a server cannot be used; the message is for people. */
export class ServerUnusable extends Error {
  override readonly name = 'ServerUnusable'
}

/** Thrown when a command that only looks at keys, or changes some, finds no database; the message is for people. */
export class NoDatabase extends Error {
  override readonly name = 'NoDatabase'
}

/**
 * Finds the keys and says on standard error where they are.
 * Only an import that is no dry run makes a database where there is none.
 * @throws SettingsRefused, ServerUnusable, NoDatabase, and what the database throws
 */
export const findTarget = async ({ action, place, token }: KeysCommand, tools: TargetTools): Promise<KeysTarget> => {
  const settings = Settings.fromEnvironment({ definitions: coreSettings, ...tools })
  const tokenOfSettings = settings.view(securitySettings).AUTH_TOKEN
  const usual = token ?? (tokenOfSettings === '' ? undefined : new Secret(tokenOfSettings))
  const local = addressOf(settings)
  const missing = missingFileOf(settings)
  const openDatabase = () => {
    const mayMake = action.name === 'import' && !action.dryRun
    if (missing !== undefined && !mayMake) throw new NoDatabase(noDatabase(missing))
    return tools.openLocalKeys()
  }
  switch (place.kind) {
    case 'server': {
      tellPerson(`Using the server at ${place.url}.`)
      if (usual === undefined) throw new ServerUnusable('Set AUTH_TOKEN to the admin token of the server.')
      const target = serverTarget(place.url, usual)
      if (!(await isAccepted(target, place.url))) throw new ServerUnusable(refusedToken)
      return target
    }
    case 'database':
      tellPerson('Using the database of the settings.')
      if (local !== undefined && (await answers(local)))
        tellPerson(`A server answers at ${local}. It notices changes only when it is started again.`)
      return await openDatabase()
    case 'either':
      if (local === undefined || !(await answers(local))) {
        const why = local === undefined ? '' : `, as no server answers at ${local}`
        tellPerson(`Using the database of the settings${why}.`)
        return await openDatabase()
      }
      tellPerson(`Using the server at ${local}.`)
      return await openServer(local, usual, token === undefined && missing === undefined, tools)
  }
}

/** The token that holds may be in the database only: made at the first start, or changed on the dashboard. */
const openServer = async (url: string, token: Secret | undefined, mayLook: boolean, tools: TargetTools) => {
  if (token !== undefined) {
    const target = serverTarget(url, token)
    if (await isAccepted(target, url)) return target
  }
  if (mayLook) {
    const keys = await tools.openLocalKeys()
    await keys.close()
    const target = serverTarget(url, keys.adminToken)
    if (keys.adminToken.reveal() !== '' && (await isAccepted(target, url))) return target
  }
  throw new ServerUnusable(refusedToken)
}

/** Without this file there is nothing to look at, and opening would make it, its folder and an encryption key. */
const missingFileOf = (settings: Settings): string | undefined => {
  const { DATABASE_TYPE, SQLITE_DATABASE, ENCRYPTION_KEY } = settings.view(databaseSettings)
  const { DATA_DIR } = settings.view(serverSettings)
  const needed = [
    ...(DATABASE_TYPE === 'sqlite' ? [SQLITE_DATABASE] : []),
    ...(ENCRYPTION_KEY === '' ? [keyFileName] : []),
  ]
  return needed.map(name => join(DATA_DIR, name)).find(file => !existsSync(file))
}

const keyFileName = 'encryption.key'

const noDatabase = (file: string) =>
  `There is nothing here yet: ${file} does not exist. The first start of the gateway makes it, or the first import of keys.`

const refusedToken = 'The server does not take this admin token. Set AUTH_TOKEN to the right one.'

const serverTarget = (url: string, token: Secret): KeysTarget => ({
  ask: (method, path, body) =>
    fetch(`${url}/api/keys${path}`, {
      method,
      headers: { authorization: `Bearer ${token.reveal()}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      // A hundred thousand checks take their time.
      timeout: false,
      proxy: false,
    } as RequestInit),
  close: async () => {},
})

const isAccepted = async (target: KeysTarget, url: string): Promise<boolean> => {
  let response: Response
  try {
    response = await target.ask('GET', '?limit=1')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new ServerUnusable(`The server at ${url} does not answer${reason}.`)
  }
  await response.body?.cancel()
  if (response.ok) return true
  if (response.status === 401) return false
  throw new ServerUnusable(`What answers at ${url} is no gemini-balance that has the keys API (${response.status}).`)
}

const addressOf = (settings: Settings): string | undefined => {
  const { HOST, PORT, BASE_PATH } = settings.view(serverSettings)
  if (PORT === 0) return undefined
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST.includes(':') ? `[${HOST}]` : HOST
  return `http://${host}:${PORT}${BASE_PATH.replace(/\/+$/, '')}`
}

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000), proxy: false } as RequestInit)
    return ((await response.json()) as { status?: unknown }).status === 'healthy'
  } catch {
    return false
  }
}
