import { describe, expect, test } from 'bun:test'
import { GatewayError } from '#src/errors/gateway-error.ts'
import {
  type EmbeddingsRequest,
  readEmbeddingsRequest,
} from '#src/protocols/openai/embeddings/read-embeddings-request.ts'
import { toEmbedBodies } from '#src/protocols/openai/embeddings/to-embed-bodies.ts'
import { writeEmbeddingList } from '#src/protocols/openai/embeddings/to-embedding-list.ts'
import { call, emulatorForTests } from '../emulator/support.ts'

const listOf = (...given: Parameters<typeof writeEmbeddingList>) =>
  JSON.parse([...writeEmbeddingList(...given)].join(''))

const emulator = emulatorForTests()

const read = (body: unknown) =>
  readEmbeddingsRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
const model = 'gemini-embedding-001'
const asked = (more: Partial<EmbeddingsRequest> = {}): EmbeddingsRequest => ({
  model,
  inputs: ['a'],
  dimensions: null,
  isBase64: false,
  ignored: [],
  ...more,
})

describe('a request is read:', () => {
  test.each<[string, unknown, Partial<EmbeddingsRequest>]>([
    ['one text', { model, input: 'a' }, {}],
    ['several texts', { model, input: ['a', ' ', 'a'] }, { inputs: ['a', ' ', 'a'] }],
    ['as many as OpenAI allows', { model, input: Array(2048).fill('a') }, { inputs: Array(2048).fill('a') }],
    ['a size', { model, input: 'a', dimensions: 256 }, { dimensions: 256 }],
    ['base64', { model, input: 'a', encoding_format: 'base64' }, { isBase64: true }],
    ['floats', { model, input: 'a', encoding_format: 'float' }, {}],
    ['null as not given', { model, input: 'a', dimensions: null, encoding_format: null, user: null }, {}],
    [
      'what changes nothing',
      '{"model":"gemini-embedding-001","input":"a","user":"u","x":1,"__proto__":2}',
      { ignored: ['user', 'x', '__proto__'] },
    ],
  ])('%s', (_name, body, expected) => expect(read(body)).toEqual(asked(expected)))
})

