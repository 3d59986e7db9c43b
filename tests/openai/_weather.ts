import type { SaidCall, SaidChoice } from './_said.ts'

const place = {
  type: 'object' as const,
  properties: {
    city: { type: 'string' as const },
    unit: { type: 'string' as const, enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city'],
  additionalProperties: false,
}

const declare = (name: string, description: string) => ({
  type: 'function' as const,
  function: { name, description, parameters: { ...place, $schema: 'http://json-schema.org/draft-07/schema#' } },
})

export const weatherTools = [
  declare('get_weather', 'The weather in a city.'),
  declare('get_time', 'The time of day in a city.'),
]

/** Two calls at once, then a third with what they brought. */
export const parallelPrompt =
  'Please call get_weather with {"city":"Rome"} and get_time with {"city":"Oslo"} then get_weather with {"city":"Lima"}'

export const report = ({ id, arguments: text }: SaidCall) => ({
  role: 'tool',
  tool_call_id: id,
  content: `Sunny for ${text}`,
})

/** The turn as a client sends it back: with all it was told, or without what OpenAI's own types do not know. */
export const turnOf = ({ content, calls }: SaidChoice, keepsExtras: boolean) => ({
  role: 'assistant',
  content: content === '' ? null : content,
  tool_calls: calls.map(({ id, name, arguments: text, signature }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
    ...(keepsExtras && signature !== undefined && { extra_content: { google: { thought_signature: signature } } }),
  })),
})

// biome-ignore lint/suspicious/noExplicitAny: tests read what went up, whatever its shape
type Part = any

export const callsOf = (body: Part): readonly Part[] =>
  body.contents.flatMap(({ parts }: Part) => parts.filter((part: Part) => part.functionCall !== undefined))

export const responsesOf = (body: Part): readonly (readonly Part[])[] =>
  body.contents
    .map(({ parts }: Part) => parts.flatMap(({ functionResponse }: Part) => functionResponse ?? []))
    .filter((responses: readonly Part[]) => responses.length > 0)
