import { type ThinkingEffort, thinkingConfigFor } from '../../gemini/thinking.ts'
import type { Conversion } from './conversion.ts'
import { fault } from './faults.ts'
import type { GoogleExtras } from './read-google-extras.ts'
import type { Modalities } from './read-modalities.ts'
import type { ResponseFormat } from './read-response-format.ts'
import { readSampling } from './read-sampling.ts'
import { type JsonObject, readChoice } from './read-values.ts'

export type Wishes = {
  readonly extras: GoogleExtras
  readonly format: ResponseFormat
  readonly modalities: Modalities
  /** Whether tools go up. */
  readonly hasTools: boolean
}

/**
 * Gemini's `generationConfig`. What Google's own words say of the same thing as OpenAI's gives way to OpenAI's.
 * @throws GatewayError
 */
export const toGenerationConfig = (
  body: JsonObject,
  model: string,
  { extras, format, modalities, hasTools }: Wishes,
  conversion: Conversion,
): JsonObject => {
  const thinkingConfig = readThinking(body, model, extras, conversion)
  const config: JsonObject = {
    ...readSampling(body, conversion),
    ...toFormat(format, hasTools, conversion),
    ...(thinkingConfig !== undefined && { thinkingConfig }),
  }
  // Of what answers are made of, Google's own words are the more exact ones.
  return { ...modalities.config, ...fromExtras(extras, config, conversion), ...config }
}

const efforts = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly ThinkingEffort[]

const readThinking = (
  body: JsonObject,
  model: string,
  { thinkingConfig }: GoogleExtras,
  { can, ignored }: Conversion,
) => {
  const effort = readChoice(body.reasoning_effort, efforts, 'reasoning_effort')
  if (effort === undefined) {
    if (thinkingConfig === undefined || can.thinking !== 'none') return thinkingConfig?.value
    ignored.add(thinkingConfig.path)
    return undefined
  }
  if (thinkingConfig !== undefined) {
    throw fault(
      "Invalid value for 'reasoning_effort': it cannot be combined with 'thinking_config'. Send one of the two.",
      'reasoning_effort',
    )
  }
  const config = thinkingConfigFor(effort, model)
  if (config === null) ignored.add('reasoning_effort')
  // A model that cannot stop thinking can at least keep it to itself.
  const isHidden = effort === 'none' && config !== null && config.thinkingBudget !== 0
  return isHidden ? { ...config, includeThoughts: false } : (config ?? undefined)
}

const toFormat = (format: ResponseFormat, hasTools: boolean, { can, ignored }: Conversion): JsonObject => {
  if (format.kind === 'text') return {}
  if (!can.takesJson || (hasTools && !can.combinesToolsWithJson)) {
    ignored.add('response_format')
    return {}
  }
  const { schema } = format
  return { responseMimeType: 'application/json', ...(schema !== undefined && { responseJsonSchema: schema }) }
}

const fromExtras = (
  { config: members }: GoogleExtras,
  present: JsonObject,
  { can, ignored }: Conversion,
): JsonObject => {
  const taken = [...members].filter(([name, { path }]) => {
    const isTaken = !Object.hasOwn(present, name) && (name !== 'imageConfig' || can.family === 'image')
    if (!isTaken) ignored.add(path)
    return isTaken
  })
  return Object.fromEntries(taken.map(([name, { value }]) => [name, value]))
}
