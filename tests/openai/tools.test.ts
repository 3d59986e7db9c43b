import { describe, expect, test } from 'bun:test'
import { ask, type Chat, say, sentUp, user } from './_ask.ts'
import { gatewayForTests } from './_gateways.ts'
import type { SaidChoice } from './_said.ts'
import { callsOf, parallelPrompt, report, responsesOf, turnOf, weatherTools } from './_weather.ts'

const gateway = gatewayForTests()

const sentinel = /^(skip_thought_signature_validator|c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=)$/

/** Asks, and answers calls until there are none. */
const talk = async (chat: Chat, keepsExtras: boolean): Promise<readonly SaidChoice[]> => {
  const messages: object[] = [user(parallelPrompt)]
  const said: SaidChoice[] = []
  for (let step = 0; step < 5; step++) {
    const choice = await say(gateway, { ...chat, messages, tools: weatherTools })
    said.push(choice)
    if (choice.calls.length === 0) return said
    messages.push(turnOf(choice, keepsExtras), ...choice.calls.map(report))
  }
  throw new Error('It never stops to call.')
}

describe.each(['gemini-3.6-flash', 'gemini-3.1-pro-preview', 'gemini-2.5-flash'])('with %s', model => {
  describe.each([false, true])('and stream %p', stream => {
    test.each([true, false])('calls at once and in steps come to an end; extras are sent back: %p', async keeps => {
      const said = await talk({ model, stream }, keeps)
      expect(said.map(({ calls }) => calls.map(call => [call.name, JSON.parse(call.arguments)]))).toEqual([
        [
          ['get_weather', { city: 'Rome' }],
          ['get_time', { city: 'Oslo' }],
        ],
        [['get_weather', { city: 'Lima' }]],
        [],
      ])
      expect(said.map(({ finishReason }) => finishReason)).toEqual(['tool_calls', 'tool_calls', 'stop'])
      expect(said.at(-1)?.content).toContain('Sunny for')
      const last = sentUp(gateway).at(-1)
      expect(responsesOf(last).map(responses => responses.map(({ name }) => name))).toEqual([
        ['get_weather', 'get_time'],
        ['get_weather'],
      ])
      const signatures = callsOf(last).map(({ thoughtSignature }) => thoughtSignature)
      expect(signatures.some(signature => sentinel.test(signature ?? ''))).toBe(false)
      if (model.startsWith('gemini-3')) {
        expect(signatures.map(signature => typeof signature)).toEqual(['string', 'undefined', 'string'])
        expect(said.flatMap(({ calls }) => calls.map(({ signature }) => signature))).toEqual(signatures)
      }
    })
  })
})

test('history from elsewhere goes up with the documented sentinel', async () => {
  const call = {
    id: 'call_of_another',
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
  }
  const { content } = await say(gateway, {
    tools: weatherTools,
    messages: [
      user('How is Rome?'),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: '{"sky":"blue"}' },
    ],
  })
  expect(content).toContain('{"sky":"blue"}')
  const [body] = sentUp(gateway)
  expect(callsOf(body)[0].thoughtSignature).toMatch(sentinel)
  expect(responsesOf(body)[0]?.[0].response).toEqual({ sky: 'blue' })
})

test('results that come in another order, or in no JSON, are matched by their ids', async () => {
  const first = await say(gateway, { messages: [user(parallelPrompt)], tools: weatherTools })
  const [rome, oslo] = first.calls
  if (rome === undefined || oslo === undefined) throw new Error('There should be two calls.')
  await say(gateway, {
    tools: weatherTools,
    messages: [
      user(parallelPrompt),
      turnOf(first, false),
      { role: 'tool', tool_call_id: oslo.id, content: '["9", "o\'clock"]' },
      { role: 'tool', tool_call_id: rome.id, content: [{ type: 'text', text: 'rainy' }] },
    ],
  })
  const responses = responsesOf(sentUp(gateway).at(-1))[0] ?? []
  expect(responses.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
  expect(JSON.stringify(responses[0].response)).toContain('rainy')
  expect(JSON.stringify(responses[1].response)).toContain("o'clock")
})

const asked = (...calls: readonly (readonly [id: string, name: string, args?: string])[]) => ({
  role: 'assistant',
  content: 'I ask.',
  tool_calls: calls.map(([id, name, args = '']) => ({ id, type: 'function', function: { name, arguments: args } })),
})
const result = (id: string, content: unknown = 'fine') => ({ role: 'tool', tool_call_id: id, content })

const broken: readonly (readonly [what: string, messages: readonly object[], param: string])[] = [
  ['a call without its result', [asked(['a', 'get_time'], ['b', 'get_time']), result('b'), user('So?')], 'messages[1]'],
  ['a last turn of calls', [asked(['a', 'get_time'])], 'messages[1]'],
  ['a result without its call', [asked(['a', 'get_time']), result('b')], 'messages[2]'],
  ['arguments that are no JSON', [asked(['a', 'get_time', '{"a"']), result('a')], 'messages[1].tool_calls[0]'],
  ['two calls of one id', [asked(['a', 'get_time'], ['a', 'get_time']), result('a')], 'messages[1].tool_calls'],
]

test.each(broken)('%s is refused with a clear word', async (_, messages, param) => {
  const { status, error } = await ask(gateway, { tools: weatherTools, messages: [user('When?'), ...messages] })
  expect({ status, error }).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } })
  expect(error?.param).toStartWith(param)
  expect(sentUp(gateway)).toEqual([])
})

