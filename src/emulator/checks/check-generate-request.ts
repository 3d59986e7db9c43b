import type { Model } from '../models/catalogue.ts'
import { invalidArgument, refuseViolations } from '../wire/google-error.ts'
import type { GenerateContentRequest } from '../wire/messages.ts'
import { checkContents, contentViolations } from './check-contents.ts'
import { checkGenerationConfig, generationConfigViolations } from './check-generation-config.ts'
import { checkSignatures } from './check-signatures.ts'
import { checkSpeech } from './check-speech.ts'
import { checkThinking } from './check-thinking.ts'
import { checkTools, toolViolations } from './check-tools.ts'
import { checkTurns } from './check-turns.ts'
import { safetyViolations } from './safety-violations.ts'

export type GenerateCall = {
  readonly model: Model
  readonly streamed: boolean
}

/**
 * Refuses what Google's backend refuses of a well-formed request: first the field rules, all at once, then the rules
 * between fields, turns and the model, one at a time.
 * @throws GoogleError
 */
export const checkGenerateRequest = (request: GenerateContentRequest, { model, streamed }: GenerateCall): void => {
  if (request.model !== undefined && request.model !== `models/${model.id}` && request.model !== model.id)
    refuseViolations(['GenerateContentRequest.model: model does not match the model of the request path'])
  refuseViolations([
    ...contentViolations(request, 'GenerateContentRequest'),
    ...toolViolations(request, 'GenerateContentRequest'),
    ...safetyViolations(request.safetySettings ?? [], 'GenerateContentRequest'),
    ...generationConfigViolations(request.generationConfig ?? {}, 'GenerateContentRequest'),
  ])
  if (request.cachedContent !== undefined) refuseCachedContent(request)
  checkContents(request, model)
  checkTools(request, model)
  checkGenerationConfig(request.generationConfig ?? {}, model)
  checkThinking(request.generationConfig?.thinkingConfig, model)
  checkSpeech(request, model)
  checkTurns(request.contents ?? [], model)
  checkSignatures(request.contents ?? [], model)
  if (!streamed) checkUnaryOutput(request, model)
}

/** No cache exists here, so every named cache is a foreign one; it excludes what is part of the cache. */
const refuseCachedContent = (request: GenerateContentRequest): void => {
  if (request.systemInstruction !== undefined || request.tools !== undefined || request.toolConfig !== undefined)
    throw invalidArgument(
      'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.',
    )
}

const largestUnaryOutput = 32_768

/** Long decode: more than 32,768 tokens need a stream or a continuation token. */
const checkUnaryOutput = (request: GenerateContentRequest, model: Model): void => {
  const maximum = request.generationConfig?.maxOutputTokens ?? 0
  if (model.listed.outputTokenLimit <= 65_536 || maximum <= largestUnaryOutput) return
  if (request.continuationToken !== undefined) return
  throw invalidArgument(
    `max_output_tokens above ${largestUnaryOutput} requires streamGenerateContent or a continuation_token.`,
  )
}
