import { describe, expect, test } from 'bun:test'
import { convert, refusalOf, testRefusals, testRows } from './_rows.ts'

const list = <Element>(length: number, make: (index: number) => Element) =>
  Array.from({ length }, (_, index) => make(index))
const text = { type: 'string' }
const tool = (parameters: unknown, name = 'look') => ({ type: 'function', function: { name, parameters } })
const properties = (count: number) =>
  Object.fromEntries(list(count, index => [`p${index}`, { type: 'string', maxLength: index }]))
const object = (count: number) => ({ type: 'object', properties: properties(count) })
const nested = (levels: number, inner: unknown = text): unknown =>
  levels === 0 ? inner : { type: 'array', items: nested(levels - 1, inner) }
const hello = { role: 'user', content: 'Hello' }
const calling = (count: number, name: (index: number) => string = () => 'look') => ({
  role: 'assistant',
  tool_calls: list(count, index => ({
    id: `c${index}`,
    type: 'function',
    function: { name: name(index), arguments: '{}' },
  })),
})
const result = (index: number) => ({ role: 'tool', tool_call_id: `c${index}`, content: String(index) })
const brackets = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const withArguments = (args: string) => ({
  messages: [
    hello,
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: args } }] },
    { role: 'tool', tool_call_id: 'a', content: 'x' },
  ],
})
const json = (schema: unknown) => ({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } })
const picture = (url: string) => ({
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
})

describe('schemas', () => {
  testRefusals([
    {
      says: 'that are too deep are refused where they stand among the tools',
      body: { tools: [tool(object(1), 'a'), tool({ type: 'object', properties: { a: nested(95) } }, 'b')] },
      param: 'tools[1].function.parameters',
      words: 'nested more than 90 levels deep',
    },
    {
      says: 'that are too deep are refused in the deprecated form',
      body: { functions: [{ name: 'look', parameters: { type: 'object', properties: { a: nested(95) } } }] },
      param: 'functions[0].parameters',
      words: 'nested more than 90 levels deep',
    },
    {
      says: 'that are too deep are refused for an answer',
      body: json({ type: 'object', properties: { a: nested(95) } }),
      param: 'response_format.json_schema.schema',
      words: 'nested more than 90 levels deep',
    },
    {
      says: 'that are too large are refused',
      body: { tools: [tool(object(40_000))] },
      param: 'tools[0].function.parameters',
      words: 'hold more than 30000 values',
    },
    {
      says: 'that are too large together are refused at the one that is too much',
      body: { ...json(object(4_000)), tools: list(4, index => tool(object(3_000), `f${index}`)) },
      param: 'tools[1].function.parameters',
      words: 'hold more than 30000 values',
    },
  ])

  const ofType = (says: string, parameters: unknown, type: string) => ({
    says,
    body: { tools: [tool(object(1), 'good'), tool(parameters)] },
    param: 'tools[1].function.parameters',
    words: `Invalid schema for function 'look': schema must be a JSON Schema of 'type: "object"', got 'type: ${type}'.`,
  })
  testRefusals([
    ofType('of texts are refused for arguments', text, '"string"'),
    ofType('of lists are refused for arguments', { type: 'array', items: text }, '"array"'),
    ofType('of several types are refused for arguments', { type: ['string', 'null'] }, '["string","null"]'),
    ofType(
      'of texts are refused for arguments behind a reference',
      { $ref: '#/$defs/a', $defs: { a: text } },
      '"string"',
    ),
  ])

  const up = [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: object(2) }] }]
  testRows([
    {
      says: 'of objects that may be null are objects for arguments',
      body: { tools: [tool({ ...object(2), type: ['object', 'null'] })] },
      request: { tools: up },
    },
    {
      says: 'of objects that do not say so are objects for arguments',
      body: { tools: [tool({ properties: properties(2) })] },
      request: { tools: up },
    },
    {
      says: 'may be lists for an answer',
      body: json({ type: 'array', items: text }),
      request: {
        generationConfig: {
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'array', items: text },
        },
      },
    },
    {
      says: 'keep what is said beside a reference',
      body: {
        tools: [
          tool({
            type: 'object',
            properties: { next: { $ref: '#/$defs/node', description: 'What comes then' } },
            required: ['next'],
            $defs: {
              node: {
                type: 'object',
                properties: { next: { $ref: '#/$defs/node', description: 'And then', title: 'Then' }, a: text },
                required: ['next', 'a'],
              },
            },
          }),
        ],
      },
      request: {
        tools: [
          {
            functionDeclarations: [
              {
                name: 'look',
                parametersJsonSchema: {
                  type: 'object',
                  properties: { next: { description: 'What comes then', anyOf: [{ $ref: '#/$defs/node' }] } },
                  required: ['next'],
                  $defs: {
                    node: {
                      type: 'object',
                      properties: {
                        next: { description: 'And then', title: 'Then', anyOf: [{ $ref: '#/$defs/node' }] },
                        a: text,
                      },
                      required: ['a'],
                    },
                  },
                },
              },
            ],
          },
        ],
      },
    },
  ])
})

