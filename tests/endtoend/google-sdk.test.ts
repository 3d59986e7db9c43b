import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ApiError, GoogleGenAI, ThinkingLevel, Type } from '@google/genai'
import { type CompiledGateway, clientToken, goodKey, startCompiledGateway } from '#tests/_gateway.ts'

/**
 * Google's own SDK, once straight to the emulator and once through the compiled program: whatever it makes of the
 * answers must be the same. Without the default safety settings, which would change the request and so its answer.
 */
let gateway: CompiledGateway
beforeAll(async () => {
  gateway = await startCompiledGateway({ settings: { FILTERED_MODELS: '["gemini-2.5-*"]', SAFETY_SETTINGS: '[]' } })
})
afterAll(() => gateway.stop())

const model = 'gemini-3.8-flash'

const weather = {
  name: 'get_weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}

const calls: Readonly<Record<string, (ai: GoogleGenAI) => Promise<unknown>>> = {
  'generates text': ai => ai.models.generateContent({ model, contents: 'hello' }),

  'generates with every kind of setting': ai =>
    ai.models.generateContent({
      model,
      contents: [{ role: 'user', parts: [{ text: 'write 50 words' }] }],
      config: {
        systemInstruction: 'Be brief.',
        temperature: 0.5,
        topP: 0.9,
        maxOutputTokens: 500,
        stopSequences: ['never'],
        thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW },
        seed: 7,
      },
    }),

  'streams, event by event': async ai =>
    Array.fromAsync(await ai.models.generateContentStream({ model, contents: 'write 120 words' })),

  'chats with tools over several turns, signatures and all': async ai => {
    const chat = ai.chats.create({ model, config: { tools: [{ functionDeclarations: [weather] }] } })
    const asked = await chat.sendMessage({ message: 'call get_weather with {"city":"Rome"}' })
    const { id, name } = asked.functionCalls?.[0] ?? {}
    const response = { functionResponse: { id, name, response: { sky: 'blue' } } } as const
    const told = await chat.sendMessage({ message: [response] } as never)
    const thanked = await chat.sendMessage({ message: 'thanks' })
    const history = chat.getHistory()
    expect(JSON.stringify(history)).toContain('thoughtSignature')
    return { asked, told, thanked, history }
  },

  'streams parallel calls, and the answer to their results': async ai => {
    const tools = [{ functionDeclarations: [weather, { name: 'get_time' }] }]
    const question = { role: 'user', parts: [{ text: 'call get_weather with {"city":"Rome"} and get_time' }] }
    const asked = await Array.fromAsync(
      await ai.models.generateContentStream({ model, contents: [question], config: { tools } }),
    )
    const parts = asked.flatMap(chunk => chunk.candidates?.[0]?.content?.parts ?? [])
    const results = parts
      .flatMap(({ functionCall: call }) => (call === undefined ? [] : [call]))
      .map(({ id = '', name = '' }) => ({ functionResponse: { id, name, response: { fine: true } } }))
    expect(results.map(({ functionResponse: { name } }) => name)).toEqual(['get_weather', 'get_time'])
    const contents = [question, { role: 'model', parts }, { role: 'user', parts: results }]
    const told = await Array.fromAsync(await ai.models.generateContentStream({ model, contents, config: { tools } }))
    return { asked, told }
  },

  'gets JSON by a schema': ai =>
    ai.models.generateContent({
      model,
      contents: 'a',
      config: {
        responseMimeType: 'application/json',
        responseSchema: { type: Type.OBJECT, properties: { answer: { type: Type.INTEGER } } },
      },
    }),

  'gets JSON by a JSON schema': ai =>
    ai.models.generateContent({
      model,
      contents: 'a',
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'array', items: { type: 'string' }, minItems: 2 },
      },
    }),

  'sends pictures': ai =>
    ai.models.generateContent({
      model,
      contents: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: btoa('x'.repeat(5000)) } }],
    }),

  'searches with its own tool': ai =>
    ai.models.generateContent({ model, contents: 'news', config: { tools: [{ googleSearch: {} }] } }),

  'counts tokens': ai => ai.models.countTokens({ model, contents: 'hello world!' }),

  'embeds a text': ai => ai.models.embedContent({ model: 'gemini-embedding-001', contents: 'a' }),

  'embeds several texts': ai =>
    ai.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['a', 'b', 'c'],
      config: { outputDimensionality: 8 },
    }),

  'gets a model': ai => ai.models.get({ model }),

  'is told of a model that does not exist': ai =>
    errorOf(ai.models.generateContent({ model: 'gemini-nothing', contents: 'a' })),

  'is told of a model to get that does not exist': ai => errorOf(ai.models.get({ model: 'gemini-nothing' })),

  'is told of a setting out of range': ai =>
    errorOf(ai.models.generateContent({ model, contents: 'a', config: { temperature: 9 } })),

  'is told so in a stream': ai =>
    errorOf(ai.models.generateContentStream({ model, contents: 'a', config: { temperature: 9 } })),

  'is told of a token count without contents': ai => errorOf(ai.models.countTokens({ model, contents: [] })),
}

