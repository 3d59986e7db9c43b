import { GatewayError } from '../../../errors/gateway-error.ts'
import { isDeeperThan } from '../../text-depth.ts'

export type EmbeddingsRequest = {
  /** As the client wrote it. */
  readonly model: string
  /** Between 1 and 2048 texts, none of them empty. */
  readonly inputs: readonly string[]
  /** Null for the model's own size. */
  readonly dimensions: number | null
  /** Vectors as base64 of little-endian 32-bit floats: what OpenAI's libraries ask for when their user says nothing. */
  readonly isBase64: boolean
  /** Names of members that were given and change nothing. */
  readonly ignored: readonly string[]
}

/** The body of `POST /v1/embeddings`. A member that is null counts as not given. @throws GatewayError `invalid-request` */
export const readEmbeddingsRequest = (bytes: Uint8Array): EmbeddingsRequest => {
  const body = readBody(bytes)
  const given = new Map(Object.entries(body).filter(([, value]) => value !== null))
  return {
    model: readModel(given.get('model')),
    inputs: readInputs(given.get('input')),
    dimensions: readDimensions(given.get('dimensions')),
    isBase64: readFormat(given.get('encoding_format')),
    ignored: [...given.keys()].filter(name => !honoured.has(name)),
  }
}

const honoured: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'encoding_format'])

/** OpenAI's limit. */
const mostInputs = 2048

const deepest = 50

const readBody = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const body = parse(bytes)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw refusal('The body of the request must be one JSON object.')
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (isDeeperThan(deepest, text)) throw new SyntaxError('nested too deeply')
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('invalid-request', 'We could not parse the JSON body of your request.', { cause })
  }
}

const readModel = (model: unknown): string => {
  if (typeof model === 'string' && model !== '') return model
  throw refusal('You must provide a model parameter: the name of an embedding model.', 'model')
}

const readInputs = (input: unknown): readonly string[] => {
  if (input === undefined) throw refusal("Missing required parameter: 'input'.", 'input')
  const inputs = typeof input === 'string' ? [input] : input
  if (!Array.isArray(inputs))
    throw refusal("Invalid type for 'input': expected a string or a list of strings.", 'input')
  if (inputs.length === 0) throw refusal("Invalid 'input': the list must not be empty.", 'input')
  if (inputs.some(isTokens))
    throw refusal(
      "Lists of tokens cannot be used as 'input': Gemini does not know them. Send the text itself, a string or a list of strings (LangChain: check_embedding_ctx_length=False).",
      'input',
    )
  if (inputs.length > mostInputs)
    throw refusal(`Invalid 'input': at most ${mostInputs} texts are allowed, but ${inputs.length} were given.`, 'input')
  inputs.forEach((text, index) => {
    const param = typeof input === 'string' ? 'input' : `input[${index}]`
    if (typeof text !== 'string') throw refusal(`Invalid type for '${param}': expected a string.`, param)
    if (text === '') throw refusal(`Invalid '${param}': the text must not be empty.`, param)
  })
  return inputs
}

const isTokens = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) && value.every(token => typeof token === 'number'))

const readDimensions = (dimensions: unknown): number | null => {
  if (dimensions === undefined) return null
  if (typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions >= 1 && dimensions < 2 ** 31)
    return dimensions
  throw refusal("Invalid 'dimensions': expected a whole number of at least 1.", 'dimensions')
}

const readFormat = (format: unknown): boolean => {
  if (format === undefined || format === 'float') return false
  if (format === 'base64') return true
  throw refusal("Invalid 'encoding_format': expected 'float' or 'base64'.", 'encoding_format')
}

const refusal = (message: string, param?: string) =>
  new GatewayError('invalid-request', message, param === undefined ? {} : { param })
