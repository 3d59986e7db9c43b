import { Elysia } from 'elysia'
import { askForModels } from '#pipeline/ask-upstream.ts'
import { checkPlugins, checkRoutes } from '#pipeline/check-plugins.ts'
import { ModelCatalogue } from '#pipeline/model-catalogue.ts'
import { localOrder, order } from '#pipeline/order.ts'
import type { Gateway, Plugin } from '#pipeline/plugin.ts'
import { type LoadedPlugin, Refinements } from '#pipeline/refine.ts'
import { type RetryingOptions, retrying } from '#pipeline/retrying.ts'
import { createExchanges } from '#pipeline/run-exchange.ts'
import type { Scope } from '#pipeline/scope.ts'
import { StageFailure } from '#pipeline/stage.ts'
import { acquireKey, secondsUntilReady } from '#pipeline/stages/acquire-key.ts'
import { callUpstream } from '#pipeline/stages/call-upstream.ts'
import { logExchange } from '#pipeline/stages/log.ts'
import { createDashboard } from './admin/dashboard.ts'
import { keysApi } from './admin/keys-api.ts'
import { keysCheckApi } from './admin/keys-check-api.ts'
import { poolApi } from './admin/pool-api.ts'
import { settingsApi } from './admin/settings-api.ts'
import { keySettings } from './config/key-settings.ts'
import { logSettings } from './config/log-settings.ts'
import { modelSettings } from './config/model-settings.ts'
import { pipelineSettings } from './config/pipeline-settings.ts'
import { securitySettings } from './config/security-settings.ts'
import { serverSettings } from './config/server-settings.ts'
import { speechSettings } from './config/speech-settings.ts'
import { streamSettings } from './config/stream-settings.ts'
import { upstreamSettings } from './config/upstream-settings.ts'
import { SignatureMemory } from './conversations/signature-memory.ts'
import { GatewayError } from './errors/gateway-error.ts'
import { selectForCheck } from './keys/check-select.ts'
import { refuseBadHost, refusePage } from './refuse-page.ts'
import { LiveExchanges } from './runtime/live-exchanges.ts'
import { pauseUnlessAborted } from './runtime/pause.ts'
import type { Services } from './services.ts'
import { logRetention } from './storage/log-retention.ts'
import { version } from './version.ts'
import { healthRoutes } from './web/health.ts'
import { splitUrl } from './web/split-url.ts'

/** The features the program is made with. */
export type Plugins = readonly Plugin[]

export type App = {
  readonly elysia: Elysia<string>
  readonly live: LiveExchanges
}

/** Seconds a connection may be silent between requests, or while it sends the head of one. */
export const idleSeconds = 30

