import type { Conversion } from './conversion.ts'
import { fault, tooLong, wrongType } from './faults.ts'
import { checkRange, isSet, type JsonObject, readFlag, readInteger, readNumber } from './read-values.ts'

/**
 * What of a request decides on how tokens are drawn, as members of Gemini's `generationConfig`.
 * @throws GatewayError
 */
export const readSampling = (body: JsonObject, { can, ignored }: Conversion): JsonObject => {
  const penalties = readPenalties(body)
  if (!can.takesPenalties) for (const { field } of penalties) ignored.add(field)
  return {
    ...asMember('temperature', readWithin(body, 'temperature', 0, 2)),
    ...asMember('topP', readWithin(body, 'top_p', 0, 1)),
    ...asMember('topK', readPositive(body, 'top_k', ignored)),
    ...asMember('maxOutputTokens', readMostTokens(body, ignored)),
    ...asMember('stopSequences', readStop(body.stop)),
    ...asMember('seed', readSeed(body.seed)),
    ...readLogprobs(body, can),
    ...(can.takesPenalties && Object.fromEntries(penalties.map(({ name, value }) => [name, value]))),
  }
}

const asMember = (name: string, value: unknown): JsonObject => (value === undefined ? {} : { [name]: value })

const readWithin = (body: JsonObject, field: string, minimum: number, maximum: number): number | undefined => {
  const value = readNumber(body[field], field)
  if (value !== undefined) checkRange(value, minimum, maximum, field)
  return value
}

const largestInteger = 2 ** 31 - 1

/** Nothing and less mean "no limit" to many clients. */
const readPositive = (body: JsonObject, field: string, ignored: Conversion['ignored']): number | undefined => {
  const value = readInteger(body[field], field)
  if (value === undefined || value > 0) return value === undefined ? undefined : Math.min(value, largestInteger)
  ignored.add(field)
  return undefined
}

const readMostTokens = (body: JsonObject, ignored: Conversion['ignored']): number | undefined => {
  const newer = readPositive(body, 'max_completion_tokens', ignored)
  const older = readPositive(body, 'max_tokens', ignored)
  if (newer !== undefined && older !== undefined && newer !== older) ignored.add('max_tokens')
  return newer ?? older
}

const mostStops = 5

const readStop = (value: unknown): readonly string[] | undefined => {
  if (!isSet(value)) return undefined
  const given: readonly unknown[] = Array.isArray(value) ? value : [value]
  const stops = given.map((stop, index) => {
    if (typeof stop === 'string') return stop
    throw Array.isArray(value)
      ? wrongType(`stop[${index}]`, 'a string', stop)
      : wrongType('stop', 'one of a string or array of strings', stop)
  })
  const sequences = stops.filter(stop => stop !== '')
  if (sequences.length > mostStops) {
    throw tooLong('stop', mostStops, sequences.length)
  }
  return sequences.length === 0 ? undefined : sequences
}

/** OpenAI's seed has 64 bits, Google's 32 and a sign: both halves count, and what fits stays as it is. */
const readSeed = (value: unknown): number | undefined => {
  const seed = readInteger(value, 'seed')
  if (seed === undefined || (seed | 0) === seed) return seed
  const low = BigInt.asUintN(32, BigInt(seed))
  const high = BigInt.asUintN(32, BigInt(seed) >> 32n)
  return Number(BigInt.asIntN(32, low ^ high))
}

const mostLogprobs = 20

const readLogprobs = (body: JsonObject, can: Conversion['can']): JsonObject => {
  const isAsked = readFlag(body.logprobs, 'logprobs') ?? false
  const top = readInteger(body.top_logprobs, 'top_logprobs')
  if (top !== undefined) checkRange(top, 0, mostLogprobs, 'top_logprobs')
  if (!isAsked && top !== undefined && top > 0) {
    throw fault(
      "Invalid value for 'top_logprobs': 'top_logprobs' is only allowed when 'logprobs' is true.",
      'top_logprobs',
    )
  }
  if (isAsked && !can.takesLogprobs) {
    throw fault("Invalid value for 'logprobs': this model does not tell them.", 'logprobs')
  }
  return isAsked ? { responseLogprobs: true, ...asMember('logprobs', top) } : {}
}

type Penalty = { readonly field: string; readonly name: string; readonly value: number }

/** No penalty at all is what every model does, and what some clients always send. */
const readPenalties = (body: JsonObject): readonly Penalty[] =>
  [
    { field: 'presence_penalty', name: 'presencePenalty', value: readWithin(body, 'presence_penalty', -2, 2) ?? 0 },
    { field: 'frequency_penalty', name: 'frequencyPenalty', value: readWithin(body, 'frequency_penalty', -2, 2) ?? 0 },
  ].filter(({ value }) => value !== 0)
