import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, eventsOf, generatePath, says, streamPath } from './support.ts'

const emulator = emulatorForTests()

const withConfig = (text: string, generationConfig: unknown) => ({ ...says(text), generationConfig })
const generate = async (model: string, body: unknown) => (await call(emulator, generatePath(model), body)).json
const stream = async (model: string, body: unknown) => eventsOf((await call(emulator, streamPath(model), body)).text)
type Event = {
  candidates: { content: { parts?: Record<string, unknown>[] }; finishReason?: string }[]
  usageMetadata: unknown
}
const partsOf = (events: readonly Event[]) => events.flatMap(event => event.candidates[0]?.content.parts ?? [])
const textOf = (events: readonly Event[]) =>
  partsOf(events)
    .map(part => part.text ?? '')
    .join('')

describe('an answer', () => {
  test('is the same for the same request, byte for byte, however it is spelled', async () => {
    const body = withConfig('hello', { maxOutputTokens: 100 })
    const spelled = { contents: body.contents, generation_config: { max_output_tokens: '100' } }
    const [first, second, third] = await Promise.all(
      [body, body, spelled].map(async each => (await call(emulator, generatePath('gemini-3.8-flash'), each)).text),
    )
    expect(second).toBe(first ?? '')
    expect(third).toBe(first ?? '')
  })

  test('shows that prompt, media and instructions arrived', async () => {
    const contents = [
      { parts: [{ text: 'What is this?' }, { inlineData: { mimeType: 'image/png', data: btoa('12345') } }] },
    ]
    const json = await generate('gemini-2.5-flash', { contents, systemInstruction: { parts: [{ text: 'Be brief.' }] } })
    expect(json.candidates[0].content.parts).toEqual([
      {
        text: 'You said: What is this?\nI received image/png of 5 bytes.\nMy instructions have 3 tokens.\nThis answer comes from the emulator, which gives the same answer to the same request every time.',
      },
    ])
    expect(json.usageMetadata.promptTokensDetails).toEqual([
      { modality: 'TEXT', tokenCount: 7 },
      { modality: 'IMAGE', tokenCount: 258 },
    ])
  })

  test('names the model that Google routes to', async () => {
    expect((await generate('gemini-3.7-flash', says('a'))).modelVersion).toBe('gemini-3.8-flash')
  })

  test('ends with MAX_TOKENS when it does not fit, thoughts included', async () => {
    const json = await generate('gemini-3.8-flash', withConfig('a', { maxOutputTokens: 20 }))
    expect(json.candidates[0].content.parts[0].text).toBe('You said: a\nThi')
    expect(json.candidates[0].finishReason).toBe('MAX_TOKENS')
    expect(json.usageMetadata).toMatchObject({ candidatesTokenCount: 4, thoughtsTokenCount: 16, totalTokenCount: 21 })
  })

  test('has an empty content when the thoughts take it all', async () => {
    const json = await generate('gemini-3.8-flash', withConfig('a', { maxOutputTokens: 3 }))
    expect(json.candidates).toEqual([{ content: {}, finishReason: 'MAX_TOKENS', index: 0 }])
    expect(json.usageMetadata.candidatesTokenCount).toBeUndefined()
  })

  test('stops before a stop sequence', async () => {
    const json = await generate('gemini-2.5-flash', withConfig('a', { stopSequences: ['This'] }))
    expect(json.candidates[0].content.parts[0].text).toBe('You said: a\n')
    expect(json.candidates[0].finishReason).toBe('STOP')
  })

  test('has as many candidates as a 2.5 model is asked for', async () => {
    const json = await generate('gemini-2.5-flash', withConfig('a', { candidateCount: 2 }))
    expect(json.candidates.map((candidate: { index: number }) => candidate.index)).toEqual([0, 1])
  })

  test('can be long', async () => {
    const json = await generate('gemini-2.5-flash', says('write 300 words'))
    expect(json.candidates[0].content.parts[0].text.split(' ')).toHaveLength(300)
  })
})