test('ids that come again in later turns, and pictures as results, are understood', async () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } }
  for (const model of ['gemini-3.6-flash', 'gemini-2.5-flash']) {
    const messages = [
      user('Go'),
      asked(['a', 'get_time']),
      result('a'),
      asked(['a', 'get_weather']),
      result('a', [image]),
    ]
    await say(gateway, { model, tools: weatherTools, messages })
    const body = sentUp(gateway).at(-1)
    expect(responsesOf(body).map(([response]) => response.name)).toEqual(['get_time', 'get_weather'])
    expect(JSON.stringify(body.contents)).toContain('iVBORw0K')
  }
})

describe.each([false, true])('with stream %p', stream => {
  const prompt = { messages: [user('Please call get_weather and get_time')], tools: weatherTools, stream }
  const named = (name: string) => ({ type: 'function', function: { name } })

  const one = (mode: string, name: string) => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [named(name)] } })

  const choices: readonly (readonly [what: string, choice: unknown, names: readonly string[]])[] = [
    ['none', 'none', []],
    ['auto', 'auto', ['get_weather', 'get_time']],
    ['required', 'required', ['get_weather', 'get_time']],
    ['one by name', named('get_time'), ['get_time']],
    ['one allowed and required', one('required', 'get_time'), ['get_time']],
    ['one allowed', one('auto', 'get_weather'), ['get_weather']],
  ]

  test.each(choices)('the choice of tools is kept to: %s', async (_, tool_choice, names) => {
    const { calls } = await say(gateway, { ...prompt, tool_choice })
    expect(calls.map(({ name }) => name)).toEqual([...names])
    sentUp(gateway)
  })

  test('without parallel calls only the first is passed on', async () => {
    const { calls } = await say(gateway, { ...prompt, parallel_tool_calls: false })
    expect(calls.map(({ name }) => name)).toEqual(['get_weather'])
  })

  test('a custom tool gets its text', async () => {
    const tools = [{ type: 'custom', custom: { name: 'shell', description: 'It runs a line.' } }]
    const first = await say(gateway, { messages: [user('Please call shell')], tools, stream })
    expect(first).toMatchObject({ finishReason: 'tool_calls', calls: [{ name: 'shell', arguments: '"a input"' }] })
    const [called] = first.calls
    const custom = { name: 'shell', input: 'a input' }
    const turn = { role: 'assistant', content: null, tool_calls: [{ id: called?.id, type: 'custom', custom }] }
    const messages = [user('Please call shell'), turn, result(called?.id ?? '', 'done')]
    expect((await say(gateway, { messages, tools, stream })).content).toContain('done')
    sentUp(gateway)
  })

  test('the deprecated functions are called, and answered, in their own form', async () => {
    const functions = weatherTools.map(tool => tool.function)
    const messages: object[] = [user('Please call get_weather with {"city":"Rome"}')]
    const first = await say(gateway, { messages, functions, function_call: 'auto', stream })
    expect(first).toMatchObject({ finishReason: 'function_call', calls: [{ name: 'get_weather' }] })
    const [called] = first.calls
    messages.push(
      { role: 'assistant', content: null, function_call: { name: called?.name, arguments: called?.arguments } },
      { role: 'function', name: 'get_weather', content: 'cloudy' },
    )
    const second = await say(gateway, { messages, functions, stream })
    expect(second).toMatchObject({ finishReason: 'stop', content: expect.stringContaining('cloudy') })
    sentUp(gateway)
  })

  test('names that Google does not take come back as the client wrote them', async () => {
    const odd = ['1st tool', 'wetter/größe', `x${'y'.repeat(70)}`]
    for (const name of odd) {
      const tools = [{ type: 'function', function: { name } }]
      const { calls } = await say(gateway, { messages: [user('Go')], tools, tool_choice: named(name), stream })
      expect(calls.map(call => call.name)).toEqual([name])
    }
    sentUp(gateway)
  })
})
