import type OpenAI from 'openai'

/** What the schemas are made of: the types that OpenAI publishes, under names of our own. */
export type ChatCompletion = OpenAI.ChatCompletion
export type ChatCompletionChunk = OpenAI.ChatCompletionChunk
export type CreateEmbeddingResponse = OpenAI.CreateEmbeddingResponse
export type Model = OpenAI.Model
export type ErrorObject = OpenAI.ErrorObject
