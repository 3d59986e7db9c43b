import { isJsonObject, type JsonObject } from '../wire/json-value.ts'
import type { FunctionCall, FunctionDeclaration, GenerateContentRequest } from '../wire/messages.ts'
import { declarationsOf } from '../wire/request-parts.ts'
import type { Prompt } from './prompt.ts'
import { sampleOfJsonSchema, sampleOfSchema } from './sample-json.ts'

/**
 * The calls the model makes now. A prompt asks for them with `call get_weather`, for parallel ones by naming several,
 * for one step after another with `call a then b`, and may give arguments: `call get_weather with {"city":"Rome"}`.
 * Mode ANY always calls.
 */
export const planCalls = (request: GenerateContentRequest, prompt: Prompt): readonly FunctionCall[] => {
  const { mode = 'AUTO', allowedFunctionNames = [] } = request.toolConfig?.functionCallingConfig ?? {}
  if (mode === 'NONE') return []
  const callable = declarationsOf(request).filter(
    ({ name = '' }) => allowedFunctionNames.length === 0 || allowedFunctionNames.includes(name),
  )
  const step = stepsAskedFor(prompt.text)[prompt.stepsTaken]
  const asked = step === undefined ? [] : namedIn(step, callable)
  const chosen = asked.length === 0 && mode === 'ANY' ? callable.slice(0, 1) : asked
  return chosen.map(declaration => ({
    name: declaration.name ?? '',
    args: argumentsIn(step ?? '', declaration) ?? sampleArguments(declaration),
  }))
}

const stepsAskedFor = (text: string): readonly string[] =>
  /\bcall\b/i.test(text) ? text.slice(text.search(/\bcall\b/i)).split(/\bthen\b/i) : []

const namedIn = (step: string, declarations: readonly FunctionDeclaration[]) =>
  declarations
    .map(declaration => ({ declaration, at: positionOf(declaration.name ?? '', step) }))
    .filter(({ at }) => at >= 0)
    .sort((left, right) => left.at - right.at)
    .map(({ declaration }) => declaration)

const positionOf = (name: string, text: string): number => {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text.search(new RegExp(`(?<![\\w.:-])${escaped}(?![\\w:-])`))
}

/** The first JSON object after the function's name, if the text has one there. */
const argumentsIn = (step: string, declaration: FunctionDeclaration): JsonObject | undefined => {
  const name = declaration.name ?? ''
  const rest = step.slice(positionOf(name, step) + name.length)
  const written = /^\s+with\s+(\{.*\})/s.exec(rest)?.[1]
  if (written === undefined) return undefined
  for (let end = written.indexOf('}'); end >= 0; end = written.indexOf('}', end + 1)) {
    try {
      const parsed: unknown = JSON.parse(written.slice(0, end + 1))
      return isJsonObject(parsed as JsonObject) ? (parsed as JsonObject) : undefined
    } catch {
      // A brace inside the object: try the next one.
    }
  }
  return undefined
}

const sampleArguments = (declaration: FunctionDeclaration): JsonObject => {
  const sample =
    declaration.parametersJsonSchema === undefined
      ? sampleOfSchema(declaration.parameters ?? { type: 'OBJECT' })
      : sampleOfJsonSchema(declaration.parametersJsonSchema)
  return isJsonObject(sample) ? sample : {}
}
