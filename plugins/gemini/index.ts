import { Elysia } from 'elysia'
import { definePlugin, type Gateway } from '#pipeline/plugin.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { preflight } from '#src/web/preflight.ts'
import { splitUrl } from '#src/web/split-url.ts'
import { geminiDoor } from './door.ts'
import { getModel, listModels } from './models.ts'

/** Gemini's own protocol at `/v1beta`, `/gemini/v1beta`, and at `/v1` for the newest `@google/genai`. */
export const gemini = definePlugin({
  name: 'gemini',
  settings: {},
  parts: () => ({ routes }),
})

/** Prefixes that belong to this protocol alone. */
const prefixes = ['/v1beta', '/gemini/v1beta', '/v1alpha', '/gemini/v1alpha', '/gemini/v1']

const routes = (gateway: Gateway) => {
  const app = new Elysia({ name: 'gemini' })
  for (const prefix of prefixes) {
    app.all(`${prefix}/*`, ({ request }) => answer(gateway, request, prefix), { parse: 'none' })
  }
  // `/v1` is shared with OpenAI's dialect; its more specific routes win over this one.
  return app.all(
    '/v1/*',
    ({ request }) =>
      isGemini(request) || request.method === 'OPTIONS' ? answer(gateway, request, '/v1') : notHere(gateway, request),
    { parse: 'none' },
  )
}

const answer = (gateway: Gateway, request: Request, prefix: string): Response | Promise<Response> => {
  if (request.method === 'OPTIONS') return preflight()
  const { path, query } = splitUrl(request.url)
  const version = prefix.slice(prefix.lastIndexOf('/') + 1)
  const resource = path.slice(gateway.basePath.length + prefix.length)
  const door = geminiDoor(request.method, version, resource, query, gateway.bodyLimits)
  if (request.method === 'GET') {
    if (/^\/models\/?$/.test(resource)) {
      return gateway.answer(request, door, () => listModels(gateway.models, version, query))
    }
    const model = /^\/models\/([A-Za-z0-9._-]+)$/.exec(resource)?.[1]
    if (model !== undefined && gateway.suffixes().some(suffix => model.endsWith(suffix))) {
      return gateway.answer(request, door, () => getModel(gateway.models, version, model))
    }
  }
  return gateway.exchange(request, door)
}

/**
 * Who calls a path that both dialects have is told apart by where the credential is (the wire formats' documentation):
 * `x-goog-api-key` or `?key=` is Gemini; a colon behind the model is always Gemini.
 */
const isGemini = (request: Request): boolean => {
  const { path, query } = splitUrl(request.url)
  return (
    request.headers.has('x-goog-api-key') || /(^|&)key=/.test(query) || /\/v1\/models\/[^/]+(:|%3a)\w+$/i.test(path)
  )
}

const notHere = (gateway: Gateway, request: Request) =>
  gateway.answer(request, geminiDoor(request.method, 'v1', '', '', gateway.bodyLimits), () => {
    throw new GatewayError(
      'not-found',
      'Only the Gemini protocol is served under /v1 here. Send the token as x-goog-api-key, or use /v1beta.',
    )
  })
