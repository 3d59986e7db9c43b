import type { JsonValue } from '../wire/json-value.ts'
import type { ThinkingConfig } from '../wire/messages.ts'

/** The messages of the OpenAI layer as `readMessage` leaves them. */

export type ChatRequest = {
  readonly model?: string
  readonly messages?: readonly ChatMessage[]
  readonly stream?: boolean
  readonly streamOptions?: { readonly includeUsage?: boolean }
  readonly temperature?: number
  readonly topP?: number
  readonly n?: number
  readonly stop?: JsonValue
  readonly maxTokens?: number
  readonly maxCompletionTokens?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly seed?: number
  readonly responseFormat?: {
    readonly type?: string
    readonly jsonSchema?: { readonly schema?: JsonValue }
  }
  readonly tools?: readonly ChatTool[]
  readonly toolChoice?: JsonValue
  readonly reasoningEffort?: string
  readonly serviceTier?: string
  readonly modalities?: readonly string[]
  readonly extraBody?: { readonly google?: GoogleOptions }
}

export type GoogleOptions = { readonly thinkingConfig?: ThinkingConfig; readonly cachedContent?: string }

export type ChatMessage = {
  readonly role?: string
  readonly content?: JsonValue
  readonly toolCalls?: readonly ChatToolCall[]
  readonly toolCallId?: string
  readonly extraContent?: ExtraContent
}

export type ChatToolCall = {
  readonly id?: string
  readonly function?: { readonly name?: string; readonly arguments?: string }
  readonly extraContent?: ExtraContent
}

export type ExtraContent = { readonly google?: { readonly thoughtSignature?: string } }

export type ChatTool = {
  readonly type?: string
  readonly function?: { readonly name?: string; readonly description?: string; readonly parameters?: JsonValue }
}

export type EmbeddingsRequest = {
  readonly model?: string
  readonly input?: JsonValue
  readonly encodingFormat?: string
  readonly dimensions?: number
}

/** The model a client names: `gemini-3.8-flash` and `models/gemini-3.8-flash` are the same. */
export const modelIdOf = (named: string | undefined): string => (named ?? '').replace(/^models\//, '')
