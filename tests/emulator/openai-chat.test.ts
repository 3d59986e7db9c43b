import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { callOpenAi, chatEventsOf, userSays } from './openai-support.ts'
import { emulatorForTests, goodKey } from './support.ts'

const emulator = emulatorForTests()

const chat = async (body: unknown) => (await callOpenAi(emulator, 'chat/completions', body)).json
const stream = async (body: object) =>
  chatEventsOf((await callOpenAi(emulator, 'chat/completions', { ...body, stream: true })).text)

const refusalOf = async (body: unknown) => {
  const { status, json } = await callOpenAi(emulator, 'chat/completions', body)
  return { status, message: json[0]?.error.message }
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const clock = { type: 'function', function: { name: 'get_time' } }
const thinking = (config: object) => ({ extra_body: { google: { thinking_config: config } } })

describe('a completion', () => {
  test('has OpenAI’s shape, and leaves the thoughts out of completion_tokens but not out of the total', async () => {
    const json = await chat(userSays('hello'))
    expect(json).toEqual({
      choices: [
        {
          finish_reason: 'stop',
          index: 0,
          message: {
            content: expect.stringMatching(/^You said: hello\n/),
            extra_content: { google: { thought_signature: expect.any(String) } },
            role: 'assistant',
          },
        },
      ],
      created: expect.any(Number),
      id: expect.any(String),
      model: 'gemini-3.8-flash',
      object: 'chat.completion',
      usage: { completion_tokens: expect.any(Number), prompt_tokens: 2, total_tokens: expect.any(Number) },
    })
    expect(json.usage.total_tokens).toBe(json.usage.prompt_tokens + json.usage.completion_tokens + 16)
  })

  test('is the same for the same request, byte for byte', async () => {
    const [first, second] = await Promise.all(
      [0, 1].map(async () => (await callOpenAi(emulator, 'chat/completions', userSays('hello'))).text),
    )
    expect(second).toBe(first ?? '')
  })

  test('is the answer of the native API to what the chat says', async () => {
    const data = Buffer.from('12345').toString('base64')
    const json = await chat({
      model: 'models/gemini-2.5-flash',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'yes?' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'second' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${data}`, detail: 'low' } },
            { type: 'input_audio', input_audio: { format: 'wav', data } },
            { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` } },
          ],
        },
      ],
    })
    expect(json.choices[0].message.content.split('\n')).toEqual([
      'You said: second',
      'I received image/png of 5 bytes.',
      'I received audio/wav of 5 bytes.',
      'I received application/pdf of 5 bytes.',
      'My instructions have 5 tokens.',
      'This is turn 2 of our conversation.',
      'This answer comes from the emulator, which gives the same answer to the same request every time.',
    ])
  })

  test('obeys stop, max_tokens, n and response_format', async () => {
    const flash = { model: 'gemini-2.5-flash' }
    expect((await chat(userSays('a', { ...flash, stop: 'This' }))).choices[0].message.content).toBe('You said: a\n')
    const cut = await chat(userSays('a', { ...flash, max_tokens: 9, max_completion_tokens: 20 }))
    expect([cut.choices[0].finish_reason, cut.usage.completion_tokens]).toEqual(['length', 4])
    expect(
      (await chat(userSays('a', { ...flash, n: 2 }))).choices.map((choice: { index: number }) => choice.index),
    ).toEqual([0, 1])
    const schema = { type: 'object', properties: { colour: { enum: ['red', 'blue'] } }, required: ['colour'] }
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } }
    const made = await chat(userSays('a', { response_format: format }))
    expect(JSON.parse(made.choices[0].message.content)).toEqual({ colour: 'red' })
    const free = await chat(userSays('a', { response_format: { type: 'json_object' } }))
    expect(JSON.parse(free.choices[0].message.content)).toHaveProperty('answer')
  })

  test('tells cached tokens', async () => {
    const { usage } = await chat(userSays('a prompt with 3 cached tokens'))
    expect(usage.prompt_tokens_details).toEqual({ cached_tokens: 3 })
  })
})

