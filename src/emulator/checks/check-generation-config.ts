import type { Model } from '../models/catalogue.ts'
import { invalidArgument, type Violation } from '../wire/google-error.ts'
import type { GenerationConfig } from '../wire/messages.ts'
import { responseJsonSchemaOf } from '../wire/request-parts.ts'
import { jsonSchemaViolations } from './json-schema-violations.ts'
import { schemaViolations } from './schema-violations.ts'

const mimeTypes = ['text/plain', 'application/json', 'application/xml', 'application/yaml', 'text/x.enum']

/** The field rules of the generation config. */
export const generationConfigViolations = (config: GenerationConfig, owner: string): readonly Violation[] => {
  const path = `${owner}.generation_config`
  const jsonSchema = responseJsonSchemaOf(config)
  const mimeType = config.responseMimeType ?? ''
  const rules: readonly (Violation | false)[] = [
    outside(config.temperature, 0, 2) && `${path}.temperature: temperature must be in the range [0.0, 2.0].`,
    outside(config.topP, 0, 1) && `${path}.top_p: top_p must be in the range [0.0, 1.0].`,
    outside(config.topK, 1, 2 ** 31) && `${path}.top_k: top_k must be positive.`,
    outside(config.maxOutputTokens, 1, 2 ** 31) && `${path}.max_output_tokens: max_output_tokens must be positive.`,
    outside(config.candidateCount, 1, 8) && `${path}.candidate_count: candidate_count must be in the range [1, 8].`,
    outside(config.logprobs, 0, 20) && `${path}.logprobs: logprobs must be in the range [0, 20].`,
    (config.stopSequences ?? []).length > 5 &&
      `${path}.stop_sequences: the number of stop_sequences must not exceed 5.`,
    mimeType !== '' &&
      !mimeTypes.includes(mimeType) &&
      `${path}.response_mime_type: allowed mimetypes are \`text/plain\`, \`application/json\`, \`application/xml\`, \`application/yaml\` and \`text/x.enum\`.`,
    config.responseSchema !== undefined &&
      jsonSchema !== undefined &&
      `${path}.response_json_schema: only one of response_schema and response_json_schema may be set`,
    (config.responseSchema !== undefined || jsonSchema !== undefined) &&
      !['application/json', 'text/x.enum'].includes(mimeType) &&
      `${path}.response_schema: only allowed when response_mime_type is \`application/json\` or \`text/x.enum\`.`,
  ]
  return [
    ...rules.filter(rule => rule !== false),
    ...(config.responseSchema === undefined ? [] : schemaViolations(config.responseSchema, `${path}.response_schema`)),
    ...(jsonSchema === undefined ? [] : jsonSchemaViolations(jsonSchema, `${path}.response_json_schema`)),
  ]
}

const outside = (value: number | undefined, minimum: number, maximum: number) =>
  value !== undefined && (value < minimum || value > maximum)

/** The rules between the generation config and the model. */
export const checkGenerationConfig = (config: GenerationConfig, model: Model): void => {
  if ((config.candidateCount ?? 1) > 1 && model.traits.generation >= 3)
    throw invalidArgument('Multiple candidates is not enabled for this model')
  if (config.responseLogprobs === true || config.logprobs !== undefined)
    throw invalidArgument('Logprobs is not enabled for this model')
  if (config.presencePenalty !== undefined || config.frequencyPenalty !== undefined)
    throw invalidArgument('Penalty is not enabled for this model')
  if (config.imageConfig !== undefined && model.traits.kind !== 'image')
    throw invalidArgument(`Image config is not enabled for models/${model.id}`)
  checkModalities(config.responseModalities ?? [], model)
}

const combinations: Readonly<Record<string, readonly (readonly string[])[]>> = {
  text: [['TEXT']],
  speech: [['AUDIO']],
  image: [['IMAGE'], ['TEXT', 'IMAGE']],
}

/** Speech models take no default: a request that does not ask for audio asks for text, which they refuse. */
const checkModalities = (asked: readonly string[], model: Model): void => {
  const accepted = combinations[model.traits.kind]
  if (accepted === undefined) return
  const wanted = asked.length === 0 && model.traits.kind === 'speech' ? ['TEXT'] : asked
  if (wanted.length === 0 || accepted.some(combination => sameMembers(combination, wanted))) return
  const list = accepted.map(combination => `* ${combination.join(', ')}\n`).join('')
  throw invalidArgument(
    `The requested combination of response modalities (${wanted.join(', ')}) is not supported by the model. models/${model.id} accepts the following combination of response modalities:\n${list}`,
  )
}

const sameMembers = (left: readonly string[], right: readonly string[]) =>
  new Set(left).size === new Set(right).size && left.every(member => right.includes(member))
