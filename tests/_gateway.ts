import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plugins as usualPlugins } from '#plugins/index.ts'
import type { App, Plugins } from '#src/app.ts'
import { type Emulator, type EmulatorKey, type EmulatorOptions, startEmulator } from '#src/emulator/emulator.ts'
import { listen, settingsOf } from '#src/serve.ts'
import { createServices, type Services } from '#src/services.ts'
import { atEnd } from './_at-end.ts'
import { binaryFile } from './_binary-file.ts'
import { reportMishap, takeMishaps } from './_mishaps.ts'

export const adminToken = 'admin-token-of-the-tests-0123456789'
export const clientToken = 'client-token-of-the-tests-0123456789'
export const goodKey = 'AQ.key-of-the-tests-that-is-good'

export type GatewayOptions = {
  /** Of the emulator and, in this order, of the gateway; one good key by default. */
  readonly keys?: readonly EmulatorKey[]
  readonly emulator?: Omit<EmulatorOptions, 'keys'>
  /** Environment variables; they win over the kit's own. `BASE_URL` puts another upstream in the emulator's place. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A gateway with an emulator behind it, on ports of their own and with a new database. */
export type TestGateway = {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly emulator: Emulator
  readonly dataDirectory: string
  /** All it has written so far: log lines, and what a compiled one prints. */
  readonly output: () => string
  /** Stops both and removes the database. */
  readonly stop: () => Promise<void>
}

export type LocalGateway = TestGateway & {
  readonly services: Services
  readonly live: App['live']
  /** The error lines logged so far; a line that is not taken fails its test. */
  readonly takeErrors: () => readonly string[]
}

/** `plugins` stand in the place of the usual ones. */
export type LocalOptions = GatewayOptions & {
  readonly plugins?: Plugins
  /** The clock of the key pool, milliseconds since 1970 UTC. */
  readonly now?: () => number
}

/**
 * Starts a gateway in this process. Bun's limit of 256 fetches at once holds for gateway and test together here: for
 * more, use the compiled one and sockets.
 */
export const startGateway = async ({
  plugins = usualPlugins,
  now,
  ...options
}: LocalOptions = {}): Promise<LocalGateway> => {
  const { emulator, dataDirectory, environment, cleanUp } = prepare(options)
  const written: string[] = []
  try {
    const services = await createServices({
      definitions: settingsOf(plugins),
      environment,
      envFile: undefined,
      isTerminal: false,
      ...(now === undefined ? {} : { now }),
      writeLog: line => {
        written.push(line)
        if (isErrorLine(line)) reportMishap(line)
      },
    })
    const { url, live, stop } = listen(services, plugins)
    return {
      url,
      port: portOf(url),
      emulator,
      dataDirectory,
      services,
      live,
      output: () => written.join(''),
      takeErrors: () => takeMishaps(mishap => written.includes(mishap)),
      stop: async () => {
        await stop()
        await cleanUp()
      },
    }
  } catch (error) {
    await cleanUp()
    throw error
  }
}

export type CompiledGateway = TestGateway & {
  readonly process: Bun.Subprocess
}

/** Starts the compiled program as its users do, and waits until it says that it is alive. */
export const startCompiledGateway = async (options: GatewayOptions = {}): Promise<CompiledGateway> => {
  const file = await binaryFile()
  const { emulator, dataDirectory, environment, cleanUp } = prepare(options)
  const child = Bun.spawn([file, 'serve'], { cwd: dataDirectory, env: environment, stdout: 'pipe', stderr: 'pipe' })
  const forget = atEnd(() => child.kill('SIGKILL'))
  let written = ''
  const url = Promise.withResolvers<string>()
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      written += decoder.decode(chunk, { stream: true })
      const found = /"message":"listening","url":"([^"]+)"/.exec(written)?.[1]
      if (found !== undefined) url.resolve(found)
    }
  }
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)])
  followed.then(() => url.reject(new Error(`The compiled gateway did not start:\n${written}`)))
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await child.exited
    clearTimeout(timer)
    await followed
    forget()
    await cleanUp()
  }
  try {
    const address = await url.promise
    const health = await fetch(`${address}/health`)
    if (!health.ok) throw new Error(`The compiled gateway is not healthy: ${await health.text()}`)
    return {
      url: address,
      port: portOf(address),
      emulator,
      dataDirectory,
      process: child,
      output: () => written,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const prepare = ({ keys = [{ secret: goodKey }], emulator: emulatorOptions, settings }: GatewayOptions) => {
  const emulator = startEmulator({ ...emulatorOptions, keys })
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gemini-balance-test-'))
  const environment: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDirectory,
    BASE_URL: `${emulator.url}/v1beta`,
    API_KEYS: JSON.stringify(keys.map(({ secret }) => secret)),
    AUTH_TOKEN: adminToken,
    ALLOWED_TOKENS: JSON.stringify([clientToken]),
    LOG_FORMAT: 'json',
    SHUTDOWN_TIMEOUT_SECONDS: '1',
    ...settings,
  }
  const remove = () => rmSync(dataDirectory, { recursive: true, force: true })
  const forget = atEnd(remove)
  const cleanUp = async () => {
    await emulator.stop()
    forget()
    remove()
  }
  return { emulator, dataDirectory, environment, cleanUp }
}

const isErrorLine = (line: string) => (JSON.parse(line) as { level?: unknown }).level === 'error'

const portOf = (url: string) => Number(new URL(url).port)
