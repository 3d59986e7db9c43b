import { Elysia } from 'elysia'
import type { Door } from '#pipeline/exchange.ts'
import { definePlugin, type Gateway } from '#pipeline/plugin.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { openaiErrorBody } from '#src/protocols/openai/write-error.ts'
import { isGeminiRequest } from '#src/web/is-gemini-request.ts'
import { meantPath } from '#src/web/meant-path.ts'
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
      isGeminiRequest(request) || request.method === 'OPTIONS'
        ? answer(gateway, request, '/v1')
        : notHere(gateway, request),
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

/** Whoever does not show to be a Gemini client speaks OpenAI here. */
const notHere = (gateway: Gateway, request: Request) => {
  const door: Door = {
    ...geminiDoor(request.method, 'v1', '', '', gateway.bodyLimits),
    writeError: error => ({ contentType: 'application/json; charset=utf-8', body: openaiErrorBody(error) }),
  }
  return gateway.answer(request, door, () => {
    throw new GatewayError(
      'not-found',
      `This path and method are not served under /v1.${meantPath(request, gateway.basePath)} The OpenAI API is at /v1/chat/completions, /v1/embeddings and /v1/models; a Gemini client sends its token as x-goog-api-key, or uses /v1beta.`,
    )
  })
}
