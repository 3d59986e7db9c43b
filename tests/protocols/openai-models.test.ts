import { expect, test } from 'bun:test'
import { toModel, toModelList } from '#src/protocols/openai/models.ts'
import { call, emulatorForTests } from '../emulator/support.ts'

const emulator = emulatorForTests()

test('a model has what OpenAI, other servers and front ends give it', () => {
  expect(
    toModel({
      name: 'models/gemini-2.5-flash-search',
      version: '001',
      displayName: 'Gemini 2.5 Flash For Search',
      description: 'fast',
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ['generateContent'],
      temperature: 1,
    }),
  ).toEqual({
    id: 'gemini-2.5-flash-search',
    object: 'model',
    created: Date.UTC(2025, 2, 25) / 1000,
    owned_by: 'google',
    root: 'models/gemini-2.5-flash-search',
    parent: null,
    permission: [],
    display_name: 'Gemini 2.5 Flash For Search',
    description: 'fast',
    context_length: 1_048_576,
    context_window: 1_048_576,
    max_completion_tokens: 65_536,
    supported_generation_methods: ['generateContent'],
  })
})

test('a model of which little is known, or something odd, has the rest', () => {
  expect(toModel({ name: 'tunedModels/mine', displayName: 7, inputTokenLimit: '9' })).toEqual({
    id: 'tunedModels/mine',
    object: 'model',
    created: Date.UTC(2023, 11, 13) / 1000,
    owned_by: 'google',
    root: 'tunedModels/mine',
    parent: null,
    permission: [],
  })
})

test('newer generations were created later, those of tomorrow as well', () => {
  const created = ['gemini-1.5-pro', 'gemini-2.0-flash', 'gemini-2.5-pro', 'gemini-3-pro', 'gemini-9-ultra'].map(
    id => toModel({ name: `models/${id}` }).created as number,
  )
  expect(created).toEqual(created.toSorted((left, right) => left - right))
  expect(new Set(created).size).toBe(created.length)
})

test('the list has every model Google lists, in its order', async () => {
  const { models } = (await call(emulator, '/v1beta/models?pageSize=1000')).json
  const list = toModelList(models)
  expect(list).toMatchObject({ object: 'list', success: true })
  const data = list.data as readonly { readonly id: string; readonly created: number }[]
  expect(data.map(({ id }) => `models/${id}`)).toEqual(models.map(({ name }: { name: string }) => name))
  for (const { created } of data) expect(Number.isInteger(created)).toBe(true)
})
