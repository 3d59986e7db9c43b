import { clientToken, type RunningGateway } from '../gateway.ts'
import { stampedModel } from '../sse-server.ts'
import { bodies, headers, models, requestPath, type Shot, type Target } from '../targets.ts'
import { chatRequest, type GeminiRequest } from './chat-request.ts'
import { conversation } from './conversation.ts'

/** The ways a question takes: past the gateway, through its Gemini side, and through its OpenAI side. */
export type Way = Target<'direct' | 'native' | '/v1'>

export const waysOf = (upstream: number, { port, child }: RunningGateway): readonly Way[] => [
  { name: 'direct', port: upstream, proxy: null },
  { name: 'native', port, proxy: child },
  { name: '/v1', port, proxy: child },
]

/** What a way's figure is told beside: the native way's, and nothing for the one that takes no way through the gateway. */
export const beside = (way: Way['name'], native: number | undefined): number =>
  way === 'direct' || native === undefined ? Number.NaN : native

/** One question in both languages. */
export type Question = { readonly name: string; readonly gemini: Shot; readonly openai: Shot }

export const shotOf = ({ gemini, openai }: Question, way: Way['name']): Shot => (way === '/v1' ? openai : gemini)

const small = JSON.parse(bodies.small) as GeminiRequest
const long = conversation(64 * 1024)

const chatHeaders: Shot['headers'] = {
  'content-type': 'application/json',
  authorization: `Bearer ${clientToken}`,
  'user-agent': 'OpenAI/JS 7.57.0',
}

const plain = (name: string, request: GeminiRequest): Question => ({
  name,
  gemini: { name: `${name}-gemini`, path: requestPath('small'), headers, body: JSON.stringify(request) },
  openai: {
    name: `${name}-openai`,
    path: '/v1/chat/completions',
    headers: chatHeaders,
    body: chatRequest(request, models.small, false),
  },
})

export const questions = { small: plain('small', small), long: plain('long', long) }

/** @param interval milliseconds between two events of the answer */
export const streamQuestion = (interval: number): Question => {
  const model = stampedModel(interval)
  const path = `/v1beta/models/${model}:streamGenerateContent?alt=sse`
  return {
    name: 'stream',
    gemini: { name: 'stream-gemini', path, headers, body: bodies.small },
    openai: {
      name: 'stream-openai',
      path: '/v1/chat/completions',
      headers: chatHeaders,
      body: chatRequest(small, model, true),
    },
  }
}
