import { coreSettings } from '../config/core-settings.ts'
import { readEnvFile } from '../config/read-env-file.ts'
import { serverSettings } from '../config/server-settings.ts'
import { Settings } from '../config/settings.ts'
import { exitCodes } from './exit-codes.ts'

const milliseconds = 4000

/** Asks `/health` of the server that these settings describe; for containers, which have no shell and no curl. */
export const runHealthcheck = async (): Promise<number> => {
  const server = Settings.fromEnvironment({
    definitions: coreSettings,
    environment: process.env,
    envFile: readEnvFile('.env'),
  }).view(serverSettings)
  const host = ['0.0.0.0', '::'].includes(server.HOST) ? '127.0.0.1' : server.HOST
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${server.PORT}${server.BASE_PATH}/health`
  try {
    const response = await fetch(address, {
      signal: AbortSignal.timeout(milliseconds),
      proxy: false,
    })
    process.stdout.write(`${await response.text()}\n`)
    return response.ok ? exitCodes.fine : exitCodes.failed
  } catch (error) {
    const reason = error instanceof Error ? ('code' in error ? error.code : error.name) : error
    process.stderr.write(`not healthy: ${address} does not answer (${reason})\n`)
    return exitCodes.failed
  }
}
