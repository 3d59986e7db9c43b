import type { EmbeddingsRequest } from './read-embeddings-request.ts'

/** Google's limit for one call of batchEmbedContents. */
export const largestBatch = 100

/**
 * The bodies of as many batchEmbedContents calls as the texts need, in their order.
 * @param model the resolved name, with or without `models/`; Google wants it in every entry
 */
export const toEmbedBodies = (
  request: EmbeddingsRequest,
  model: string,
): readonly Readonly<Record<string, unknown>>[] => {
  const name = `models/${model.replace(/^models\//, '')}`
  return batchesOf(request.inputs).map(texts => ({
    requests: texts.map(text => ({
      model: name,
      content: { parts: [{ text }] },
      ...(request.dimensions !== null && { outputDimensionality: request.dimensions }),
    })),
  }))
}

/** Which texts go up together: the answers are matched by it. */
export const batchesOf = (inputs: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(inputs.length / largestBatch) }, (_, index) =>
    inputs.slice(index * largestBatch, (index + 1) * largestBatch),
  )
