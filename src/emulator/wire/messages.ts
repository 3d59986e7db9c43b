import type { JsonObject, JsonValue } from './json-value.ts'

/** The messages as `readMessage` leaves them: lowerCamelCase names, upper-case enums, lists where lists belong. */

export type GenerateContentRequest = {
  readonly model?: string
  readonly systemInstruction?: Content
  readonly contents?: readonly Content[]
  readonly tools?: readonly Tool[]
  readonly toolConfig?: ToolConfig
  readonly safetySettings?: readonly SafetySetting[]
  readonly generationConfig?: GenerationConfig
  readonly cachedContent?: string
  readonly serviceTier?: string
  readonly continuationToken?: string
}

export type CountTokensRequest = {
  readonly contents?: readonly Content[]
  readonly generateContentRequest?: GenerateContentRequest
}

export type EmbedContentRequest = {
  readonly model?: string
  readonly content?: Content
  readonly taskType?: string
  readonly title?: string
  readonly outputDimensionality?: number
}

export type BatchEmbedContentsRequest = { readonly requests?: readonly EmbedContentRequest[] }

export type Content = { readonly role?: string; readonly parts?: readonly Part[] }

export type Part = {
  readonly text?: string
  readonly inlineData?: Blob
  readonly functionCall?: FunctionCall
  readonly functionResponse?: FunctionResponse
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string }
  readonly executableCode?: JsonObject
  readonly codeExecutionResult?: JsonObject
  readonly toolCall?: JsonObject
  readonly toolResponse?: JsonObject
  readonly thought?: boolean
  readonly thoughtSignature?: string
}

export type Blob = { readonly mimeType?: string; readonly data?: string }

export type FunctionCall = { readonly id?: string; readonly name?: string; readonly args?: JsonObject }

export type FunctionResponse = { readonly id?: string; readonly name?: string; readonly response?: JsonObject }

export type Tool = {
  readonly functionDeclarations?: readonly FunctionDeclaration[]
  readonly googleSearchRetrieval?: JsonObject
  readonly codeExecution?: JsonObject
  readonly googleSearch?: JsonObject
  readonly computerUse?: JsonObject
  readonly urlContext?: JsonObject
  readonly fileSearch?: JsonObject
  readonly googleMaps?: JsonObject
  readonly mcpServers?: readonly JsonObject[]
}

export type FunctionDeclaration = {
  readonly name?: string
  readonly description?: string
  readonly parameters?: Schema
  readonly parametersJsonSchema?: JsonValue
  readonly response?: Schema
  readonly responseJsonSchema?: JsonValue
}

export type ToolConfig = {
  readonly functionCallingConfig?: { readonly mode?: string; readonly allowedFunctionNames?: readonly string[] }
  readonly includeServerSideToolInvocations?: boolean
}

export type SafetySetting = { readonly category?: string; readonly threshold?: string }

export type GenerationConfig = {
  readonly candidateCount?: number
  readonly stopSequences?: readonly string[]
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly responseMimeType?: string
  readonly responseSchema?: Schema
  readonly responseJsonSchema?: JsonValue
  readonly _responseJsonSchema?: JsonValue
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly responseLogprobs?: boolean
  readonly logprobs?: number
  readonly responseModalities?: readonly string[]
  readonly speechConfig?: SpeechConfig
  readonly thinkingConfig?: ThinkingConfig
  readonly imageConfig?: { readonly aspectRatio?: string; readonly imageSize?: string }
}

export type ThinkingConfig = {
  readonly includeThoughts?: boolean
  readonly thinkingBudget?: number
  readonly thinkingLevel?: string
}

export type SpeechConfig = {
  readonly voiceConfig?: VoiceConfig
  readonly multiSpeakerVoiceConfig?: {
    readonly speakerVoiceConfigs?: readonly { readonly speaker?: string; readonly voiceConfig?: VoiceConfig }[]
  }
}

export type VoiceConfig = { readonly prebuiltVoiceConfig?: { readonly voiceName?: string }; readonly voice?: string }

export type Schema = {
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly anyOf?: readonly Schema[]
}
