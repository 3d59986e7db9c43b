import { FunctionNames } from '../../function-names.ts'
import { capabilitiesOf } from '../../gemini/capabilities.ts'
import { SchemaBudget } from '../../google-schema/schema-budget.ts'
import type { ChatManner } from '../chat-manner.ts'
import { arrangeTurns } from './arrange-turns.ts'
import type { Conversion } from './conversion.ts'
import { declaredNamesOf } from './declared-names.ts'
import { toGenerationConfig } from './generation-config.ts'
import { Ignored } from './ignored.ts'
import type { Media } from './media.ts'
import { placeTools } from './place-tools.ts'
import type { ChatRequest } from './read-chat-request.ts'
import { readGoogleExtras } from './read-google-extras.ts'
import { readMessages } from './read-messages.ts'
import { readModalities } from './read-modalities.ts'
import { readResponseFormat } from './read-response-format.ts'
import { isSet, type JsonObject, readFlag, readObject, readText } from './read-values.ts'
import { readWebSearch } from './read-web-search.ts'

export type ChatContext = {
  /** Google's name of the model, without the endings that stand for features. */
  readonly model: string
  /** What was fetched of `remoteMediaOf`, by address. */
  readonly media: ReadonlyMap<string, Media>
  /** The thought signature that came with a call, where it is remembered. */
  readonly signatureOf: (callId: string) => string | undefined
  /** One of Google's, for voices that Google does not have. */
  readonly voice: string
}

export type GeminiChat = {
  /** The body of a generateContent call. */
  readonly request: Readonly<Record<string, unknown>>
  /** Paths of what was not honoured: `user`, `messages[].name`. */
  readonly ignored: readonly string[]
  readonly manner: ChatManner
  /** Google's own tools that were asked for and left out, by Google's names: the model does not take them, or not beside functions. */
  readonly leftOutTools: readonly string[]
}

/**
 * Translates a chat completion into Gemini's generateContent, once the model is known and remote media is there. Of the
 * request, everything is translated, refused, or listed in `ignored`.
 * @throws GatewayError `invalid-request` in OpenAI's words, with the part at fault as `param`
 */
export const toGeminiRequest = (request: ChatRequest, context: ChatContext): GeminiChat => {
  const { body } = request
  const conversion: Conversion = {
    can: capabilitiesOf(context.model),
    names: new FunctionNames(declaredNamesOf(body)),
    ignored: new Ignored(),
    schemaBudget: new SchemaBudget(),
    media: context.media,
    signatureOf: context.signatureOf,
  }
  const extras = readGoogleExtras(body, conversion)
  const format = readResponseFormat(body.response_format, conversion)
  const asked = [...extras.tools, ...readWebSearch(body.web_search_options, conversion)]
  const placed = placeTools(body, asked, format.kind === 'json', conversion)
  const modalities = readModalities(body, context.voice, conversion)
  const messages = readMessages(Array.isArray(body.messages) ? body.messages : [], conversion)
  const { systemInstruction, contents } = arrangeTurns(messages, conversion.can)
  const hasTools = placed.tools.length > 0
  const generationConfig = toGenerationConfig(body, context.model, { extras, format, modalities, hasTools }, conversion)
  const serviceTier = readServiceTier(body.service_tier, conversion)
  const includesUsage = readStreamOptions(request, conversion)
  const isParallel = readFlag(body.parallel_tool_calls, 'parallel_tool_calls') ?? true
  conversion.ignored.addUnknown(body, handledMembers, '')
  // Nothing is stored anyway.
  if (isSet(body.store) && body.store !== false) conversion.ignored.add('store')
  return {
    request: {
      contents,
      ...(systemInstruction !== undefined && { systemInstruction: { parts: systemInstruction.parts } }),
      ...(hasTools && { tools: placed.tools }),
      ...(placed.toolConfig !== undefined && { toolConfig: placed.toolConfig }),
      ...(extras.safetySettings !== undefined && { safetySettings: extras.safetySettings.value }),
      ...(extras.cachedContent !== undefined && { cachedContent: extras.cachedContent.value }),
      ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
      ...(serviceTier !== undefined && { serviceTier }),
    },
    ignored: conversion.ignored.list(),
    manner: {
      model: request.model,
      includesUsage,
      callForm: placed.read.callForm,
      // The deprecated form has room for one call.
      isOneCallOnly: !isParallel || placed.read.callForm === 'functions',
      customTools: placed.read.custom,
      toClientName: name => conversion.names.toClient(name),
      audioFormat: modalities.audioFormat,
    },
    leftOutTools: placed.leftOut,
  }
}

/** Members that are read somewhere; each lists by itself what it cannot honour. All others are listed. */
const handledMembers = new Set(
  `messages model n stream stream_options temperature top_p top_k max_tokens max_completion_tokens stop seed logprobs
   top_logprobs presence_penalty frequency_penalty response_format modalities audio reasoning_effort tools tool_choice
   functions function_call parallel_tool_calls web_search_options service_tier store google extra_body`.split(/\s+/),
)

const readStreamOptions = ({ body, isStream }: ChatRequest, { ignored }: Conversion): boolean => {
  const options: JsonObject = readObject(body.stream_options, 'stream_options') ?? {}
  const includesUsage = readFlag(options.include_usage, 'stream_options.include_usage') ?? false
  const isObfuscated = readFlag(options.include_obfuscation, 'stream_options.include_obfuscation') ?? false
  if (!isStream && isSet(body.stream_options)) ignored.add('stream_options')
  else if (isObfuscated) ignored.add('stream_options.include_obfuscation')
  ignored.addUnknown(options, new Set(['include_usage', 'include_obfuscation']), 'stream_options')
  return includesUsage
}

const tiers = new Map([
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['fast', 'priority'],
])

const readServiceTier = (value: unknown, { ignored }: Conversion): string | undefined => {
  const asked = readText(value, 'service_tier')
  if (asked === undefined || asked === 'auto' || asked === 'default') return undefined
  const tier = tiers.get(asked)
  if (tier === undefined) ignored.add('service_tier')
  return tier
}