describe.each([
  ['its default version at the root', '', undefined],
  ['its default version at /gemini', '/gemini', undefined],
  ['v1beta at the root', '', 'v1beta'],
  ['v1beta at /gemini', '/gemini', 'v1beta'],
])('Google’s SDK with %s', (_name, base, apiVersion) => {
  test.each(Object.entries(calls))('%s', async (_call, run) => {
    const straight = await run(clientOf(gateway.emulator.url, goodKey, apiVersion))
    const through = await run(clientOf(gateway.url + base, clientToken, apiVersion))
    expect(comparable(through)).toEqual(comparable(straight))
  })

  test('lists the models page by page: Google’s without the filtered, then the derived', async () => {
    const straight = await listAll(clientOf(gateway.emulator.url, goodKey, apiVersion))
    const through = await listAll(clientOf(gateway.url + base, clientToken, apiVersion))
    const offered = straight.filter(({ name }) => !name?.startsWith('models/gemini-2.5-'))
    expect(offered.length).toBeLessThan(straight.length)
    expect(through.slice(0, offered.length)).toEqual(offered)
    const derived = through.slice(offered.length)
    expect(derived.map(({ name }) => name)).toContain(`models/${model}-search`)
    for (const { name, displayName: _shown, ...rest } of derived) {
      expect(name).toEndWith('-search')
      const base = offered.find(listed => `${listed.name}-search` === name)
      expect(rest).toEqual(withoutNames(base ?? {}))
    }
  })

  test('gets and uses a derived model', async () => {
    const ai = clientOf(gateway.url + base, clientToken, apiVersion)
    expect(await ai.models.get({ model: `${model}-search` })).toMatchObject({ name: `models/${model}-search` })
    const searched = await ai.models.generateContent({ model: `${model}-search`, contents: 'news' })
    expect(searched.candidates?.[0]?.groundingMetadata).toBeDefined()
  })

  test('is not offered a filtered model', async () => {
    const ai = clientOf(gateway.url + base, clientToken, apiVersion)
    expect(await errorOf(ai.models.get({ model: 'gemini-2.5-pro' }))).toMatchObject({ status: 404 })
    expect(await errorOf(ai.models.generateContent({ model: 'gemini-2.5-pro', contents: 'a' }))).toMatchObject({
      status: 404,
      message: expect.stringContaining('not offered by this gateway'),
    })
  })
})

const clientOf = (baseUrl: string, apiKey: string, apiVersion: string | undefined) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl, ...(apiVersion !== undefined && { apiVersion }) } })

const listAll = async (ai: GoogleGenAI) => Array.fromAsync(await ai.models.list({ config: { pageSize: 20 } }))

const errorOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no error',
    (error: unknown) => (error instanceof ApiError ? { status: error.status, message: error.message } : error),
  )

/** As plain JSON, and without the HTTP headers that the SDK adds to what it has read: those are the gateway's own. */
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === 'sdkHttpResponse' ? undefined : member)))

const withoutNames = <Model extends { name?: string; displayName?: string }>(model: Model) => {
  const { name: _name, displayName: _shown, ...rest } = model
  return rest
}