describe('a request is refused for', () => {
  test.each<[string, unknown, string | undefined, string]>([
    ['no JSON', '{', undefined, 'could not parse'],
    ['no object', '[]', undefined, 'one JSON object'],
    ['no model', { input: 'a' }, 'model', 'model'],
    ['a model that is no name', { model: 1, input: 'a' }, 'model', 'model'],
    ['no input', { model }, 'input', 'Missing'],
    ['an empty text', { model, input: '' }, 'input', 'must not be empty'],
    ['an empty list', { model, input: [] }, 'input', 'must not be empty'],
    ['an empty text in a list', { model, input: ['a', ''] }, 'input[1]', 'must not be empty'],
    ['what is no text', { model, input: { a: 1 } }, 'input', 'expected a string'],
    ['what is no text in a list', { model, input: ['a', null] }, 'input[1]', 'expected a string'],
    ['tokens', { model, input: [1, 2, 3] }, 'input', 'Send the text itself'],
    ['lists of tokens', { model, input: [[1, 2], [3]] }, 'input', 'Send the text itself'],
    ['more tokens than texts are allowed', { model, input: Array(3000).fill(1) }, 'input', 'Send the text itself'],
    ['too many texts', { model, input: Array(2049).fill('a') }, 'input', 'at most 2048'],
    ['a size of 0', { model, input: 'a', dimensions: 0 }, 'dimensions', 'whole number'],
    ['a size in words', { model, input: 'a', dimensions: '256' }, 'dimensions', 'whole number'],
    ['another format', { model, input: 'a', encoding_format: 'int8' }, 'encoding_format', 'base64'],
  ])('%s', (_name, body, param, message) => {
    const refusal = (() => {
      try {
        return read(body)
      } catch (error) {
        return error
      }
    })() as GatewayError
    expect(refusal).toBeInstanceOf(GatewayError)
    expect(refusal.status).toBe(400)
    expect(refusal.param).toBe(param)
    expect(refusal.message).toContain(message)
  })

  test('bytes that are no UTF-8', () => {
    expect(() => readEmbeddingsRequest(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(GatewayError)
  })
})

describe('to Google go', () => {
  test('the texts, each with the model and the size', () => {
    expect(toEmbedBodies(asked({ inputs: ['a', 'b'], dimensions: 8 }), 'm')).toEqual([
      {
        requests: [
          { model: 'models/m', content: { parts: [{ text: 'a' }] }, outputDimensionality: 8 },
          { model: 'models/m', content: { parts: [{ text: 'b' }] }, outputDimensionality: 8 },
        ],
      },
    ])
  })

  test.each([
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [2048, [...Array(20).fill(100), 48]],
  ])('%i texts in bodies of %j', (count, sizes) => {
    const bodies = toEmbedBodies(asked({ inputs: Array(count).fill('a') }), `models/${model}`)
    expect(bodies.map(body => (body.requests as unknown[]).length)).toEqual(sizes)
    expect(bodies[0]?.requests).toContainEqual({ model: `models/${model}`, content: { parts: [{ text: 'a' }] } })
  })
})

const vectors = (...values: (readonly number[])[]) => ({ embeddings: values.map(vector => ({ values: vector })) })

describe('the answer', () => {
  test('is a list in the order of the texts, with what they cost', () => {
    const answers = [{ ...vectors([1, 0], [0, 1]), usageMetadata: { promptTokenCount: 7 } }]
    expect(listOf(answers, asked({ inputs: ['a', 'b'], model: 'mine' }))).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, 0] },
        { object: 'embedding', index: 1, embedding: [0, 1] },
      ],
      model: 'mine',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    })
  })

  test('estimates the cost of the bodies for which Google tells none', () => {
    const inputs = [...Array(100).fill('a'), 'größere']
    const first = { ...vectors(...Array(100).fill([1])), usageMetadata: { promptTokenCount: 200 } }
    const list = listOf([first, vectors([1])], asked({ inputs }))
    expect(list.usage).toEqual({ prompt_tokens: 203, total_tokens: 203 })
  })

  test('has vectors of length 1 when a size was wished', () => {
    const data = (request: EmbeddingsRequest) => listOf([vectors([3, 4])], request).data
    expect(data(asked({ dimensions: 2 }))).toEqual([{ object: 'embedding', index: 0, embedding: [0.6, 0.8] }])
    expect(data(asked())).toEqual([{ object: 'embedding', index: 0, embedding: [3, 4] }])
    expect(listOf([vectors([0, 0])], asked({ dimensions: 2 })).data).toMatchObject([{ embedding: [0, 0] }])
  })

  test('has base64 of little-endian 32-bit floats', () => {
    const list = listOf([vectors([1, -2])], asked({ isBase64: true }))
    expect(list.data).toEqual([{ object: 'embedding', index: 0, embedding: 'AACAPwAAAMA=' }])
  })

  test.each<[string, readonly Readonly<Record<string, unknown>>[]]>([
    ['is missing', []],
    ['is one too many', [vectors([1], [1]), vectors([1])]],
    ['has no vectors', [{}]],
    ['has too few vectors', [vectors([1])]],
    ['has too many vectors', [vectors([1], [1], [1])]],
    ['has an empty vector', [vectors([1], [])]],
    ['has no numbers', [{ embeddings: [{ values: [1] }, { values: ['1'] }] }]],
    ['has null for a vector', [{ embeddings: [null, { values: [1] }] }]],
  ])('that %s is no answer', (_name, answers) => {
    expect(() => listOf(answers, asked({ inputs: ['a', 'b'] }))).toThrow(
      expect.objectContaining({ errorCode: 'upstream-empty' }),
    )
  })
})

test('the strict emulator takes every body, and the vectors come back in order', async () => {
  const request = read({ model, input: Array.from({ length: 205 }, (_, index) => `text ${index}`), dimensions: 4 })
  const send = async (body: unknown) => (await call(emulator, `/v1beta/models/${model}:batchEmbedContents`, body)).json
  const list = listOf(await Promise.all(toEmbedBodies(request, model).map(send)), request)
  const data = list.data as readonly { readonly embedding: readonly number[] }[]
  expect(data).toHaveLength(205)
  const last = read({ model, input: 'text 204', dimensions: 4 })
  const alone = listOf(await Promise.all(toEmbedBodies(last, model).map(send)), last)
  expect(alone.data).toMatchObject([{ embedding: data[204]?.embedding }])
  for (const { embedding } of data) expect(Math.hypot(...embedding)).toBeCloseTo(1, 6)
})
