import { capabilitiesOf } from '../gemini/capabilities.ts'

/** An entry of Google's `models.list` as it came: anything may be in it. */
export type GoogleModel = Readonly<Record<string, unknown>> & { readonly name: string }

/**
 * Google's models in OpenAI's list. All of them, as in the list of Google's own OpenAI layer: front ends let their users
 * pick images, sound and embeddings from the same list. `success` is not OpenAI's: clients of the Python original ask
 * for it.
 */
export const toModelList = (models: readonly GoogleModel[]): Readonly<Record<string, unknown>> => ({
  object: 'list',
  data: models.map(toModel),
  success: true,
})

/**
 * One model as OpenAI describes it, and beside it what other servers add and front ends read: `root`, `parent` and
 * `permission` (vLLM), `context_length` (OpenRouter), `context_window` and `max_completion_tokens` (Groq).
 */
export const toModel = (model: GoogleModel): Readonly<Record<string, unknown>> => {
  const id = model.name.replace(/^models\//, '')
  const { displayName, description, inputTokenLimit, outputTokenLimit, supportedGenerationMethods } = model
  return {
    id,
    object: 'model',
    created: createdOf(id),
    owned_by: 'google',
    root: model.name,
    parent: null,
    permission: [],
    ...(typeof displayName === 'string' && { display_name: displayName }),
    ...(typeof description === 'string' && { description }),
    ...(typeof inputTokenLimit === 'number' && { context_length: inputTokenLimit, context_window: inputTokenLimit }),
    ...(typeof outputTokenLimit === 'number' && { max_completion_tokens: outputTokenLimit }),
    ...(Array.isArray(supportedGenerationMethods) && { supported_generation_methods: supportedGenerationMethods }),
  }
}

/**
 * Google does not tell when a model appeared. The first day of its generation, or of the newest
 * one known here, is near enough, sorts newer models after
 * older ones, and unlike "now" is the same in every answer.
 */
const createdOf = (id: string): number => {
  const { generation } = capabilitiesOf(id)
  const known = firstDays.find(([since]) => generation >= since && Number.isFinite(generation))
  return Date.parse(known?.[1] ?? apiOpened) / 1000
}

/** The Gemini API was opened to the public. */
const apiOpened = '2023-12-13T00:00:00Z'

const firstDays: readonly (readonly [generation: number, day: string])[] = [
  [3.1, '2026-02-19T00:00:00Z'],
  [3, '2025-11-18T00:00:00Z'],
  [2.5, '2025-03-25T00:00:00Z'],
  [2, '2024-12-11T00:00:00Z'],
]
