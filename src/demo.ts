import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugins } from './app.ts'
import { securitySettings } from './config/security-settings.ts'
import { type EmulatorKey, startEmulator } from './emulator/emulator.ts'
import { type Started, serve } from './serve.ts'

/** A small pool in which everything can be seen: good keys, two of them of one project of the emulator's, and between them every kind of trouble. */
const demoKeys: readonly EmulatorKey[] = [
  { secret: 'demo-key-good-1-of-project-ada', project: 'ada', limits: { perMinute: 10, perDay: 250 } },
  { secret: 'demo-key-exhausted-for-the-day', project: 'fay', behaviour: 'per-day' },
  { secret: 'demo-key-good-2-of-project-bob', project: 'bob', limits: { perMinute: 10, perDay: 250 } },
  { secret: 'demo-key-limited-per-minute', project: 'gus', behaviour: 'per-minute' },
  { secret: 'demo-key-good-3-of-project-eve', project: 'eve', limits: { perMinute: 10, perDay: 250 } },
  { secret: 'demo-key-invalid', project: 'hal', behaviour: 'invalid' },
  { secret: 'demo-key-good-4-of-project-ada', project: 'ada', limits: { perMinute: 10, perDay: 250 } },
  { secret: 'demo-key-suspended', project: 'ivy', behaviour: 'suspended' },
]

/**
 * Starts the real server in front of an emulator of Google's API. Every setting of the environment holds here too;
 * what it does not name has the demo's own value. The data lives in a temporary folder unless `DATA_DIR` is set.
 */
export const demo = async (speed: number, plugins: Plugins): Promise<void> => {
  const keys = namedKeys(process.env.API_KEYS) ?? demoKeys
  const emulator = startEmulator({ keys, clockSpeed: speed, delayMs: { firstByte: 80, betweenChunks: 40 } })
  const folder = process.env.DATA_DIR === undefined ? mkdtempSync(join(tmpdir(), 'gemini-balance-demo-')) : undefined
  const stopEmulator = async () => {
    await emulator.stop()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    await serve({
      plugins,
      environment: {
        BASE_URL: `${emulator.url}/v1beta`,
        API_KEYS: JSON.stringify(keys.map(({ secret }) => secret)),
        DATABASE_TYPE: 'sqlite',
        HOST: '127.0.0.1',
        DATA_DIR: folder,
        LOG_LEVEL: 'WARN',
        ...process.env,
      },
      envFile: undefined,
      // Quotas begin anew by the emulator's clock, which may be a fast one.
      now: () => Math.floor(emulator.now()),
      onListening: started => greet(started, emulator.url),
      onStopped: stopEmulator,
    })
  } catch (error) {
    await stopEmulator()
    throw error
  }
}

/** Keys a person brings to the demo are good keys of the emulator, each a project of its own. */
const namedKeys = (text: string | undefined): readonly EmulatorKey[] | undefined => {
  if (text === undefined || text.trim() === '') return undefined
  return listOf(text.trim())?.map(secret => ({ secret: String(secret).trim() }))
}

/** Undefined for broken JSON, which the settings refuse with a sentence of their own. */
const listOf = (text: string): readonly unknown[] | undefined => {
  if (!text.startsWith('[')) return text.split(',')
  try {
    return [JSON.parse(text)].flat()
  } catch {
    return undefined
  }
}

const greet = ({ services, url }: Started, emulatorUrl: string) => {
  const { AUTH_TOKEN: adminToken, ALLOWED_TOKENS: clientTokens } = services.settings.view(securitySettings)
  const token = clientTokens[0] ?? adminToken
  const body = '{"contents":[{"parts":[{"text":"Say hello"}]}]}'
  process.stdout.write(`
gemini-balance demo is running. Google is emulated at ${emulatorUrl}: no account, no cost.

  Dashboard        ${url}/
  Sign-in token    ${adminToken}
  Client token     ${token}

Try it:

  curl '${url}/v1beta/models/gemini-3.8-flash:generateContent' -H 'x-goog-api-key: ${token}' -H 'content-type: application/json' -d '${body}'

An OpenAI client takes the base URL ${url}/v1 and the client token as its key.

Ctrl+C stops it.
`)
}
