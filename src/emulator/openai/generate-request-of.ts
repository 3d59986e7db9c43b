import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { isJsonArray, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import { contentsOf } from './chat-contents.ts'
import type { ChatRequest } from './chat-request.ts'
import { thinkingOf } from './chat-thinking.ts'
import { callingConfigOf, toolsOf } from './chat-tools.ts'

/**
 * The native request a chat stands for, as JSON that is still to be read and checked like any other.
 * @throws GoogleError for what Google's layer itself refuses
 */
export const generateRequestOf = (chat: ChatRequest, model: Model): JsonObject => {
  const { contents, systemParts } = contentsOf(chat.messages ?? [])
  const tools = toolsOf(chat.tools ?? [])
  const calling = callingConfigOf(chat.toolChoice)
  const cachedContent = chat.extraBody?.google?.cachedContent
  const tier = chat.serviceTier === 'auto' || chat.serviceTier === 'default' ? undefined : chat.serviceTier
  return withoutUnset({
    contents,
    systemInstruction: systemParts.length === 0 ? undefined : { parts: systemParts },
    tools: tools.length === 0 ? undefined : tools,
    toolConfig: calling && { functionCallingConfig: calling },
    serviceTier: tier,
    cachedContent,
    generationConfig: generationConfigOf(chat, model),
  })
}

const generationConfigOf = (chat: ChatRequest, model: Model): JsonObject => {
  const thinking = thinkingOf(chat, model)
  return withoutUnset({
    temperature: chat.temperature,
    topP: chat.topP,
    candidateCount: chat.n,
    maxOutputTokens: chat.maxCompletionTokens ?? chat.maxTokens,
    stopSequences: stopsOf(chat.stop),
    seed: chat.seed,
    presencePenalty: chat.presencePenalty,
    frequencyPenalty: chat.frequencyPenalty,
    responseModalities: chat.modalities?.map(modality => modality.toUpperCase()),
    thinkingConfig: thinking && { ...thinking },
    ...formatOf(chat),
  })
}

const stopsOf = (stop: JsonValue | undefined): JsonValue | undefined => {
  if (stop === undefined || stop === null) return undefined
  return isJsonArray(stop) ? stop : [stop]
}

const formatOf = ({ responseFormat }: ChatRequest): JsonObject => {
  const { type = 'text', jsonSchema } = responseFormat ?? {}
  if (type === 'text') return {}
  if (type === 'json_object') return { responseMimeType: 'application/json' }
  if (type !== 'json_schema') throw invalidArgument(`Invalid response_format type: ${type}`)
  return withoutUnset({ responseMimeType: 'application/json', responseJsonSchema: jsonSchema?.schema })
}

const withoutUnset = (members: Readonly<Record<string, JsonValue | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
