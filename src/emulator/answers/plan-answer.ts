import { createHash } from 'node:crypto'
import type { Model } from '../models/catalogue.ts'
import { canonicalJson, type JsonValue } from '../wire/json-value.ts'
import type { GenerateContentRequest, Part } from '../wire/messages.ts'
import { responseJsonSchemaOf } from '../wire/request-parts.ts'
import { signCall, signText } from '../wire/thought-signatures.ts'
import { answerText, splitText, thoughtText } from './answer-text.ts'
import { planCalls } from './function-calls.ts'
import { groundingOf, urlContextOf } from './grounding.ts'
import { pictureOf, speechMimeType, speechOf } from './media.ts'
import { type Prompt, readPrompt } from './prompt.ts'
import { sampleOfJsonSchema, sampleOfSchema } from './sample-json.ts'
import { thoughtTokens } from './thinking.ts'
import { charactersOf, promptTokens, type TokenCount, textTokens } from './token-count.ts'

/** Everything a response will say, before it is cut into chunks. A function of the request alone. */
export type Answer = {
  readonly responseId: string
  readonly modelVersion: string
  readonly prompt: TokenCount
  readonly thoughtTokens: number
  /** Parts in order, in pieces as a stream sends them. */
  readonly pieces: readonly Piece[]
  /** The signature that ends an answer of text, on 3.x models. */
  readonly closingSignature: string | undefined
  readonly finishReason: string
  /** Copies of the one candidate, where a model makes several. */
  readonly candidateCount: number
  readonly groundingMetadata: Readonly<Record<string, unknown>> | undefined
  readonly urlContextMetadata: Readonly<Record<string, unknown>> | undefined
  readonly serviceTier: string
}

export type Piece = { readonly part: Part; readonly tokens: number }

export const planAnswer = (request: GenerateContentRequest, model: Model): Answer => {
  const config = request.generationConfig ?? {}
  const prompt = readPrompt(request)
  const id = hashOf(`${model.id}\n${canonicalJson(request)}`)
  const maximum = config.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const thinks = Math.min(thoughtTokens(config.thinkingConfig ?? {}, model), maximum)
  const content = contentPieces(request, model, prompt, id)
  const { pieces, cut } = cutTo(maximum - thinks, content)
  const shown = config.thinkingConfig?.includeThoughts === true && thinks > 0
  const text = pieces.map(({ part }) => part.text ?? '').join('')
  const signed = model.traits.generation >= 3 && model.traits.kind === 'text' && text !== ''
  return {
    responseId: id.slice(0, 22),
    modelVersion: model.modelVersion,
    prompt: promptTokens(request),
    thoughtTokens: thinks,
    pieces: shown ? [{ part: { text: thoughtText(prompt), thought: true }, tokens: 0 }, ...pieces] : pieces,
    closingSignature:
      signed && !pieces.some(({ part }) => part.functionCall !== undefined) ? signText(text) : undefined,
    finishReason: cut ? 'MAX_TOKENS' : 'STOP',
    candidateCount: config.candidateCount ?? 1,
    groundingMetadata: groundingOf(request, prompt.text, text),
    urlContextMetadata: urlContextOf(request, prompt.text),
    serviceTier: (request.serviceTier ?? 'standard').toLowerCase().replace('unspecified', 'standard'),
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

const contentPieces = (request: GenerateContentRequest, model: Model, prompt: Prompt, id: string): readonly Piece[] => {
  if (model.traits.kind === 'speech') return speechPieces(prompt.text)
  if (model.traits.kind === 'image') return picturePieces(request, prompt.text)
  const calls = planCalls(request, prompt)
  if (calls.length > 0) {
    const signed = model.traits.generation >= 3
    return calls.map((call, index) => ({
      part: {
        functionCall: signed ? { id: hashOf(`${id}:${index}`).slice(0, 8).toLowerCase(), ...call } : call,
        ...(signed && index === 0 && { thoughtSignature: signCall(call) }),
      },
      tokens: textTokens(JSON.stringify(call)),
    }))
  }
  const code = /\bcode\b/i.test(prompt.text) && (request.tools ?? []).some(tool => tool.codeExecution !== undefined)
  return [...(code ? codePieces : []), ...textPieces(stopAt(textFor(request, prompt), request))]
}

const codePieces: readonly Piece[] = [
  { part: { executableCode: { language: 'PYTHON', code: 'print(6 * 7)\n' } }, tokens: 8 },
  { part: { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' } }, tokens: 4 },
]

const textFor = (request: GenerateContentRequest, prompt: Prompt): string => {
  const config = request.generationConfig ?? {}
  const sample = sampleFor(request)
  if (sample !== undefined) return config.responseMimeType === 'text/x.enum' ? String(sample) : JSON.stringify(sample)
  return config.responseMimeType === 'application/json'
    ? JSON.stringify({ answer: answerText(prompt) })
    : answerText(prompt)
}

const sampleFor = (request: GenerateContentRequest): JsonValue | undefined => {
  const config = request.generationConfig ?? {}
  if (config.responseSchema !== undefined) return sampleOfSchema(config.responseSchema)
  const jsonSchema = responseJsonSchemaOf(config)
  return jsonSchema === undefined ? undefined : sampleOfJsonSchema(jsonSchema)
}

const stopAt = (text: string, request: GenerateContentRequest): string =>
  (request.generationConfig?.stopSequences ?? [])
    .filter(sequence => sequence !== '')
    .reduce((kept, sequence) => kept.split(sequence)[0] ?? '', text)

const textPieces = (text: string): readonly Piece[] =>
  text === '' ? [] : splitText(text).map(piece => ({ part: { text: piece }, tokens: textTokens(piece) }))

const speechPieces = (text: string): readonly Piece[] => {
  const samples = speechOf(text)
  const size = Math.ceil(samples.length / 4 / 2) * 2
  return [0, 1, 2, 3]
    .map(index => samples.subarray(index * size, (index + 1) * size))
    .filter(piece => piece.length > 0)
    .map(piece => ({
      part: { inlineData: { mimeType: speechMimeType, data: piece.toString('base64') } },
      tokens: Math.ceil(piece.length / 1500),
    }))
}

const picturePieces = (request: GenerateContentRequest, text: string): readonly Piece[] => {
  const modalities = request.generationConfig?.responseModalities ?? []
  const picture: Piece = { part: { inlineData: { mimeType: 'image/png', data: pictureOf(text) } }, tokens: 1120 }
  return modalities.length > 0 && !modalities.includes('TEXT')
    ? [picture]
    : [...textPieces(`Here is a picture of: ${text}`), picture]
}

/** Cuts what does not fit; text in the middle, everything else as a whole. */
const cutTo = (
  maximum: number,
  pieces: readonly Piece[],
): { readonly pieces: readonly Piece[]; readonly cut: boolean } => {
  const kept: Piece[] = []
  let left = maximum
  for (const piece of pieces) {
    if (piece.tokens <= left) {
      kept.push(piece)
      left -= piece.tokens
      continue
    }
    const text = piece.part.text?.slice(0, charactersOf(left)) ?? ''
    if (text !== '') kept.push({ part: { text }, tokens: left })
    return { pieces: kept, cut: true }
  }
  return { pieces: kept, cut: false }
}
