import type { RefusedCall } from '../keys/key-refusals.ts'
import type { MethodClass } from '../keys/key-ring.ts'
import { modelIdOf } from '../openai/chat-request.ts'
import { modelMethodNamed } from './model-methods.ts'
import type { KnownRoute } from './route.ts'

/** What a request is about, as far as refusals and behaviours ask; found without reading the whole of it. */
export type MeantCall = RefusedCall & {
  readonly class: MethodClass
  /** Whether its answer is a stream, so that it can break in its middle. */
  readonly streamed: boolean
}

export const meantCall = (route: KnownRoute, bodyText: string): MeantCall => {
  const { version } = route
  if (route.kind === 'get-model')
    return { version, rpc: 'GetModel', method: 'getModel', model: route.model, class: 'model', streamed: false }
  if (route.kind === 'call-model') {
    const { method, model } = route
    const known = modelMethodNamed(method)
    const streamed = method === 'streamGenerateContent'
    return { version, rpc: known?.rpc ?? method, method, model, class: known?.class ?? 'model', streamed }
  }
  if (route.kind === 'openai') return meantByOpenAi(route, bodyText)
  return { version, rpc: 'ListModels', method: '', model: '', class: 'list', streamed: false }
}

/** The layer stands before an API of its own, whose version shows in its texts. */
const version = 'v1main'

const meantByOpenAi = (route: Extract<KnownRoute, { kind: 'openai' }>, bodyText: string): MeantCall => {
  if (route.operation === 'list-models')
    return { version, rpc: 'ListModels', method: '', model: '', class: 'list', streamed: false }
  if (route.operation === 'get-model')
    return { version, rpc: 'GetModel', method: 'getModel', model: route.model, class: 'model', streamed: false }
  const { model, stream } = peek(bodyText)
  const streamed = route.operation === 'chat' && stream === true
  const method = route.operation === 'chat' ? 'generateContent' : 'embedContent'
  const rpc = route.operation === 'chat' ? (streamed ? 'StreamGenerateContent' : 'GenerateContent') : 'EmbedContent'
  const named = modelIdOf(typeof model === 'string' ? model : '')
  return { version, rpc, method, model: named, class: route.operation === 'chat' ? 'generate' : 'embed', streamed }
}

const peek = (bodyText: string): { readonly model?: unknown; readonly stream?: unknown } => {
  try {
    const value: unknown = JSON.parse(bodyText)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