describe('lists', () => {
  const tooLong = (says: string, body: Readonly<Record<string, unknown>>, param: string) => ({
    says,
    body,
    param,
    words: `Invalid '${param}': array too long. Expected an array with maximum length 1024, but got an array with length 1025`,
  })
  const tools = list(1025, index => tool(undefined, `f${index}`))
  testRefusals([
    tooLong('of tools are refused where they are too long', { tools }, 'tools'),
    tooLong('of functions are', { functions: list(1025, index => ({ name: `f${index}` })) }, 'functions'),
    tooLong(
      'of allowed tools are',
      { tools: [tool(undefined)], tool_choice: { type: 'allowed_tools', allowed_tools: { tools } } },
      'tool_choice.allowed_tools.tools',
    ),
    tooLong("of Google's tools are", { google: { tools: list(1025, () => ({ googleSearch: {} })) } }, 'google.tools'),
    tooLong(
      'of safety settings are',
      { google: { safety_settings: list(1025, () => ({})) } },
      'google.safety_settings',
    ),
    {
      says: 'of messages are',
      body: { messages: list(20_001, () => hello) },
      param: 'messages',
      words: 'at most 20000 messages, parts of content and tool calls in all, but got 20001 instead',
    },
    {
      says: 'of parts are',
      body: { messages: [{ role: 'user', content: list(20_000, () => ({ type: 'text', text: 'a' })) }] },
      param: 'messages',
      words: 'but got 20001 instead',
    },
    {
      says: 'of calls are',
      body: { messages: [hello, calling(19_999)] },
      param: 'messages',
      words: 'but got 20001 instead',
    },
  ])

  test('of 1024 tools go up', () => {
    const { request } = convert({ tools: tools.slice(1) })
    const [{ functionDeclarations }] = request.tools as [{ functionDeclarations: readonly unknown[] }]
    expect(functionDeclarations).toHaveLength(1024)
  })
})

describe('a conversation', () => {
  test('may have thousands of calls with odd names in one step, answered in any order', () => {
    const count = 9_900
    const odd = (index: number) => String.fromCodePoint(0x4e00 + index)
    const results = list(count, index => result(count - 1 - index))
    const { request, manner } = convert({ messages: [hello, calling(count, odd), ...results] })
    const { contents } = request as { readonly contents: readonly { readonly parts: readonly Part[] }[] }
    const calls = contents[1]?.parts.map(part => part.functionCall?.name ?? '') ?? []
    expect(new Set(calls).size).toBe(count)
    expect(calls.map(name => manner.toClientName(name))).toEqual(list(count, odd))
    expect(contents[2]?.parts.map(part => part.functionResponse?.response.result)).toEqual(list(count, index => index))
  })

  test('answers functions of one name in their order', () => {
    const asked = ['a', 'b', 'a'].map(name => ({ role: 'assistant', function_call: { name, arguments: '{}' } }))
    const answered = ['a', 'a', 'b'].map((name, index) => ({ role: 'function', name, content: String(index) }))
    const { contents } = convert({ messages: [hello, ...asked, ...answered] }).request as {
      readonly contents: readonly { readonly parts: readonly Part[] }[]
    }
    expect(contents[2]?.parts.map(part => part.functionResponse?.response.result)).toEqual([0, 2, 1])
  })

  test('without its results is refused in a short sentence', () => {
    const { error } = refusalOf(() => convert({ messages: [hello, calling(5_000)] }))
    expect(error?.param).toBe('messages[1].tool_calls')
    expect(error?.message).toMatch(/did not have response messages: c0, c1, .*, c19, …$/)
  })

  testRefusals([
    {
      says: 'has no arguments that nobody can read',
      body: withArguments(`{"a":${brackets(100_000)}}`),
      param: 'messages[1].tool_calls[0].function.arguments',
      words: 'nested more than 90 levels deep',
    },
    {
      says: 'has no function that is answered more often than called',
      body: {
        messages: [
          hello,
          { role: 'assistant', function_call: { name: 'a', arguments: '{}' } },
          { role: 'function', name: 'a', content: '' },
          { role: 'function', name: 'a', content: '' },
        ],
      },
      param: 'messages[3].name',
      words: "does not answer a 'function_call'",
    },
    {
      says: 'has no data URL with a head without end',
      body: picture(`data:image/png${';'.repeat(20_000)},a`),
      param: 'messages[0].content[0].image_url.url',
      words: 'a data URL must be',
    },
  ])

  test('may hold any bytes, written with percents, and percents that are none', () => {
    const { contents } = convert(picture('data:text/plain,%41%fF%4g%%31%4')).request as {
      readonly contents: readonly { readonly parts: readonly Part[] }[]
    }
    const data = contents[0]?.parts[0]?.inlineData?.data ?? ''
    expect(Buffer.from(data, 'base64').toString('latin1')).toBe('A\u00ff%4g%1%4')
  })
})

type Part = {
  readonly functionCall?: { readonly name: string }
  readonly functionResponse?: { readonly response: { readonly result?: unknown } }
  readonly inlineData?: { readonly data: string }
}
