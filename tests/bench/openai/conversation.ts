import { fill, textOf } from '../bodies.ts'
import type { FunctionDeclaration, GeminiRequest } from './chat-request.ts'

/** An agent in the middle of its work: 20 turns, every second pair a call and its result, and the next question. */
export const turnCount = 20

export const functionCount = 10

/** The conversation as a request to Gemini; about `bytes` long as JSON. */
export const conversation = (bytes: number): GeminiRequest =>
  JSON.parse(fill(bytes, length => JSON.stringify(withText(Math.floor(length / (turnCount + 1)))))) as GeminiRequest

const withText = (length: number): GeminiRequest => ({
  contents: [
    ...Array.from({ length: turnCount / 4 }, (_, index) => fourTurns(index, textOf(length))).flat(),
    { role: 'user', parts: [{ text: textOf(length) }] },
  ],
  systemInstruction: { parts: [{ text: 'Answer briefly, in plain words.' }] },
  generationConfig: { temperature: 0.7, topP: 0.95, maxOutputTokens: 2048 },
  tools: [{ functionDeclarations: Array.from({ length: functionCount }, (_, index) => declarationOf(index)) }],
})

const fourTurns = (index: number, text: string): GeminiRequest['contents'] => {
  const name = functionNameOf(index)
  const id = `call_${String(index).padStart(24, '0')}`
  const args = {
    query: 'the report of last year',
    filters: [{ field: 'title', operator: 'equals', value: text }],
    limit: 20,
  }
  const response = {
    found: [
      { title: 'One', text },
      { title: 'Two', score: 0.5 },
    ],
    total: 2,
  }
  return [
    { role: 'user', parts: [{ text }] },
    { role: 'model', parts: [{ functionCall: { id, name, args } }] },
    { role: 'user', parts: [{ functionResponse: { id, name, response } }] },
    { role: 'model', parts: [{ text }] },
  ]
}

const functionNameOf = (index: number) => `search_archive_${index}`

/** About 1.2 kB, with what schemas of agents have in them: objects in lists, choices, limits, a definition used twice. */
const declarationOf = (index: number): FunctionDeclaration => ({
  name: functionNameOf(index),
  description: `Searches archive ${index} for documents. ${textOf(160)}`,
  parametersJsonSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'What to look for, in plain words.', minLength: 1 },
      filters: {
        type: 'array',
        maxItems: 8,
        items: {
          type: 'object',
          properties: {
            field: { type: 'string', enum: ['title', 'author', 'text', 'date'] },
            operator: { type: 'string', enum: ['equals', 'contains', 'before', 'after'] },
            value: { anyOf: [{ type: 'string' }, { type: 'number' }] },
          },
          required: ['field', 'operator', 'value'],
          additionalProperties: false,
        },
      },
      since: { $ref: '#/$defs/moment' },
      until: { $ref: '#/$defs/moment' },
      order: { type: ['string', 'null'], description: 'The field to sort by; null leaves the order to the archive.' },
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    },
    required: ['query', 'filters'],
    additionalProperties: false,
    $defs: { moment: { type: 'string', format: 'date-time', description: 'A time of day with its zone.' } },
  },
})
