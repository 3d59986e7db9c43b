import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests } from './support.ts'

const emulator = emulatorForTests()

type Listed = { readonly name: string; readonly supportedGenerationMethods: readonly string[] }

const page = async (query = '') =>
  (await call(emulator, `/v1beta/models${query}`)).json as { models: Listed[]; nextPageToken?: string }

describe('the model list', () => {
  test('has pages of fifty, and the second follows from the first', async () => {
    const first = await page()
    const second = await page(`?pageToken=${first.nextPageToken}`)
    expect(first.models).toHaveLength(50)
    expect(second.nextPageToken).toBeUndefined()
    const names = [...first.models, ...second.models].map(model => model.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('models/gemini-4-argon')
    expect(names.length).toBeGreaterThan(60)
  })

  test('shows everything on a large page', async () => {
    const all = await page('?page_size=5000')
    expect(all.nextPageToken).toBeUndefined()
    expect(all.models.every(model => model.supportedGenerationMethods.length > 0)).toBe(true)
  })

  test.each([
    ['?pageSize=-1', '* ListModelsRequest.page_size: page_size must be non-negative\n'],
    ['?pageSize=many', 'Invalid value at \'page_size\' (TYPE_INT32), "many"'],
    ['?pageSize=99999999999', 'Invalid value at \'page_size\' (TYPE_INT32), "99999999999"'],
    ['?pageToken=made-up', '* ListModelsRequest.page_token: page_token is invalid\n'],
  ])('refuses %s', async (query, message) => {
    const { status, json } = await call(emulator, `/v1beta/models${query}`)
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message })
  })
})

test('one model is shown as in the list', async () => {
  const { json } = await call(emulator, '/v1/models/gemini-3.8-flash')
  expect(json).toEqual({
    name: 'models/gemini-3.8-flash',
    version: '3.8',
    displayName: 'Gemini 3.8 Flash',
    description: 'Gemini 3.8 Flash',
    inputTokenLimit: 1048576,
    outputTokenLimit: 65536,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    thinking: true,
  })
})
