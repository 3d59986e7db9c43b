import { promptTokens } from '../answers/token-count.ts'
import { contentViolations } from '../checks/check-contents.ts'
import { checkBatchEmbedRequest, checkEmbedRequest } from '../checks/check-embed-request.ts'
import { checkGenerateRequest } from '../checks/check-generate-request.ts'
import type { Model } from '../models/catalogue.ts'
import type { MessageName } from '../wire/descriptor-table.ts'
import { invalidArgument, refuseViolations } from '../wire/google-error.ts'
import type { JsonObject } from '../wire/json-value.ts'
import type {
  BatchEmbedContentsRequest,
  CountTokensRequest,
  EmbedContentRequest,
  GenerateContentRequest,
} from '../wire/messages.ts'
import { embedTokens, embedUsage, vectorOf } from './embed.ts'
import { type GenerateOptions, generate } from './generate.ts'
import { jsonReply, type Reply } from './reply.ts'

export type ModelMethod = {
  readonly message: MessageName
  readonly class: 'generate' | 'embed' | 'count'
  readonly rpc: string
  readonly inputTokens: (message: JsonObject) => number
  /** Checks and answers. @throws GoogleError */
  readonly answer: (message: JsonObject, model: Model, options: GenerateOptions) => Reply
}

/** The methods of a model that the emulator has. */
export const modelMethodNamed = (name: string): ModelMethod | undefined =>
  Object.hasOwn(methods, name) ? methods[name] : undefined

/** The reader has checked the JSON against the descriptor of that very message. */
const as = <Message>(message: JsonObject) => message as unknown as Message

const generateMethod = (rpc: string): ModelMethod => ({
  message: 'GenerateContentRequest',
  class: 'generate',
  rpc,
  inputTokens: message => promptTokens(as<GenerateContentRequest>(message)).total,
  answer: (message, model, options) => {
    const request = as<GenerateContentRequest>(message)
    checkGenerateRequest(request, { model, streamed: options.form !== 'unary' })
    return generate(request, model, options)
  },
})

const countTokens = (request: CountTokensRequest, model: Model, pretty: boolean): Reply => {
  const { generateContentRequest: inner, contents } = request
  if (inner !== undefined && contents !== undefined)
    throw invalidArgument('Only one of contents and generate_content_request may be set.')
  if (inner !== undefined) {
    if ((inner.model ?? '') === '')
      refuseViolations(['CountTokensRequest.generate_content_request.model: model is required'])
    checkGenerateRequest(inner, { model, streamed: true })
  } else refuseViolations(contentViolations(request, 'CountTokensRequest'))
  const { total, details } = promptTokens(inner ?? request)
  return jsonReply({ totalTokens: total, promptTokensDetails: details }, { pretty })
}

const embedding = (request: EmbedContentRequest, model: Model) => ({ values: vectorOf(request, model) })

const usageOf = (requests: readonly EmbedContentRequest[], model: Model, { embedUsage: told }: GenerateOptions) => {
  const usageMetadata = embedUsage(requests, model, told)
  return usageMetadata === undefined ? {} : { usageMetadata }
}

const methods: Readonly<Record<string, ModelMethod>> = {
  generateContent: generateMethod('GenerateContent'),
  streamGenerateContent: generateMethod('StreamGenerateContent'),
  countTokens: {
    message: 'CountTokensRequest',
    class: 'count',
    rpc: 'CountTokens',
    inputTokens: () => 0,
    answer: (message, model, { pretty }) => countTokens(as<CountTokensRequest>(message), model, pretty),
  },
  embedContent: {
    message: 'EmbedContentRequest',
    class: 'embed',
    rpc: 'EmbedContent',
    inputTokens: message => embedTokens([as<EmbedContentRequest>(message)]),
    answer: (message, model, options) => {
      const request = as<EmbedContentRequest>(message)
      checkEmbedRequest(request, model)
      const body = { embedding: embedding(request, model), ...usageOf([request], model, options) }
      return jsonReply(body, options)
    },
  },
  batchEmbedContents: {
    message: 'BatchEmbedContentsRequest',
    class: 'embed',
    rpc: 'BatchEmbedContents',
    inputTokens: message => embedTokens(as<BatchEmbedContentsRequest>(message).requests ?? []),
    answer: (message, model, options) => {
      const request = as<BatchEmbedContentsRequest>(message)
      checkBatchEmbedRequest(request, model)
      const requests = request.requests ?? []
      const embeddings = requests.map(member => embedding(member, model))
      return jsonReply({ embeddings, ...usageOf(requests, model, options) }, options)
    },
  },
}
