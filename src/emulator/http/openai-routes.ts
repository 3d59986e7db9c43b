import { type Answer, planAnswer } from '../answers/plan-answer.ts'
import { tailOf, toStreamChunks, toWholeResponse } from '../answers/response-chunks.ts'
import { spoiledChunks } from '../answers/spoiled-answers.ts'
import { promptTokens } from '../answers/token-count.ts'
import { checkBatchEmbedRequest } from '../checks/check-embed-request.ts'
import { checkGenerateRequest } from '../checks/check-generate-request.ts'
import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import { modelNotFound, type RefusedCall, streamError } from '../keys/key-refusals.ts'
import { findModel, type Model, supports } from '../models/catalogue.ts'
import { chatChunksOf, completionOf } from '../openai/chat-answer.ts'
import type { ChatRequest, EmbeddingsRequest } from '../openai/chat-request.ts'
import { batchRequestOf, embeddingsAnswer } from '../openai/embeddings.ts'
import { generateRequestOf } from '../openai/generate-request-of.ts'
import { openAiModel, openAiModels } from '../openai/model-list.ts'
import { readJsonText } from '../wire/json-text.ts'
import { readMessage } from '../wire/message-reader.ts'
import type { BatchEmbedContentsRequest, GenerateContentRequest } from '../wire/messages.ts'
import { type EmbedUsage, embedTokens, embedUsage, vectorOf } from './embed.ts'
import { eventSteps, jsonReply, jsonSteps, type Reply } from './reply.ts'
import { brokenWhole, type StreamText, stepsOf } from './stream-fates.ts'

export type OpenAiCall = {
  readonly operation: 'chat' | 'embeddings' | 'list-models' | 'get-model'
  readonly call: RefusedCall
  readonly bodyText: string
  readonly behaviour: KeyBehaviour
  readonly betweenChunksMs: number
  readonly embedUsage: EmbedUsage
  /** Counts a request that is well formed. @throws GoogleError when the quota is used up */
  readonly book: (family: 'generate' | 'embed', model: Model, inputTokens: number) => void
}

/** Answers a request to Google's OpenAI layer. @throws GoogleError */
export const answerOpenAi = (request: OpenAiCall): Reply => {
  if (request.operation === 'list-models') return jsonReply(openAiModels(), { pretty: false })
  if (request.operation === 'get-model') {
    const model = findModel(request.call.model)
    if (model === undefined) throw modelNotFound(request.call)
    return jsonReply(openAiModel(model), { pretty: false })
  }
  return request.operation === 'chat' ? answerChat(request) : answerEmbeddings(request)
}

const modelFor = (call: RefusedCall): Model => {
  const model = findModel(call.model)
  if (model === undefined || !supports(model, call.method)) throw modelNotFound(call)
  return model
}

const version = 'v1beta'

const answerChat = (request: OpenAiCall): Reply => {
  const chat = readMessage('ChatCompletionRequest', readJsonText(request.bodyText), version) as unknown as ChatRequest
  const model = modelFor(request.call)
  const native = readMessage('GenerateContentRequest', generateRequestOf(chat, model), version)
  const generate = native as unknown as GenerateContentRequest
  request.book('generate', model, promptTokens(generate).total)
  const streamed = chat.stream === true
  checkGenerateRequest(generate, { model, streamed })
  const answer = planAnswer(generate, model)
  return streamed
    ? chatStream(request, answer, chat.streamOptions?.includeUsage === true)
    : chatCompletion(request, answer)
}

const chatCompletion = ({ behaviour }: OpenAiCall, answer: Answer): Reply => {
  if (behaviour === 'stream-error') throw streamError()
  const chunk = spoiledChunks(behaviour, answer)?.at(-1) ?? toWholeResponse(answer)
  const reply = jsonReply(completionOf(chunk), { pretty: false })
  const broken = reply.kind === 'whole' ? brokenWhole(behaviour, reply.body) : undefined
  return broken === undefined ? reply : jsonSteps(broken)
}

const chatStream = ({ behaviour, betweenChunksMs }: OpenAiCall, answer: Answer, includeUsage: boolean): Reply => {
  const natives = spoiledChunks(behaviour, answer) ?? toStreamChunks(answer)
  const events = chatChunksOf(natives, includeUsage).map(event)
  const end = natives.length - 1
  const stream: StreamText = {
    opening: '',
    // The reason to finish, the usage and [DONE] leave together: a stream that is cut has none of them.
    chunks: [...events.slice(0, end), `${events.slice(end).join('')}data: [DONE]\n\n`],
    closing: '',
    keepAlive: chatChunksOf([tailOf(answer, 0)], false)
      .map(event)
      .join(''),
    error: event([streamError().toBody()]),
  }
  return eventSteps(stepsOf(behaviour, stream, betweenChunksMs))
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`

const answerEmbeddings = (request: OpenAiCall): Reply => {
  const read = readMessage('EmbeddingsRequest', readJsonText(request.bodyText), version) as unknown as EmbeddingsRequest
  const model = modelFor(request.call)
  const message = readMessage('BatchEmbedContentsRequest', batchRequestOf(read), version)
  const batch = message as unknown as BatchEmbedContentsRequest
  const members = batch.requests ?? []
  request.book('embed', model, embedTokens(members))
  checkBatchEmbedRequest(batch, model)
  const vectors = members.map(member => vectorOf(member, model))
  return jsonReply(embeddingsAnswer(read, vectors, embedUsage(members, model, request.embedUsage)), { pretty: false })
}
