import { embeddingOf } from '../answers/embedding.ts'
import { contentTokens } from '../answers/token-count.ts'
import type { Model } from '../models/catalogue.ts'
import type { EmbedContentRequest } from '../wire/messages.ts'

/**
 * Whether embeddings tell what they used. Records disagree, so it may be chosen: `by-model`, the default, is what most
 * of them show, only the second generation of embedding models.
 */
export type EmbedUsage = 'by-model' | 'always' | 'never'

export const vectorOf = (request: EmbedContentRequest, model: Model): readonly number[] => {
  const text = (request.content?.parts ?? []).map(part => part.text ?? JSON.stringify(part)).join('\n')
  const fullSize = model.traits.defaultDimensions ?? 3072
  return embeddingOf(text, request.taskType ?? '', fullSize, request.outputDimensionality)
}

export const embedTokens = (requests: readonly EmbedContentRequest[]): number =>
  requests.reduce((sum, request) => sum + contentTokens(request.content ?? {}), 0)

export const embedUsage = (requests: readonly EmbedContentRequest[], model: Model, told: EmbedUsage) => {
  const tells = told === 'by-model' ? model.modelVersion !== 'gemini-embedding-001' : told === 'always'
  return tells ? { promptTokenCount: embedTokens(requests) } : undefined
}
