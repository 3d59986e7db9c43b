import { describe, expect, test } from 'bun:test'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { clientToken } from '../_gateway.ts'
import { failureOf, type Sent, sentUp } from './_ask.ts'
import { openai, vercelEmbeddings } from './_clients.ts'
import { gatewayForTests } from './_gateways.ts'
import { expectPublished } from './_schema.ts'

const gateway = gatewayForTests()

const model = 'gemini-embedding-001'

const lengthOf = (vector: readonly number[]) => Math.hypot(...vector)

describe('embeddings', () => {
  test('come to the SDK, which asks for base64 by itself, in full', async () => {
    const { data, usage } = await openai(gateway).embeddings.create({ model, input: 'Hello' })
    expect(data).toHaveLength(1)
    expect(data[0]?.embedding).toHaveLength(3072)
    expect(lengthOf(data[0]?.embedding ?? [])).toBeCloseTo(1, 4)
    expect(usage).toEqual({ prompt_tokens: expect.any(Number), total_tokens: usage.prompt_tokens })
    expect(usage.prompt_tokens).toBeGreaterThan(0)
  })

  test('are the same as numbers', async () => {
    const body = { model, input: ['Hello', 'wörld 🌍'] }
    const asBase64 = await openai(gateway).embeddings.create(body)
    const asNumbers = await openai(gateway).embeddings.create({ ...body, encoding_format: 'float' })
    expectPublished('CreateEmbeddingResponse', asNumbers)
    for (const [index, { embedding }] of asNumbers.data.entries())
      expect(asBase64.data[index]?.embedding).toEqual(Array.from(Float32Array.from(embedding)))
    expect(asNumbers.data[0]?.embedding).not.toEqual(asNumbers.data[1]?.embedding)
  })

  test('of more texts than Google takes at once go up in several calls and come back in order', async () => {
    const input = Array.from({ length: 250 }, (_, index) => `text ${index}`)
    const { data, usage } = await openai(gateway).embeddings.create({ model, input, dimensions: 8 })
    expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index))
    expect(usage.total_tokens).toBeGreaterThanOrEqual(250)
    expect(
      sentUp(gateway)
        .map(({ requests }) => requests.length)
        .sort(),
    ).toEqual([100, 100, 50])
    for (const index of [0, 99, 100, 249]) {
      const alone = await openai(gateway).embeddings.create({ model, input: input[index] ?? '', dimensions: 8 })
      expect(data[index]?.embedding).toEqual(alone.data[0]?.embedding as number[])
    }
  })

  test.each(Object.entries(vercelEmbeddings))('come to %s', async (_, modelOf) => {
    const values = ['Hello', 'wörld 🌍']
    const { embeddings, usage } = await embedMany({ model: modelOf(gateway, model), values })
    expect(embeddings.map(vector => vector.length)).toEqual([3072, 3072])
    expect(usage.tokens).toBeGreaterThan(0)
  })

  test('of fewer dimensions have length one', async () => {
    const { data } = await openai(gateway).embeddings.create({ model, input: 'Hello', dimensions: 256 })
    expect(data[0]?.embedding).toHaveLength(256)
    expect(lengthOf(data[0]?.embedding ?? [])).toBeCloseTo(1, 4)
    expect(sentUp(gateway)[0].requests[0]).toMatchObject({ model: `models/${model}`, outputDimensionality: 256 })
  })

  const refused: readonly (readonly [what: string, body: object, param: string])[] = [
    ['tokens', { input: [1, 2, 3] }, 'input'],
    ['lists of tokens', { input: [[1, 2], [3]] }, 'input'],
    ['nothing', {}, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['an empty text', { input: '' }, 'input'],
    ['an empty text among others', { input: ['a', ''] }, 'input'],
    ['a number of dimensions that is none', { input: 'a', dimensions: 1.5 }, 'dimensions'],
    ['an unknown encoding', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ]

  test.each(refused)('are refused for %s, with a clear word', async (_, body, param) => {
    const error = await failureOf(openai(gateway).embeddings.create({ model, ...body } as OpenAI.EmbeddingCreateParams))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error.param).toStartWith(param)
    expect(sentUp(gateway)).toEqual([])
  })

  test('of a model that makes none, or of none at all, are refused', async () => {
    for (const name of ['gemini-3.6-flash', 'text-embedding-3-small']) {
      const error = await failureOf(openai(gateway).embeddings.create({ model: name, input: 'a' }))
      expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    }
  })
})

describe('models', () => {
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${clientToken}` }
    const response = await fetch(`${gateway.url}${path}`, { headers })
    return { status: response.status, body: (await response.json()) as Sent }
  }

  test('are listed as the SDK wants them, all pages, with no prefix', async () => {
    const names: string[] = []
    for await (const { id } of openai(gateway).models.list()) names.push(id)
    expect(names.length).toBeGreaterThan(50)
    expect(names).toContain('gemini-3.6-flash')
    expect(names).toContain(model)
    expect(names.filter(name => name.startsWith('models/'))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  test('are listed with names of features, which can be used', async () => {
    const { body } = await get('/v1/models')
    expectPublished('ModelList', body)
    const names = body.data.map(({ id }: { id: string }) => id)
    expect(names).toContain('gemini-3.6-flash-search')
    const answer = await openai(gateway).chat.completions.create({
      model: 'gemini-3.6-flash-search',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(answer.model).toBe('gemini-3.6-flash-search')
    expect(sentUp(gateway).at(-1).tools).toEqual([{ googleSearch: {} }])
  })

  test('are the same under /hf/v1', async () => {
    expect(await get('/hf/v1/models')).toEqual(await get('/v1/models'))
  })

  test('are told of one by one, with the prefixes that others give them', async () => {
    for (const name of ['gemini-3.6-flash', 'models/gemini-3.6-flash', 'models%2Fgemini-3.6-flash']) {
      const { status, body } = await get(`/v1/models/${name}`)
      expectPublished('Model', body)
      expect({ status, id: body.id }).toEqual({ status: 200, id: 'gemini-3.6-flash' })
    }
    expect((await openai(gateway).models.retrieve('gemini-3.6-flash-search')).id).toBe('gemini-3.6-flash-search')
    expect((await openai(gateway).models.retrieve('google/gemini-3.6-flash')).id).toBe('gemini-3.6-flash')
  })

  test('that do not exist are 404', async () => {
    expect(await failureOf(openai(gateway).models.retrieve('gpt-4o'))).toBeInstanceOf(OpenAI.NotFoundError)
    const { body } = await get('/v1/models/gpt-4o')
    expectPublished('ErrorBody', body)
    expect(body.error.code).toBe('model_not_found')
  })
})
