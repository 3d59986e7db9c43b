import { createHash } from 'node:crypto'
import type { Model } from '../models/catalogue.ts'
import { canonicalJson, type JsonValue } from '../wire/json-value.ts'
import type { FunctionCall, GenerateContentRequest } from '../wire/messages.ts'
import { responseJsonSchemaOf } from '../wire/request-parts.ts'
import { signCall, signText } from '../wire/thought-signatures.ts'
import { answerText, splitText, thoughtText } from './answer-text.ts'
import { type Finish, finishWith, keptOf } from './finish.ts'
import { planCalls } from './function-calls.ts'
import { groundingOf, groundingOfParts, urlContextOf } from './grounding.ts'
import { pictureOf, speechMimeType, speechOf } from './media.ts'
import { chinesePieces, cutTo, type Piece, partTexts, textPieces } from './pieces.ts'
import { type Prompt, readPrompt } from './prompt.ts'
import { sampleOfJsonSchema, sampleOfSchema } from './sample-json.ts'
import { thoughtTokens } from './thinking.ts'
import { promptTokens, type TokenCount, textTokens } from './token-count.ts'
import { type Wishes, wishesIn } from './wishes.ts'

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
  readonly finish: Finish
  /** Part of the prompt. */
  readonly cachedTokens: number
  /** Copies of the one candidate, where a model makes several. */
  readonly candidateCount: number
  readonly groundingMetadata: Readonly<Record<string, unknown>> | undefined
  readonly urlContextMetadata: Readonly<Record<string, unknown>> | undefined
  readonly serviceTier: string
}

export const planAnswer = (request: GenerateContentRequest, model: Model): Answer => {
  const config = request.generationConfig ?? {}
  const prompt = readPrompt(request)
  const wishes = wishesIn(prompt.text)
  const id = hashOf(`${model.id}\n${canonicalJson(request)}`)
  const maximum = config.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const thinks = Math.min(thoughtTokens(config.thinkingConfig ?? {}, model), maximum)
  const content = contentPieces(request, model, prompt, wishes, id)
  const { pieces: fitting, cut } = cutTo(maximum - thinks, content)
  const finish = finishWith(wishes.finishReason ?? (cut ? 'MAX_TOKENS' : 'STOP'))
  const pieces = wishes.finishReason === undefined ? fitting : keptOf(fitting, finish.reason)
  const shown = config.thinkingConfig?.includeThoughts === true && thinks > 0
  const thoughts = shown ? thoughtPieces(prompt, wishes) : []
  const text = pieces.map(({ part }) => part.text ?? '').join('')
  const whole = finish.reason === 'STOP' || finish.reason === 'MAX_TOKENS'
  const signed = whole && model.traits.generation >= 3 && model.traits.kind === 'text' && text !== ''
  const counted = promptTokens(request)
  return {
    responseId: id.slice(0, 22),
    modelVersion: model.modelVersion,
    prompt: counted,
    cachedTokens: Math.min(wishes.cachedTokens, counted.total),
    thoughtTokens: thinks,
    pieces: [...thoughts, ...pieces],
    closingSignature:
      signed && !pieces.some(({ part }) => part.functionCall !== undefined) ? signText(text) : undefined,
    finish,
    candidateCount: config.candidateCount ?? 1,
    groundingMetadata: wishes.inChinese
      ? groundingOfParts(request, prompt.text, ['', ...partTexts(pieces)].slice(shown ? 0 : 1))
      : groundingOf(request, prompt.text, text),
    urlContextMetadata: urlContextOf(request, prompt.text),
    serviceTier: (request.serviceTier ?? 'standard').toLowerCase().replace('unspecified', 'standard'),
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')

const thoughtPieces = (prompt: Prompt, { thinksAloud }: Wishes): readonly Piece[] => {
  const text = thoughtText(prompt)
  return (thinksAloud ? splitText(text, 4) : [text]).map(thought => ({
    part: { text: thought, thought: true },
    tokens: 0,
  }))
}

const contentPieces = (
  request: GenerateContentRequest,
  model: Model,
  prompt: Prompt,
  wishes: Wishes,
  id: string,
): readonly Piece[] => {
  if (model.traits.kind === 'speech') return speechPieces(prompt.text)
  if (model.traits.kind === 'image') {
    const pictures = picturePieces(request, prompt.text)
    return pictures.length > 1 ? amongWords(pictures, wishes) : pictures
  }
  const calls = planCalls(request, prompt)
  if (calls.length > 0) return amongWords(callPieces(calls, model, id), wishes)
  const code = /\bcode\b/i.test(prompt.text) && (request.tools ?? []).some(tool => tool.codeExecution !== undefined)
  const plain = (request.generationConfig?.responseMimeType ?? 'text/plain') === 'text/plain'
  const texts =
    wishes.inChinese && plain && prompt.functionResponses.length === 0
      ? chinesePieces()
      : textPieces(stopAt(textFor(request, prompt), request))
  return [...(code ? codePieces : []), ...texts]
}

const amongWords = (pieces: readonly Piece[], { betweenWords }: Wishes): readonly Piece[] =>
  betweenWords ? [...textPieces('Here it comes.\n'), ...pieces, ...textPieces('That was it.')] : pieces

/** Since 3.x each call has an id, and the first of them the signature. */
const callPieces = (calls: readonly FunctionCall[], model: Model, id: string): readonly Piece[] => {
  const signed = model.traits.generation >= 3
  return calls.map((call, index) => ({
    part: {
      functionCall: signed ? { id: hashOf(`${id}:${index}`).slice(0, 8).toLowerCase(), ...call } : call,
      ...(signed && index === 0 && { thoughtSignature: signCall(call) }),
    },
    tokens: textTokens(JSON.stringify(call)),
  }))
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
