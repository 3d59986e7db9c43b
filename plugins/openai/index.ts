import { Elysia } from 'elysia'
import type { Door } from '#pipeline/exchange.ts'
import { definePlugin, type Gateway } from '#pipeline/plugin.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { readModelName } from '#src/protocols/openai/model-name.ts'
import { toModel, toModelList } from '#src/protocols/openai/models.ts'
import { isGeminiRequest } from '#src/web/is-gemini-request.ts'
import { meantPath } from '#src/web/meant-path.ts'
import { preflight } from '#src/web/preflight.ts'
import { splitUrl } from '#src/web/split-url.ts'
import { chatDoor } from './chat.ts'
import { openaiDoor } from './door.ts'
import { embeddingsDoor } from './embeddings.ts'

/** OpenAI's API at `/v1` and `/hf/v1`: chat, embeddings and models, translated to Gemini's and back. */
export const openai = definePlugin({
  name: 'openai',
  settings: {},
  parts: () => ({ routes }),
})

const routes = (gateway: Gateway) => {
  const app = new Elysia({ name: 'openai' })
  const raw = { parse: 'none' } as const
  for (const prefix of ['/v1', '/hf/v1']) {
    app
      .post(`${prefix}/chat/completions`, ({ request }) => gateway.exchange(request, chatDoor(gateway)), raw)
      .post(`${prefix}/embeddings`, ({ request }) => gateway.exchange(request, embeddingsDoor(gateway)), raw)
      .all(`${prefix}/chat/completions`, ({ request }) => notWith(gateway, request), raw)
      .all(`${prefix}/embeddings`, ({ request }) => notWith(gateway, request), raw)
      .get(`${prefix}/models`, ({ request }) => listModels(gateway, request), raw)
      .get(`${prefix}/models/*`, ({ request }) => getModel(gateway, request, prefix), raw)
  }
  // What is left of `/v1` belongs to the Gemini dialect, which shares it.
  return app.all(
    '/hf/v1/*',
    ({ request }) => (request.method === 'OPTIONS' ? preflight() : notHere(gateway, request)),
    raw,
  )
}

const listModels = (gateway: Gateway, request: Request): Promise<Response> => {
  if (isGeminiRequest(request)) return gateway.reroute(request, '/gemini/v1/models')
  return gateway.answer(request, modelsDoor, async () =>
    JSON.stringify(toModelList(await gateway.models.list('v1beta'))),
  )
}

const getModel = (gateway: Gateway, request: Request, prefix: string): Promise<Response> => {
  const { path } = splitUrl(request.url)
  const written = path.slice(`${gateway.basePath}${prefix}/models/`.length)
  if (isGeminiRequest(request)) return gateway.reroute(request, `/gemini/v1/models/${written}`)
  return gateway.answer(request, modelsDoor, async () => {
    const name = readModelName(decode(written))
    const found = (await gateway.models.list('v1beta')).find(model => model.name === `models/${name}`)
    if (found === undefined) {
      throw new GatewayError('model-not-found', `The model '${name}' does not exist.`, { param: 'model' })
    }
    return JSON.stringify(toModel(found))
  })
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const modelsDoor = openaiDoor('models', () => {
  throw new GatewayError('internal', 'A list of models is not read.')
})

const notWith = (gateway: Gateway, request: Request): Response | Promise<Response> => {
  if (request.method === 'OPTIONS') return preflight()
  const door: Door = {
    ...modelsDoor,
    about: { method: `${request.method} openai`, model: '' },
  }
  return gateway.answer(request, door, () => {
    throw new GatewayError('method-not-allowed', `Not allowed to ${request.method} here: this is called with POST.`)
  })
}

const notHere = (gateway: Gateway, request: Request) =>
  gateway.answer(request, modelsDoor, () => {
    throw new GatewayError(
      'not-found',
      `This path and method are not served.${meantPath(request, gateway.basePath)} The OpenAI API is at /v1/chat/completions, /v1/embeddings and /v1/models.`,
    )
  })