describe('a stream', () => {
  test('is chunks of one id, with a role in each, the usage in a last one of its own, and [DONE]', async () => {
    const events = await stream(userSays('hello', { stream_options: { include_usage: true } }))
    const whole = await chat(userSays('hello'))
    expect(events.at(-1)).toBe('[DONE]')
    expect(events.at(-2)).toMatchObject({ choices: [], object: 'chat.completion.chunk', usage: whole.usage })
    const chunks = events.slice(0, -2)
    expect(new Set(chunks.map(chunk => chunk.id))).toEqual(new Set([whole.id]))
    expect(chunks.every(chunk => chunk.choices[0].delta.role === 'assistant' && chunk.usage === undefined)).toBe(true)
    expect(chunks.map(chunk => chunk.choices[0].delta.content ?? '').join('')).toBe(whole.choices[0].message.content)
    expect(chunks.filter(chunk => 'finish_reason' in chunk.choices[0])).toEqual([chunks.at(-1)])
  })

  test('ends without usage unless it is asked for', async () => {
    expect((await stream(userSays('hello'))).some(event => event.usage !== undefined)).toBe(false)
  })

  test('shows thoughts between tags, the closing one glued to the answer', async () => {
    const events = await stream(userSays('think aloud', thinking({ include_thoughts: true })))
    const deltas = events.slice(0, -1).map(event => event.choices[0].delta)
    const thoughts = deltas.filter(delta => delta.extra_content?.google.thought === true)
    expect(thoughts.length).toBeGreaterThan(2)
    expect(thoughts[0].content).toStartWith('<thought>**Reading')
    expect(deltas[thoughts.length].content).toStartWith('</thought>You ')
    const whole = await chat(userSays('think aloud', thinking({ include_thoughts: true })))
    expect(whole.choices[0].message.content).toMatch(/^<thought>\*\*Reading[^<]*<\/thought>You said/)
  })
})

describe('calls', () => {
  const asked = userSays('call get_weather with {"city":"Rome"} and get_time', { tools: [weather, clock] })

  test('have ids and signed extra content; a stream has no index for them and ends with "stop"', async () => {
    const whole = await chat(asked)
    const calls = [
      {
        extra_content: { google: { thought_signature: expect.any(String) } },
        function: { arguments: '{"city":"Rome"}', name: 'get_weather' },
        id: expect.any(String),
        type: 'function',
      },
      { function: { arguments: '{}', name: 'get_time' }, id: expect.any(String), type: 'function' },
    ]
    expect(whole.choices[0]).toEqual({
      finish_reason: 'tool_calls',
      index: 0,
      message: { role: 'assistant', tool_calls: calls },
    })
    const events = (await stream(asked)).slice(0, -1)
    expect(events.flatMap(event => event.choices[0].delta.tool_calls ?? [])).toEqual(calls)
    expect(events.at(-1).choices[0].finish_reason).toBe('stop')
  })

  test('of 2.x have made-up ids, each its own', async () => {
    const { choices } = await chat({ ...asked, model: 'gemini-2.5-flash' })
    const ids: string[] = choices[0].message.tool_calls.map((call: { id: string }) => call.id)
    expect(ids.every(id => /^function-call-\d+$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(2)
  })

  test('come back with their signatures and their results', async () => {
    const { message } = (await chat(asked)).choices[0]
    const results = message.tool_calls.map((call: { id: string; function: { name: string } }) => ({
      role: 'tool',
      tool_call_id: call.id,
      content: call.function.name === 'get_time' ? 'noon' : '{"sky":"blue"}',
    }))
    const told = await chat({ ...asked, messages: [...asked.messages, message, ...results] })
    expect(told.choices[0].message.content.split('\n').slice(0, 2)).toEqual([
      'The function get_weather returned {"sky":"blue"}.',
      'The function get_time returned {"result":"noon"}.',
    ])
    const unsigned = {
      ...message,
      tool_calls: message.tool_calls.map(({ extra_content: _, ...call }: object & { extra_content?: unknown }) => call),
    }
    expect((await refusalOf({ ...asked, messages: [...asked.messages, unsigned, ...results] })).message).toStartWith(
      'Function call is missing a thought_signature in functionCall parts.',
    )
  })

  test('are chosen, required and forbidden by tool_choice', async () => {
    const namesFor = async (toolChoice: unknown) => {
      const { choices } = await chat(userSays('hello', { tools: [weather, clock], tool_choice: toolChoice }))
      return (choices[0].message.tool_calls ?? []).map((call: { function: object }) => call.function)
    }
    expect(await namesFor('auto')).toEqual([])
    expect(await namesFor('required')).toEqual([{ arguments: '{"city":"a city"}', name: 'get_weather' }])
    expect(await namesFor({ type: 'function', function: { name: 'get_time' } })).toEqual([
      { arguments: '{}', name: 'get_time' },
    ])
    const { choices } = await chat({ ...asked, tool_choice: 'none' })
    expect(choices[0].message.tool_calls).toBeUndefined()
  })
})

describe('Google’s words for', () => {
  const unknown = (name: string) => `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`

  test.each(['logprobs', 'top_logprobs', 'logit_bias', 'metadata', 'store', 'prediction', 'verbosity', 'google'])(
    'the field %s, which the layer lacks',
    async name => {
      expect(await refusalOf(userSays('a', { [name]: true }))).toEqual({ status: 400, message: unknown(name) })
    },
  )

  test.each([
    [
      'an image address',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/cat.png' } }] },
        ],
      },
      'Invalid or unsupported file uri: https://example.com/cat.png',
    ],
    [
      'an unknown part',
      { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
      'Invalid content part type: video',
    ],
    ['no messages', { messages: [] }, '* GenerateContentRequest.contents: contents is not specified\n'],
    [
      'a text that is empty',
      { messages: [{ role: 'user', content: '' }] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [
      'a result of no call',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'tool', tool_call_id: 'x', content: 'y' },
        ],
      },
      '* GenerateContentRequest.contents[1].parts[0].function_response.name: Name cannot be empty.\n',
    ],
    ['a penalty', { presence_penalty: 0 }, 'Penalty is not enabled for this model'],
    ['two choices of a 3.x model', { n: 2 }, 'Multiple candidates is not enabled for this model'],
    ['a tool that is no function', { tools: [{ type: 'custom' }] }, 'Invalid tool type: custom'],
    [
      'a required call without functions',
      { tool_choice: 'required' },
      'Function calling config is set without function_declarations.',
    ],
    [
      'an effort beside a config',
      { reasoning_effort: 'low', ...thinking({ thinking_level: 'LOW' }) },
      'Expected one of either `reasoning_effort` or custom `thinking_config`; found both.',
    ],
    ['an effort outside the table', { reasoning_effort: 'xhigh' }, 'Request contains an invalid argument.'],
    ['no effort on 3.x', { reasoning_effort: 'none' }, 'Request contains an invalid argument.'],
    [
      'no effort on 2.5 Pro',
      { reasoning_effort: 'none', model: 'gemini-2.5-pro' },
      'Budget 0 is invalid. This model only works in thinking mode.',
    ],
    [
      'minimal effort on 3.8 Flash',
      { reasoning_effort: 'minimal' },
      'Thinking level MINIMAL is not supported for this model.',
    ],
    ['a seed of 64 bits', { seed: 99999999999 }, "Invalid value at 'seed' (TYPE_INT32), 99999999999"],
  ])('%s', async (_name, more, message) => {
    expect(await refusalOf(userSays('a', more))).toEqual({ status: 400, message })
  })

  test('a model that does not exist, by the name of the version behind the layer', async () => {
    expect(await refusalOf(userSays('a', { model: 'gpt-5' }))).toEqual({
      status: 404,
      message:
        'models/gpt-5 is not found for API version v1main, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
    })
  })
})

