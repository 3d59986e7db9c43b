import { describe, expect, test } from 'bun:test'
import { ApiError, type GenerateContentResponse, GoogleGenAI, Type } from '@google/genai'
import { emulatorForTests, goodKey } from './support.ts'

const emulator = emulatorForTests()

const clientFor = (apiVersion: string | undefined, apiKey = goodKey) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url, ...(apiVersion !== undefined && { apiVersion }) } })

const model = 'gemini-3.8-flash'

const collect = async (stream: AsyncGenerator<GenerateContentResponse>) => {
  const chunks: GenerateContentResponse[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const weather = {
  name: 'get_weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}

describe.each([
  ['its default version', undefined, '/v1/'],
  ['v1beta', 'v1beta', '/v1beta/'],
])('Google’s SDK with %s', (_name, version, prefix) => {
  const ai = clientFor(version)

  test('generates, at the address it means', async () => {
    const response = await ai.models.generateContent({ model, contents: 'hello' })
    expect(response.text).toStartWith('You said: hello')
    expect(emulator.requests.at(-1)?.path).toStartWith(prefix)
  })

  test('streams', async () => {
    const chunks = await collect(await ai.models.generateContentStream({ model, contents: 'hello' }))
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks.map(chunk => chunk.text ?? '').join('')).toStartWith('You said: hello')
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP' as never)
  })

  test('chats with tools, sending calls back with their signatures', async () => {
    const chat = ai.chats.create({ model, config: { tools: [{ functionDeclarations: [weather] }] } })
    const asked = await chat.sendMessage({ message: 'call get_weather with {"city":"Rome"}' })
    expect(asked.functionCalls).toMatchObject([{ name: 'get_weather', args: { city: 'Rome' } }])
    const id = asked.functionCalls?.[0]?.id ?? ''
    const told = await chat.sendMessage({
      message: [{ functionResponse: { id, name: 'get_weather', response: { sky: 'blue' } } }],
    })
    expect(told.text).toStartWith('The function get_weather returned {"sky":"blue"}.')
    expect((await chat.sendMessage({ message: 'thanks' })).text).toContain('This is turn 2 of our conversation.')
  })

  test('chats in streams, sending back parts with nothing but a signature', async () => {
    const chat = ai.chats.create({ model, config: { tools: [{ functionDeclarations: [weather] }] } })
    await collect(await chat.sendMessageStream({ message: 'hello' }))
    const chunks = await collect(await chat.sendMessageStream({ message: 'call get_weather' }))
    expect(chunks.flatMap(chunk => chunk.functionCalls ?? [])).toHaveLength(1)
  })

  test('gets JSON by schema', async () => {
    const responseSchema = { type: Type.OBJECT, properties: { answer: { type: Type.INTEGER } } }
    const config = { responseMimeType: 'application/json', responseSchema }
    const response = await ai.models.generateContent({ model, contents: 'a', config })
    expect(JSON.parse(response.text ?? '')).toEqual({ answer: 1 })
  })

  test('sends an image', async () => {
    const contents = [{ text: 'Look' }, { inlineData: { mimeType: 'image/jpeg', data: btoa('123456') } }]
    const response = await ai.models.generateContent({ model, contents })
    expect(response.text).toContain('I received image/jpeg of 6 bytes.')
  })

  test('counts tokens', async () => {
    expect((await ai.models.countTokens({ model, contents: 'hello world!' })).totalTokens).toBe(3)
  })

  test('embeds one text and several', async () => {
    const one = await ai.models.embedContent({ model: 'gemini-embedding-001', contents: 'a' })
    const two = await ai.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['a', 'b'],
      config: { outputDimensionality: 4 },
    })
    expect(one.embeddings?.[0]?.values).toHaveLength(3072)
    expect(two.embeddings?.map(embedding => embedding.values?.length)).toEqual([4, 4])
  })

  test('lists all models over several pages, and gets one', async () => {
    const names: string[] = []
    for await (const listed of await ai.models.list({ config: { pageSize: 20 } })) names.push(listed.name ?? '')
    expect(names.length).toBeGreaterThan(60)
    expect(await ai.models.get({ model })).toMatchObject({ name: `models/${model}`, inputTokenLimit: 1048576 })
  })
})

describe('Google’s SDK reports', () => {
  const errorOf = (attempt: Promise<unknown>) => attempt.then(() => undefined).catch((error: unknown) => error)

  test('a bad key', async () => {
    const error = await errorOf(clientFor(undefined, 'wrong').models.generateContent({ model, contents: 'a' }))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 400, message: expect.stringContaining('API_KEY_INVALID') })
  })

  test('an error in mid-stream', async () => {
    emulator.setBehaviour(goodKey, 'stream-error', { times: 1 })
    const stream = await clientFor(undefined).models.generateContentStream({ model, contents: 'a' })
    expect(await errorOf(collect(stream))).toMatchObject({ status: 503 })
  })

  test('nothing when a stream is cut after a whole event, which is why a gateway has to', async () => {
    emulator.setBehaviour(goodKey, 'cut', { times: 1 })
    const chunks = await collect(await clientFor(undefined).models.generateContentStream({ model, contents: 'a' }))
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBeUndefined()
  })
})