/** Puts the program together; opens no port. @throws Error with a sentence when the plugins cannot work together */
export const createApp = (services: Services, plugins: Plugins): App => {
  const { settings, logger, pool, records, tokens, watchdog, client, checker, overview, storage, now } = services
  const server = settings.view(serverSettings)
  const models = settings.view(modelSettings)
  const keys = settings.view(keySettings)
  const pipeline = settings.view(pipelineSettings)
  const logs = settings.view(logSettings)
  const security = settings.view(securitySettings)

  const loaded: readonly LoadedPlugin[] = plugins.map(plugin => ({
    plugin,
    parts: plugin.parts(settings.view(plugin.settings) as never),
  }))
  checkPlugins(loaded)
  const isEnabled = (name: string) => !pipeline.DISABLED_PLUGINS.includes(name)
  const refinements = new Refinements(loaded, isEnabled)

  const retry: RetryingOptions = {
    acquireKey: acquireKey({ pool, line: services.line, counts: overview.counts, refinements, settings: keys, now }),
    secondsUntilReady: secondsUntilReady({ pool, now }),
    egresses: services.egresses,
    models: services.models,
    now,
    callUpstream: callUpstream({ client, watchdog, settings: settings.view(upstreamSettings) }),
    mostAttempts: () => keys.MAX_RETRIES,
    onFailedAttempt: (known, lease, verdict, outcome) =>
      records.recordError({
        requestId: known.requestId,
        occurredAt: Date.now(),
        keyId: lease.keyId,
        model: known.ask.model ?? '',
        kind: verdict.name,
        statusCode: outcome.kind === 'refused' ? outcome.status : 0,
        text: outcome.kind === 'refused' ? outcome.body.slice(0, 8000) : JSON.stringify(outcome),
        requestBody:
          logs.ERROR_LOG_RECORD_REQUEST_BODY && known.body.kind === 'bytes' ? known.body.bytes.toString('utf8') : null,
      }),
    pause: pauseUnlessAborted,
  }
  const catalogue = new ModelCatalogue({
    fetchPage: askForModels(retrying(retry), logger),
    refinements,
    filtered: () => models.FILTERED_MODELS,
    seconds: () => models.MODELS_CACHE_SECONDS,
    now: Date.now,
    logger,
  })
  warnOfUnknownPlugins(pipeline.DISABLED_PLUGINS, plugins, logger)
  settings.onChange(changed => {
    if (changed.has('DISABLED_PLUGINS')) {
      refinements.switch(isEnabled)
      warnOfUnknownPlugins(pipeline.DISABLED_PLUGINS, plugins, logger)
    }
    if (changed.has('BASE_URL')) catalogue.forget()
  })

  const live = new LiveExchanges()
  // Bun knows the connection of a request by the very object it made.
  const originals = new WeakMap<Request, Request>()
  const speech = settings.view(speechSettings)
  const elysia = new Elysia({ prefix: server.BASE_PATH, handler: { standardHostname: false } })
  const exchanges = createExchanges({
    spine: order({
      tokens,
      models: {
        refinements,
        isListed: (apiVersion, model) => catalogue.isListed(apiVersion, model),
        filtered: () => models.FILTERED_MODELS,
      },
      refinements,
      retry,
      pace: settings.view(streamSettings),
    }),
    localSpine: localOrder(tokens),
    heartbeat: settings.view(streamSettings),
    log: logExchange(records),
    logger,
    onStart: (request, scope) => admit(elysia, live, originals.get(request) ?? request, scope),
  })
  const gateway: Gateway = {
    ...exchanges,
    reroute: (request, path) => {
      const { query } = splitUrl(request.url)
      const again = new Request(
        `http://gateway.internal${server.BASE_PATH}${path}${query === '' ? '' : `?${query}`}`,
        request,
      )
      originals.set(again, originals.get(request) ?? request)
      return elysia.handle(again)
    },
    media: services.media,
    signatures: new SignatureMemory(),
    defaultVoice: () => speech.TTS_VOICE_NAME,
    models: catalogue,
    suffixes: () => refinements.suffixes.map(({ suffix }) => suffix),
    bodyLimits: () => ({
      mostBytes: server.MAX_BODY_MEGABYTES * 1_048_576,
      milliseconds: server.BODY_TIMEOUT_SECONDS * 1000,
      watchdog,
    }),
    basePath: server.BASE_PATH,
    isOn: () => true,
  }

  elysia
    .onRequest(({ request }) => refuseBadHost(request))
    .use(
      healthRoutes({
        isDraining: () => live.isDraining,
        counts: overview.counts,
        isServing: () => pool.isAnyAlive('gemini'),
        ping: async limit => records.status().healthy && (await storage.ping(limit)),
        version,
      }),
    )
    .use(
      createDashboard({
        keys: overview,
        adminToken: () => security.AUTH_TOKEN,
        sessionSeconds: () => security.ADMIN_SESSION_EXPIRE,
        basePath: server.BASE_PATH,
        trustProxyHeaders: () => server.TRUST_PROXY_HEADERS,
        logger,
        storageStatus: () => records.status(),
        version,
      }),
    )
    .use(settingsApi({ settings, tokens, logger }))
    .use(
      keysCheckApi({
        checker,
        pool,
        resolve: selectForCheck({ pool, book: services.book }),
        tokens,
        logger,
        keepOpen: keepOpen(elysia),
      }),
    )
    .use(keysApi({ ...services, keepOpen: keepOpen(elysia) }))
    .use(poolApi(services))
    .use(logRetention({ settings: logs, store: storage, logger, now: Date.now }))
    .onError(({ error, code, request }) => refusePage(error, code, logger, request, server.BASE_PATH))
  const owned: { plugin: string; method: string; path: string }[] = []
  for (const { plugin, parts } of loaded) {
    const routes = parts.routes?.(switchable(gateway, () => refinements.isEnabled(plugin.name), plugin.name))
    if (routes === undefined) continue
    owned.push(...routes.routes.map(({ method, path }) => ({ plugin: plugin.name, method, path })))
    elysia.use(routes)
  }
  checkRoutes(owned)
  return { elysia: elysia as unknown as Elysia<string>, live }
}

/** Begins an exchange: from here on a stop waits for it, and its connection may be silent for as long as it takes. */
const admit = (elysia: { server: Bun.Server<unknown> | null }, live: LiveExchanges, request: Request, scope: Scope) => {
  if (live.isDraining) {
    const error = new GatewayError('draining', 'The gateway is stopping. Try again in a moment.', {
      retryAfterSeconds: 5,
    })
    throw new StageFailure('drain', error)
  }
  elysia.server?.timeout(request, 0)
  live.add({
    end: () =>
      scope.close({ kind: 'failed', stage: 'drain', error: new GatewayError('draining', 'The gateway was stopped.') }),
    onEnd: duty => scope.defer(duty),
  })
  scope.defer(() => elysia.server?.timeout(request, idleSeconds))
}

/** The connection may be silent for as long as an answer takes; what is returned takes that back. */
const keepOpen = (elysia: { server: Bun.Server<unknown> | null }) => (request: Request) => {
  elysia.server?.timeout(request, 0)
  return () => elysia.server?.timeout(request, idleSeconds)
}

/** A plugin that is switched off answers as if it were not there. */
const switchable = (gateway: Gateway, isOn: () => boolean, name: string): Gateway => {
  const off = () => {
    throw new GatewayError('not-found', `This is served by the ${name} plugin, which is switched off.`)
  }
  return {
    ...gateway,
    isOn,
    exchange: (request, door) => (isOn() ? gateway.exchange(request, door) : gateway.answer(request, door, off)),
    answer: (request, door, produce) => gateway.answer(request, door, isOn() ? produce : off),
  }
}

const warnOfUnknownPlugins = (names: readonly string[], plugins: Plugins, logger: Services['logger']) => {
  const known = plugins.map(({ name }) => name)
  const unknown = names.filter(name => !known.includes(name))
  if (unknown.length > 0) logger.warn('DISABLED_PLUGINS names plugins that do not exist', { unknown, known })
}