describe('a stream', () => {
  test('has thoughts first when they are asked for, and the signature last, with the reason to finish', async () => {
    const events = await stream('gemini-3.8-flash', withConfig('hello', { thinkingConfig: { includeThoughts: true } }))
    const parts = partsOf(events)
    expect(parts[0]).toMatchObject({ thought: true })
    expect(parts.at(-1)).toEqual({ text: '', thoughtSignature: expect.any(String) })
    expect(events.map(event => event.candidates[0].finishReason)).toEqual([
      ...Array.from({ length: events.length - 1 }, () => undefined),
      'STOP',
    ])
    expect(events.every(event => event.usageMetadata.totalTokenCount > 0)).toBe(true)
  })

  test('says what the whole answer says', async () => {
    const whole = await generate('gemini-3.6-flash', says('hello there'))
    const events = await stream('gemini-3.6-flash', says('hello there'))
    expect(events.length).toBeGreaterThan(3)
    expect(textOf(events)).toBe(whole.candidates[0].content.parts[0].text)
    expect(events.at(-1).usageMetadata).toEqual(whole.usageMetadata)
    expect(events.at(-1).responseId).toBe(whole.responseId)
  })

  test('without alt=sse is one JSON array of the same responses', async () => {
    const events = await stream('gemini-3.8-flash', says('hello'))
    const array = await call(emulator, '/v1beta/models/gemini-3.8-flash:streamGenerateContent', says('hello'))
    expect(array.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(array.json).toEqual(events)
  })

  test('arrives event by event, each ended by an empty line with CRLF', async () => {
    const response = await fetch(emulator.url + streamPath('gemini-3.8-flash'), {
      method: 'POST',
      headers: { 'x-goog-api-key': 'AQ.emulator-test-key-that-is-good' },
      body: JSON.stringify(says('hello')),
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const text = await response.text()
    expect(
      text
        .split('\r\n\r\n')
        .slice(0, -1)
        .every(event => /^data: \{.*\}$/.test(event)),
    ).toBe(true)
    expect(text).not.toContain('[DONE]')
  })
})

const weather = {
  name: 'get_weather',
  parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' }, days: { type: 'INTEGER', minimum: 3 } } },
}
const tools = [{ functionDeclarations: [weather, { name: 'get_time' }] }]

describe('function calls', () => {
  const callsIn = (json: { candidates: { content: { parts: { functionCall?: unknown }[] } }[] }) =>
    json.candidates[0]?.content.parts.map(part => part.functionCall)

  test('follow the schema, with an id since 3.x', async () => {
    expect(callsIn(await generate('gemini-3.8-flash', { ...says('call get_weather'), tools }))).toEqual([
      { id: expect.stringMatching(/^.{8}$/), name: 'get_weather', args: { city: 'a city', days: 3 } },
    ])
    expect(callsIn(await generate('gemini-2.5-flash', { ...says('call get_weather'), tools }))).toEqual([
      { name: 'get_weather', args: { city: 'a city', days: 3 } },
    ])
  })

  test('take arguments from the prompt', async () => {
    const prompt = 'Please call get_weather with {"city":"Rome","more":{"a":1}} now.'
    expect(callsIn(await generate('gemini-2.5-flash', { ...says(prompt), tools }))).toEqual([
      { name: 'get_weather', args: { city: 'Rome', more: { a: 1 } } },
    ])
  })

  test('are parallel, in the order of the prompt, with ids of their own', async () => {
    const calls = callsIn(await generate('gemini-3.8-flash', { ...says('call get_time and get_weather'), tools })) as {
      id: string
      name: string
    }[]
    expect(calls.map(made => made.name)).toEqual(['get_time', 'get_weather'])
    expect(new Set(calls.map(made => made.id)).size).toBe(2)
  })

  test('are forced by mode ANY and its names, and forbidden by NONE', async () => {
    const config = (functionCallingConfig: unknown) => ({
      ...says('hello'),
      tools,
      toolConfig: { functionCallingConfig },
    })
    const forced = await generate('gemini-2.5-flash', config({ mode: 'ANY', allowedFunctionNames: ['get_time'] }))
    expect(callsIn(forced)).toEqual([{ name: 'get_time', args: {} }])
    const forbidden = { ...config({ mode: 'NONE' }), contents: says('call get_time').contents }
    expect(callsIn(await generate('gemini-2.5-flash', forbidden))).toEqual([undefined])
  })

  test('come whole in one part of a stream and end with STOP', async () => {
    const events = await stream('gemini-3.8-flash', { ...says('call get_time'), tools })
    expect(events).toHaveLength(1)
    expect(events[0].candidates[0]).toMatchObject({
      finishReason: 'STOP',
      content: { parts: [{ functionCall: { name: 'get_time' } }] },
    })
  })
})

describe('JSON answers satisfy', () => {
  const jsonOf = async (config: object) => {
    const json = await generate(
      'gemini-3.8-flash',
      withConfig('a', { responseMimeType: 'application/json', ...config }),
    )
    return JSON.parse(json.candidates[0].content.parts[0].text)
  }

  test('a Schema', async () => {
    const responseSchema = {
      type: 'ARRAY',
      minItems: 2,
      items: {
        type: 'OBJECT',
        properties: {
          name: { type: 'STRING' },
          colour: { type: 'STRING', enum: ['red', 'blue'] },
          age: { type: 'INTEGER', minimum: 18 },
          at: { type: 'STRING', format: 'date-time' },
          either: { anyOf: [{ type: 'BOOLEAN' }, { type: 'STRING' }] },
        },
        propertyOrdering: ['age', 'name'],
      },
    }
    const item = { age: 18, name: 'a name', colour: 'red', at: '2026-11-23T12:00:00Z', either: true }
    expect(await jsonOf({ responseSchema })).toEqual([item, item])
  })

  test('a JSON Schema with references that would not end', async () => {
    const responseJsonSchema = {
      $defs: {
        node: {
          type: 'object',
          properties: { label: { type: ['string', 'null'] }, next: { $ref: '#/$defs/node' } },
          required: ['label'],
        },
      },
      $ref: '#/$defs/node',
    }
    const value = await jsonOf({ responseJsonSchema })
    expect(value.label).toBe('a label')
    expect(JSON.stringify(value).length).toBeLessThan(500)
  })

  test('an enum as plain text', async () => {
    const config = { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['yes', 'no'] } }
    const json = await generate('gemini-3.8-flash', withConfig('a', config))
    expect(json.candidates[0].content.parts[0].text).toBe('yes')
  })
})

describe('other kinds of output', () => {
  test('speech is little-endian PCM, in several chunks of a stream that join to the whole', async () => {
    const body = withConfig('Say hello to everybody', { responseModalities: ['AUDIO'] })
    const whole = (await generate('gemini-3.8-flash-tts', body)).candidates[0].content.parts
    expect(whole).toHaveLength(1)
    expect(whole[0].inlineData.mimeType).toBe('audio/L16;codec=pcm;rate=24000')
    const pieces = partsOf(await stream('gemini-3.8-flash-tts', body)) as { inlineData: { data: string } }[]
    expect(pieces).toHaveLength(4)
    const joined = Buffer.concat(pieces.map(piece => Buffer.from(piece.inlineData.data, 'base64')))
    expect(joined.toString('base64')).toBe(whole[0].inlineData.data)
  })

  test('pictures are PNG files, with text unless only a picture is asked for', async () => {
    const both = (await generate('gemini-3-pro-image', says('a red key'))).candidates[0].content.parts
    expect(both.map((part: object) => Object.keys(part)[0])).toEqual(['text', 'inlineData'])
    const only = await generate('gemini-3-pro-image', withConfig('a red key', { responseModalities: ['IMAGE'] }))
    const [picture] = only.candidates[0].content.parts
    expect(Buffer.from(picture.inlineData.data, 'base64').subarray(1, 4).toString()).toBe('PNG')
  })

  test('a search leaves sources, with segments counted in bytes', async () => {
    const json = await generate('gemini-3.8-flash', { ...says('Grüße'), tools: [{ googleSearch: {} }] })
    const { groundingMetadata } = json.candidates[0]
    expect(groundingMetadata.webSearchQueries).toEqual(['Grüße'])
    expect(groundingMetadata.groundingSupports[0].segment).toEqual({
      startIndex: 0,
      endIndex: 17,
      text: 'You said: Grüße',
    })
  })

  test('addresses read and code run leave their traces', async () => {
    const tools = [{ urlContext: {} }, { codeExecution: {} }]
    const json = await generate('gemini-3.8-flash', { ...says('Run code on https://example.com/a'), tools })
    expect(json.candidates[0].urlContextMetadata).toEqual({
      urlMetadata: [{ retrievedUrl: 'https://example.com/a', urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS' }],
    })
    expect(json.candidates[0].content.parts[1]).toEqual({
      codeExecutionResult: { outcome: 'OUTCOME_OK', output: '42\n' },
    })
  })
})

describe('counting tokens', () => {
  test('agrees with the usage of the answer', async () => {
    const body = { ...says('hello there'), systemInstruction: { parts: [{ text: 'Be brief.' }] } }
    const { usageMetadata } = await generate('gemini-3.8-flash', body)
    const counted = await call(emulator, '/v1beta/models/gemini-3.8-flash:countTokens', {
      generateContentRequest: { model: 'models/gemini-3.8-flash', ...body },
    })
    expect(counted.json).toEqual({
      totalTokens: usageMetadata.promptTokenCount,
      promptTokensDetails: usageMetadata.promptTokensDetails,
    })
  })

  test.each([
    [
      'system instruction beside contents',
      { ...says('a'), systemInstruction: { parts: [{ text: 'b' }] } },
      'Invalid JSON payload received. Unknown name "systemInstruction": Cannot find field.',
    ],
    ['nothing to count', {}, '* CountTokensRequest.contents: contents is not specified\n'],
    [
      'a request without its model',
      { generateContentRequest: says('a') },
      '* CountTokensRequest.generate_content_request.model: model is required\n',
    ],
  ])('refuses %s', async (_name, body, message) => {
    const { status, json } = await call(emulator, '/v1beta/models/gemini-3.8-flash:countTokens', body)
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message })
  })
})

describe('embeddings', () => {
  const content = { parts: [{ text: 'hello' }] }
  const embed = async (body: object, model = 'gemini-embedding-001') =>
    (await call(emulator, `/v1beta/models/${model}:embedContent`, body)).json
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

  test('have length 1 only at full size', async () => {
    const full = (await embed({ content })).embedding.values
    const small = (await embed({ content, outputDimensionality: 8 })).embedding.values
    expect(full).toHaveLength(3072)
    expect(length(full)).toBeCloseTo(1, 3)
    expect(small).toEqual(full.slice(0, 8))
    expect(length(small)).toBeLessThan(0.5)
  })

  test('depend on text and task', async () => {
    const values = await Promise.all(
      [{ content }, { content, taskType: 'CLUSTERING' }, { content: { parts: [{ text: 'other' }] } }].map(
        async body => (await embed(body)).embedding.values[0],
      ),
    )
    expect(new Set(values).size).toBe(3)
  })

  test('of a batch are those of its members', async () => {
    const requests = [{ model: 'models/gemini-embedding-2', content, outputDimensionality: 4 }]
    const { json } = await call(emulator, '/v1beta/models/gemini-embedding-2:batchEmbedContents', { requests })
    const single = await embed({ content, outputDimensionality: 4 }, 'gemini-embedding-2')
    expect(json).toEqual({ embeddings: [single.embedding], usageMetadata: { promptTokenCount: 2 } })
  })

  const member = { model: 'models/gemini-embedding-001', content }
  test.each([
    ['embedContent', {}, '* EmbedContentRequest.content: content is required\n'],
    [
      'embedContent',
      { content, title: 'a' },
      '* EmbedContentRequest.title: title is only applicable when task_type is RETRIEVAL_DOCUMENT\n',
    ],
    [
      'embedContent',
      { content, outputDimensionality: 5000 },
      '* EmbedContentRequest.output_dimensionality: output_dimensionality must be in the range [1, 3072].\n',
    ],
    ['batchEmbedContents', {}, '* BatchEmbedContentsRequest.requests: requests is not specified\n'],
    [
      'batchEmbedContents',
      { requests: Array.from({ length: 101 }, () => member) },
      '* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch\n',
    ],
    [
      'batchEmbedContents',
      { requests: [{ content }] },
      '* BatchEmbedContentsRequest.requests[0].model: model is required\n',
    ],
    [
      'batchEmbedContents',
      { requests: [{ content, model: 'gemini-embedding-001' }] },
      '* BatchEmbedContentsRequest.requests[0].model: unexpected model name format\n',
    ],
  ])('%s refuses %j', async (method, body, message) => {
    const { status, json } = await call(emulator, `/v1beta/models/gemini-embedding-001:${method}`, body)
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message })
  })
})