describe('an effort', () => {
  test.each([
    ['none', 'gemini-2.5-flash', 0],
    ['low', 'gemini-2.5-flash', 16],
    ['high', 'gemini-3.8-flash', 32],
    ['low', 'gemini-3.8-flash', 8],
    ['minimal', 'gemini-3.6-flash', 0],
    ['minimal', 'gemini-3.1-pro-preview', 8],
  ])('%s of %s thinks %d tokens', async (effort, model, thoughts) => {
    const { usage } = await chat(userSays('a', { model, reasoning_effort: effort }))
    expect(usage.total_tokens - usage.prompt_tokens - usage.completion_tokens).toBe(thoughts)
  })
})

describe('reasons to finish', () => {
  test.each([
    ['SAFETY', 'content_filter: SAFETY'],
    ['RECITATION', 'content_filter: RECITATION'],
    ['MAX_TOKENS', 'length'],
    ['MALFORMED_FUNCTION_CALL', 'function_call_filter: MALFORMED_FUNCTION_CALL'],
  ])('%s is %s', async (reason, told) => {
    expect((await chat(userSays(`finish ${reason}`))).choices[0].finish_reason).toBe(told)
    expect((await stream(userSays(`finish ${reason}`))).at(-2).choices[0].finish_reason).toBe(told)
  })
})

describe('OpenAI’s own client', () => {
  const client = new OpenAI({ apiKey: goodKey, baseURL: `${emulator.url}/v1beta/openai/`, maxRetries: 0 })

  test('chats, streams, embeds in base64, and lists models', async () => {
    const messages = [{ role: 'user' as const, content: 'hello' }]
    const whole = await client.chat.completions.create({ model: 'gemini-3.8-flash', messages })
    let streamed = ''
    for await (const chunk of await client.chat.completions.create({
      model: 'gemini-3.8-flash',
      messages,
      stream: true,
    }))
      streamed += chunk.choices[0]?.delta.content ?? ''
    expect(streamed).toBe(whole.choices[0]?.message.content ?? 'nothing')
    const { data } = await client.embeddings.create({ model: 'gemini-embedding-001', input: ['a', 'b'], dimensions: 8 })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8])
    expect(emulator.requests.at(-1)?.bodyText).toContain('"encoding_format":"base64"')
    expect((await client.models.list()).data[0]?.id).toBe('models/gemini-4-argon')
  })
})
