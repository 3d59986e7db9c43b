import { createApp, idleSeconds, type Plugins } from './app.ts'
import { coreSettings } from './config/core-settings.ts'
import type { OwnedSettings } from './config/declared-settings.ts'
import type { GeneratedToken } from './config/first-start-tokens.ts'
import type { EnvironmentVariables } from './config/read-environment.ts'
import { serverSettings } from './config/server-settings.ts'
import type { LiveExchanges } from './runtime/live-exchanges.ts'
import { stopOnSignals } from './runtime/stop-on-signals.ts'
import { createServices, type Services } from './services.ts'
import { version } from './version.ts'

export type ServeOptions = {
  readonly plugins: Plugins
  readonly environment: EnvironmentVariables
  readonly envFile: string | undefined
  /** The clock of the key pool; milliseconds since 1970 UTC. Default: that of this machine. */
  readonly now?: () => number
  /** Called before the port is opened: the tokens are stored by then, and nothing that fails later may hide them. */
  readonly onTokens?: (tokens: readonly GeneratedToken[]) => void
  /** Called once the port is open. */
  readonly onListening?: (started: Started) => void
  /** Stops what was started before the server. */
  readonly onStopped?: () => Promise<void>
}

export type Started = { readonly services: Services; readonly url: string }

/**
 * Starts the server and returns; the process lives until a signal ends it.
 * @throws SettingsRefused and other errors whose message is fit for a person
 */
export const serve = async (options: ServeOptions): Promise<void> => {
  const { plugins, environment, envFile } = options
  const services = await createServices({
    definitions: settingsOf(plugins),
    environment,
    envFile,
    writeLog: line => process.stderr.write(line),
    isTerminal: process.stderr.isTTY === true,
    ...(options.now === undefined ? {} : { now: options.now }),
  })
  const { logger, generatedTokens } = services
  if (generatedTokens.length > 0) options.onTokens?.(generatedTokens)
  // Elysia and Bun may reject outside of any request, for example when a client leaves a stream under back-pressure.
  process.on('unhandledRejection', error => logger.error('an error that nobody caught', { error }))
  const { url, stop } = listen(services, plugins)
  stopOnSignals(logger, async () => {
    await stop()
    await options.onStopped?.()
  })
  logger.info('listening', { url, version, keys: services.overview.counts().total })
  if (services.overview.counts().total === 0) {
    logger.warn('there is no key yet: set API_KEYS, for example API_KEYS=["AQ.…","AQ.…"]')
  }
  options.onListening?.({ services, url })
}

export type Listening = {
  /** Without a slash at the end. */
  readonly url: string
  readonly live: LiveExchanges
  /** Lets what is under way finish within its limit, then closes the port, writes what is left and closes the database. */
  readonly stop: () => Promise<void>
}

/** Opens the port. @throws Error with a sentence for the person who starts the program */
export const listen = (services: Services, plugins: Plugins): Listening => {
  const { settings, logger, records, storage, checker, stopKeys } = services
  const server = settings.view(serverSettings)
  const { elysia, live } = createApp(services, plugins)
  try {
    elysia.listen({
      hostname: server.HOST,
      port: server.PORT,
      // Elysia would share the port with another gateway that was forgotten there, and each would get half of the requests.
      reusePort: false,
      // Ends connections that send half a head and wait; an exchange lifts it for as long as it lives.
      idleTimeout: idleSeconds,
      // Only the last line of defence: the limit of the settings is checked, and told in the caller's dialect, before.
      maxRequestBodySize: 4 * 1024 ** 3,
      // Otherwise an error outside of every handler shows the source code to whoever caused it.
      development: false,
    })
  } catch (error) {
    throw new Error(whyClosed(error, server.HOST, server.PORT), { cause: error })
  }
  return {
    url: `http://${shownHost(server.HOST)}:${elysia.server?.port ?? server.PORT}${server.BASE_PATH}`,
    live,
    stop: async () => {
      // Takes no new connection and ends idle ones; done when every answer has been read to its end.
      const closing = elysia.server?.stop()
      // A check streams its answer for as long as it runs: it tells its caller now that it was not finished.
      void checker.stop()
      const isFinished = await live.drain(server.SHUTDOWN_TIMEOUT_SECONDS * 1000)
      if (!isFinished) logger.warn('some requests were ended because the time for stopping was up')
      // The last bytes, those of an error event too, are on their way when an exchange has ended.
      await Promise.race([closing, Bun.sleep(lastBytesMilliseconds)])
      await elysia.server?.stop(true)
      await stopKeys()
      if (!(await records.drain(5000)))
        logger.error('not everything could be written to the database', records.status())
      await storage.close()
    },
  }
}

const lastBytesMilliseconds = 2000

/** Every setting there is, the plugins' included. */
export const settingsOf = (plugins: Plugins): readonly OwnedSettings[] => [
  ...coreSettings,
  ...plugins.map(({ name, settings }) => ({ owner: `the plugin ${name}`, settings })),
]

const shownHost = (host: string) =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

const whyClosed = (error: unknown, host: string, port: number): string => {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken by another program. End that one, or set PORT to a free port.`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`
    case 'EACCES':
      return `this user may not open port ${port}. Set PORT to a port from 1024 on.`
    default:
      return `port ${port} of ${host} cannot be opened: ${error instanceof Error ? error.message : String(error)}`
  }
}
