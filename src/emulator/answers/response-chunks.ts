import type { Part } from '../wire/messages.ts'
import type { Piece } from './pieces.ts'
import type { Answer } from './plan-answer.ts'

/** A `GenerateContentResponse`. */
export type Chunk = Readonly<Record<string, unknown>>

/** The answer as a stream sends it: each chunk a whole response, with the usage so far; the reason to finish comes last. */
export const toStreamChunks = (answer: Answer): readonly Chunk[] => {
  const pieces = answer.pieces
  let tokens = 0
  const chunks = pieces.map((piece, index) => {
    tokens += piece.tokens
    const isLast = index === pieces.length - 1 && answer.closingSignature === undefined
    return chunkOf(answer, [piece.part], tokens, isLast)
  })
  if (answer.closingSignature !== undefined)
    return [...chunks, chunkOf(answer, [{ text: '', thoughtSignature: answer.closingSignature }], tokens, true)]
  return chunks.length > 0 ? chunks : [chunkOf(answer, [], 0, true)]
}

/** The answer as one response: neighbouring pieces of text are one part, and the signature is on the last of them. */
export const toWholeResponse = (answer: Answer): Chunk => {
  const parts = answer.pieces.reduce(joinPiece, [])
  const last = parts.at(-1)
  if (answer.closingSignature !== undefined && last !== undefined)
    parts[parts.length - 1] = { ...last, thoughtSignature: answer.closingSignature }
  return chunkOf(
    answer,
    parts,
    answer.pieces.reduce((sum, piece) => sum + piece.tokens, 0),
    true,
  )
}

const joinPiece = (parts: Part[], { part, opensPart }: Piece): Part[] => {
  const last = parts.at(-1)
  if (opensPart === true) parts.push(part)
  else if (last?.text !== undefined && part.text !== undefined && last.thought === part.thought)
    parts[parts.length - 1] = { ...last, text: last.text + part.text }
  else if (last?.inlineData !== undefined && part.inlineData?.mimeType?.startsWith('audio/') === true)
    parts[parts.length - 1] = { inlineData: joinAudio(last, part) }
  else parts.push(part)
  return parts
}

const joinAudio = (left: Part, right: Part) => ({
  mimeType: left.inlineData?.mimeType ?? '',
  data: Buffer.concat([
    Buffer.from(left.inlineData?.data ?? '', 'base64'),
    Buffer.from(right.inlineData?.data ?? '', 'base64'),
  ]).toString('base64'),
})

const chunkOf = (answer: Answer, parts: readonly Part[], tokens: number, isLast: boolean): Chunk => ({
  candidates: Array.from({ length: answer.candidateCount }, (_, index) => ({
    content: parts.length > 0 ? { parts, role: 'model' } : {},
    ...(isLast && { finishReason: answer.finish.reason }),
    ...(isLast && answer.finish.message !== undefined && { finishMessage: answer.finish.message }),
    index,
    ...(isLast && answer.finish.safetyRatings !== undefined && { safetyRatings: answer.finish.safetyRatings }),
    ...(isLast && answer.groundingMetadata !== undefined && { groundingMetadata: answer.groundingMetadata }),
    ...(isLast && answer.urlContextMetadata !== undefined && { urlContextMetadata: answer.urlContextMetadata }),
  })),
  ...tailOf(answer, tokens * answer.candidateCount),
})

/** Usage, version and id: what every chunk ends with, and all that is left of an empty one. */
export const tailOf = (answer: Answer, tokens: number): Chunk => ({
  usageMetadata: {
    promptTokenCount: answer.prompt.total,
    ...(answer.cachedTokens > 0 && { cachedContentTokenCount: answer.cachedTokens }),
    ...(tokens > 0 && { candidatesTokenCount: tokens }),
    totalTokenCount: answer.prompt.total + tokens + answer.thoughtTokens,
    promptTokensDetails: answer.prompt.details,
    ...(answer.cachedTokens > 0 && {
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: answer.cachedTokens }],
    }),
    ...(answer.thoughtTokens > 0 && { thoughtsTokenCount: answer.thoughtTokens }),
    serviceTier: answer.serviceTier,
  },
  modelVersion: answer.modelVersion,
  responseId: answer.responseId,
})
