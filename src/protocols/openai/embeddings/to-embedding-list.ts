import { GatewayError } from '../../../errors/gateway-error.ts'
import type { EmbeddingsRequest } from './read-embeddings-request.ts'
import { batchesOf } from './to-embed-bodies.ts'

type Answer = Readonly<Record<string, unknown>>

/** Vectors that are written at once: some milliseconds of work. */
const vectorsPerPiece = 16

/**
 * OpenAI's list of embeddings, as JSON, from the answers to the bodies of `toEmbedBodies`, in the order of the inputs. In
 * pieces: 2,048 vectors make 70 MB.
 * @throws GatewayError `upstream-empty`, before the first piece, when an answer has not as many vectors as it was asked for
 */
export const writeEmbeddingList = (answers: readonly Answer[], request: EmbeddingsRequest): Iterable<string> => {
  const batches = batchesOf(request.inputs)
  if (answers.length !== batches.length) throw miscounted('answers', answers.length, batches.length)
  const vectors = batches.flatMap((batch, index) => readVectors(answers[index] ?? {}, batch.length))
  const tokens = batches.reduce((sum, batch, index) => sum + tokensOf(answers[index] ?? {}, batch), 0)
  return writePieces(vectors, tokens, request)
}

const writePieces = function* (
  vectors: readonly (readonly number[])[],
  tokens: number,
  { model, dimensions, isBase64 }: EmbeddingsRequest,
) {
  yield '{"object":"list","data":['
  for (let from = 0; from < vectors.length; from += vectorsPerPiece) {
    const items = vectors.slice(from, from + vectorsPerPiece).map((vector, place) => {
      const sized = dimensions === null ? vector : toUnitLength(vector)
      const embedding = isBase64 ? toBase64(sized) : sized
      return JSON.stringify({ object: 'embedding', index: from + place, embedding })
    })
    yield `${from === 0 ? '' : ','}${items.join(',')}`
  }
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  yield `],"model":${JSON.stringify(model)},"usage":${JSON.stringify(usage)}}`
}

const readVectors = (answer: Answer, expected: number): readonly (readonly number[])[] => {
  const embeddings = Array.isArray(answer.embeddings) ? answer.embeddings : []
  if (embeddings.length !== expected) throw miscounted('vectors', embeddings.length, expected)
  return embeddings.map(embedding => {
    const values: unknown = embedding?.values
    if (!Array.isArray(values) || values.length === 0 || !values.every(Number.isFinite))
      throw new GatewayError('upstream-empty', 'The model gave an empty embedding.')
    return values
  })
}

const miscounted = (what: string, found: number, expected: number) =>
  new GatewayError('upstream-empty', `The model gave ${found} ${what} where ${expected} were asked for.`)

/**
 * What the texts cost. Where Google does not tell, an estimate: a token for every four bytes of UTF-8, and at least one
 * for each text.
 */
const tokensOf = (answer: Answer, texts: readonly string[]): number => {
  const usage = answer.usageMetadata as Answer | null | undefined
  const told = [usage?.promptTokenCount, usage?.totalTokenCount].find(isCount)
  return told ?? texts.reduce((sum, text) => sum + Math.ceil(Buffer.byteLength(text) / 4), 0)
}

const isCount = (value: unknown): value is number => typeof value === 'number' && value > 0

/** Google's vectors have length 1 at full size only. */
const toUnitLength = (vector: readonly number[]): readonly number[] => {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map(value => value / length)
}

const toBase64 = (vector: readonly number[]): string => {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4)
  })
  return bytes.toString('base64')
}
