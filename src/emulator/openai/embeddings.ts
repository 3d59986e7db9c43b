import { invalidArgument } from '../wire/google-error.ts'
import { isJsonArray, type JsonObject } from '../wire/json-value.ts'
import { type EmbeddingsRequest, modelIdOf } from './chat-request.ts'

/** The native batch an embeddings request stands for. @throws GoogleError for input that is not text */
export const batchRequestOf = ({ input, model, dimensions, encodingFormat }: EmbeddingsRequest): JsonObject => {
  if (encodingFormat !== undefined && encodingFormat !== 'float' && encodingFormat !== 'base64')
    throw invalidArgument(`Invalid encoding_format: ${encodingFormat}`)
  const texts = isJsonArray(input) ? input : [input ?? '']
  if (!texts.every(text => typeof text === 'string'))
    throw invalidArgument('Invalid input: only texts can be embedded, not lists of tokens.')
  return {
    requests: texts.map(text => ({
      model: `models/${modelIdOf(model)}`,
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    })),
  }
}

export type EmbeddingsUsage = { readonly promptTokenCount: number }

/** The answer in OpenAI's shape; base64 is little-endian float32. */
export const embeddingsAnswer = (
  { model, encodingFormat }: EmbeddingsRequest,
  vectors: readonly (readonly number[])[],
  usage: EmbeddingsUsage | undefined,
) => ({
  data: vectors.map((values, index) => ({
    embedding: encodingFormat === 'base64' ? base64Of(values) : values,
    index,
    object: 'embedding',
  })),
  model: modelIdOf(model),
  object: 'list',
  ...(usage !== undefined && {
    usage: { prompt_tokens: usage.promptTokenCount, total_tokens: usage.promptTokenCount },
  }),
})

const base64Of = (values: readonly number[]): string => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4)
  })
  return bytes.toString('base64')
}
