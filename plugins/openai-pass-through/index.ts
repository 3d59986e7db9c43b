import { Elysia } from 'elysia'
import { definePlugin, type Gateway } from '#pipeline/plugin.ts'
import { preflight } from '#src/web/preflight.ts'
import { splitUrl } from '#src/web/split-url.ts'
import { passThroughDoor } from './door.ts'

/** Google's own OpenAI layer with a balanced key: what the client says goes up as it is, and what Google says comes down. */
export const openaiPassThrough = definePlugin({
  name: 'openai-pass-through',
  settings: {},
  parts: () => ({ routes }),
})

const prefixes = ['/openai/v1', '/v1beta/openai', '/gemini/v1beta/openai']

const routes = (gateway: Gateway) => {
  const app = new Elysia({ name: 'openai-pass-through' })
  for (const prefix of prefixes) {
    app.all(`${prefix}/*`, ({ request }) => answer(gateway, request, prefix), { parse: 'none' })
  }
  return app
}

const answer = (gateway: Gateway, request: Request, prefix: string): Response | Promise<Response> => {
  if (request.method === 'OPTIONS') return preflight()
  const { path, query } = splitUrl(request.url)
  const resource = path.slice(gateway.basePath.length + prefix.length)
  return gateway.exchange(request, passThroughDoor(request.method, resource, query, gateway.bodyLimits))
}
