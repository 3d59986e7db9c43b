import { describe, expect, test } from 'bun:test'
import { convert, older, testRefusals, testRows } from './_rows.ts'

const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const look = { type: 'function', function: { name: 'look', description: 'Looks', parameters } }
const ring = { type: 'function', function: { name: 'ring' } }
const lookUp = { name: 'look', description: 'Looks', parametersJsonSchema: parameters }
const bothUp = [{ functionDeclarations: [lookUp, { name: 'ring' }] }]
const calling = (functionCallingConfig: Readonly<Record<string, unknown>>) => ({
  toolConfig: { functionCallingConfig },
})
const search = { googleSearch: {} }
const image = 'gemini-3.1-flash-image'

describe('function tools', () => {
  testRows([
    {
      says: 'go up with their schemas, and without one where there is nothing to send',
      body: { tools: [look, ring] },
      request: { tools: bothUp },
    },
    {
      says: 'may be a lone object, and have a strictness that Google has not',
      body: {
        tools: { type: 'function', function: { name: 'ring', strict: true, parameters: null, description: null } },
      },
      request: { tools: [{ functionDeclarations: [{ name: 'ring' }] }] },
      ignored: ['tools[].function.strict'],
    },
    { says: 'may be none', body: { tools: [], tool_choice: 'auto', parallel_tool_calls: false }, request: {} },
    {
      says: 'are declared once by each name',
      body: { tools: [ring, look, { type: 'function', function: { name: 'ring', description: 'Again' } }] },
      request: { tools: [{ functionDeclarations: [{ name: 'ring' }, lookUp] }] },
      ignored: ['tools[2]'],
    },
    {
      says: 'may take free text',
      body: { tools: [{ type: 'custom', custom: { name: 'run', description: 'Runs code' } }] },
      request: {
        tools: [
          {
            functionDeclarations: [
              {
                name: 'run',
                description: 'Runs code',
                parametersJsonSchema: {
                  type: 'object',
                  properties: { input: { type: 'string', description: 'The whole input of the tool, as free text.' } },
                  required: ['input'],
                },
              },
            ],
          },
        ],
      },
    },
    {
      says: 'are ignored by models that have none',
      model: image,
      body: { tools: [look], tool_choice: 'required' },
      request: {},
      ignored: ['tools', 'tool_choice'],
    },
    {
      says: 'speak the deprecated form as well',
      body: { functions: [{ name: 'look', description: 'Looks', parameters }], function_call: { name: 'look' } },
      request: {
        tools: [{ functionDeclarations: [lookUp] }],
        ...calling({ mode: 'ANY', allowedFunctionNames: ['look'] }),
      },
    },
    {
      says: 'come before the deprecated form',
      body: { tools: [look, ring], functions: [{ name: 'x' }], tool_choice: 'auto', function_call: 'none' },
      request: { tools: bothUp, ...calling({ mode: 'AUTO' }) },
      ignored: ['functions', 'function_call'],
    },
  ])

  test('carry a grammar in their description', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } }
    const chat = convert({ tools: [{ type: 'custom', custom: { name: 'run', format } }] })
    expect(JSON.stringify(chat.request.tools)).toContain('The input must match this grammar (lark):\\nstart: \\"a\\"')
    expect(chat.ignored).toEqual(['tools[].custom.format'])
    expect([...chat.manner.customTools]).toEqual(['run'])
  })

  test('tell the answer how it is to be written', () => {
    expect(convert({ tools: [look], parallel_tool_calls: false }).manner).toMatchObject({
      callForm: 'tools',
      isOneCallOnly: true,
    })
    expect(convert({ tools: [look], parallel_tool_calls: true }).manner).toMatchObject({
      callForm: 'tools',
      isOneCallOnly: false,
    })
    expect(convert({ functions: [look.function] }).manner).toMatchObject({ callForm: 'functions', isOneCallOnly: true })
    expect(convert({ stream: true, stream_options: { include_usage: true } }).manner).toMatchObject({
      model: 'whatever',
      includesUsage: true,
    })
  })

  test('come back by the names they were given', () => {
    const odd = 'my tool/№1'
    const chat = convert({
      tools: [{ type: 'function', function: { name: odd } }],
      tool_choice: { type: 'function', function: { name: odd } },
    })
    const [{ functionDeclarations }] = chat.request.tools as [{ functionDeclarations: readonly [{ name: string }] }]
    const [{ name }] = functionDeclarations
    expect(chat.manner.toClientName(name)).toBe(odd)
    expect(JSON.stringify(chat.request.toolConfig)).toContain(JSON.stringify([name]))
  })

  test('keep a good name that another one would come to', () => {
    const tools = ['my tool', 'my_tool'].map(name => ({ type: 'function', function: { name } }))
    const [
      {
        functionDeclarations: [first, second],
      },
    ] = convert({ tools }).request.tools as [{ functionDeclarations: readonly [{ name: string }, { name: string }] }]
    expect(second.name).toBe('my_tool')
    expect(first.name).not.toBe('my_tool')
  })

  const refuse = (says: string, tools: unknown, param: string, words: string) => ({
    says,
    body: { tools },
    param,
    words,
  })
  testRefusals([
    refuse('are refused as a text', 'look', 'tools', 'expected an array, but got a string'),
    refuse('are refused as a list of numbers', [5], 'tools[0]', 'expected an object'),
    refuse('are refused without a type', [{ function: { name: 'x' } }], 'tools[0].type', 'Missing'),
    refuse('are refused with an unknown type', [{ type: 'retrieval' }], 'tools[0].type', "'function' and 'custom'"),
    refuse('are refused without a function', [{ type: 'function' }], 'tools[0].function', 'Missing'),
    refuse('are refused without a name', [{ type: 'function', function: {} }], 'tools[0].function.name', 'Missing'),
    refuse(
      'are refused with an empty name',
      [{ type: 'function', function: { name: '' } }],
      'tools[0].function.name',
      'empty',
    ),
    refuse(
      'are refused with a list for parameters',
      [{ type: 'function', function: { name: 'x', parameters: [] } }],
      'tools[0].function.parameters',
      'expected an object',
    ),
    refuse(
      'are refused with a number for a description',
      [{ type: 'function', function: { name: 'x', description: 1 } }],
      'tools[0].function.description',
      'expected a string',
    ),
    refuse(
      'are refused with an unknown form of free text',
      [{ type: 'custom', custom: { name: 'x', format: { type: 'xml' } } }],
      'tools[0].custom.format.type',
      "'text' and 'grammar'",
    ),
    refuse(
      'are refused with an empty grammar',
      [{ type: 'custom', custom: { name: 'x', format: { type: 'grammar', grammar: {} } } }],
      'tools[0].custom.format.grammar.definition',
      'Missing',
    ),
    {
      says: 'are refused as a list of texts in the deprecated form',
      body: { functions: ['x'] },
      param: 'functions[0]',
      words: 'expected an object',
    },
  ])
})

describe('the choice of tools', () => {
  const tools = [look, ring, { type: 'custom', custom: { name: 'run' } }]
  const named = (name: string) => ({ type: 'function', function: { name } })
  const choose = (tool_choice: unknown) => convert({ tools, tool_choice }).request.toolConfig
  const config = (mode: string, ...allowedFunctionNames: readonly string[]) => ({
    functionCallingConfig: { mode, ...(allowedFunctionNames.length > 0 && { allowedFunctionNames }) },
  })

  const table: readonly (readonly [string, unknown, unknown])[] = [
    ['nothing', undefined, undefined],
    ['none', 'none', config('NONE')],
    ['auto', 'auto', config('AUTO')],
    ['required', 'required', config('ANY')],
    ['a function', named('ring'), config('ANY', 'ring')],
    ['a custom tool', { type: 'custom', custom: { name: 'run' } }, config('ANY', 'run')],
    [
      'allowed tools, left to the model',
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('ring'), named('look'), named('ring')] } },
      config('VALIDATED', 'ring', 'look'),
    ],
    [
      'allowed tools, one of which is required',
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'custom', custom: { name: 'run' } }] },
      },
      config('ANY', 'run'),
    ],
  ]
  for (const [name, choice, expected] of table) {
    test(`is ${name}`, () => {
      expect(choose(choice)).toEqual(expected as object | undefined)
    })
  }

  testRows([
    {
      says: 'goes up with the tools',
      body: { tools: [look, ring], tool_choice: named('ring') },
      request: { tools: bothUp, ...calling({ mode: 'ANY', allowedFunctionNames: ['ring'] }) },
    },
    { says: 'is nothing without tools', body: { tool_choice: 'none' }, request: {} },
    {
      says: "leaves Google's own tools out where none may be used",
      body: { tools: [look, ring, { type: 'google_search' }], tool_choice: 'none' },
      request: { tools: bothUp, ...calling({ mode: 'NONE' }) },
    },
    {
      says: "cannot force Google's own tools",
      body: { tools: [{ type: 'google_search' }], tool_choice: 'required' },
      request: { tools: [search] },
      ignored: ['tool_choice'],
    },
    {
      says: 'cannot name a search',
      body: { tools: [look, ring, named('googleSearch')], tool_choice: named('googleSearch') },
      request: { tools: [...bothUp, search], toolConfig: { includeServerSideToolInvocations: true } },
      ignored: ['tool_choice'],
    },
  ])

  const refuse = (says: string, tool_choice: unknown, param: string, words: string) => ({
    says,
    body: { tools, tool_choice },
    param,
    words,
  })
  testRefusals([
    refuse(
      'is refused with an unknown function',
      named('sing'),
      'tool_choice',
      "tool choice 'sing' not found in 'tools' parameter",
    ),
    refuse('is refused with an unknown word', 'any', 'tool_choice', "'none', 'auto', and 'required'"),
    refuse('is refused as a number', 1, 'tool_choice', 'one of a string or object'),
    refuse('is refused without a type', {}, 'tool_choice.type', 'Missing'),
    refuse(
      'is refused with an unknown type',
      { type: 'mcp' },
      'tool_choice.type',
      "'function', 'custom', and 'allowed_tools'",
    ),
    refuse('is refused without a name', { type: 'function', function: {} }, 'tool_choice.function.name', 'Missing'),
    refuse(
      'is refused where nothing is allowed',
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
      'tool_choice.allowed_tools.tools',
      'at least one',
    ),
    refuse(
      'is refused with numbers allowed',
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [1] } },
      'tool_choice.allowed_tools.tools[0]',
      'expected an object',
    ),
    {
      says: 'is refused as required without tools',
      body: { tool_choice: 'required' },
      param: 'tool_choice',
      words: "only allowed when 'tools' are specified",
    },
    {
      says: 'is refused by name without tools',
      body: { tool_choice: named('x') },
      param: 'tool_choice',
      words: "only allowed when 'tools' are specified",
    },
    {
      says: 'is refused by name without functions',
      body: { function_call: { name: 'x' } },
      param: 'function_call',
      words: "only allowed when 'functions' are specified",
    },
    {
      says: 'is refused as required in the deprecated form',
      body: { functions: [{ name: 'x' }], function_call: 'required' },
      param: 'function_call',
      words: "'none' and 'auto'",
    },
  ])
})

describe("Google's own tools", () => {
  const forms: readonly (readonly [string, unknown])[] = [
    ['a function named googleSearch', { type: 'function', function: { name: 'googleSearch' } }],
    ['a function named google_search', { type: 'function', function: { name: 'google_search', parameters } }],
    ['a type', { type: 'google_search' }],
    ['a member', { googleSearch: {} }],
    ['a member in the other spelling', { google_search: null, googleSearch: {} }],
  ]
  for (const [name, tool] of forms) {
    test(`are known as ${name}`, () => {
      expect(convert({ tools: [tool] }).request.tools).toEqual([search])
    })
  }

  testRows([
    {
      says: 'keep what is wanted of them',
      body: { tools: [{ type: 'google_search', google_search: { searchTypes: { webSearch: {} } } }] },
      request: { tools: [{ googleSearch: { searchTypes: { webSearch: {} } } }] },
    },
    {
      says: 'go up several at once',
      body: { tools: [{ codeExecution: {} }, { type: 'url_context' }, { type: 'google_search' }, search] },
      request: { tools: [{ codeExecution: {} }, { urlContext: {} }, search] },
    },
    {
      says: 'stand beside functions on newer models',
      body: { tools: [look, ring, { codeExecution: {} }] },
      request: { tools: [...bothUp, { codeExecution: {} }], toolConfig: { includeServerSideToolInvocations: true } },
    },
    {
      says: 'give way to functions on older models',
      model: older,
      body: { tools: [look, ring, search, { codeExecution: {} }] },
      request: { tools: bothUp },
      leftOut: ['googleSearch', 'codeExecution'],
    },
    { says: 'stay alone on older models', model: older, body: { tools: [search] }, request: { tools: [search] } },
    {
      says: 'win over JSON on older models',
      model: older,
      body: { tools: [search], response_format: { type: 'json_object' } },
      request: { tools: [search] },
      ignored: ['response_format'],
    },
    {
      says: 'are left out where the model has none',
      model: image,
      body: { tools: [search] },
      request: {},
      leftOut: ['googleSearch'],
    },
    { says: 'come with web_search_options', body: { web_search_options: {} }, request: { tools: [search] } },
    {
      says: 'know no place and no size of a search',
      body: { web_search_options: { search_context_size: 'high', user_location: { type: 'approximate' } } },
      request: { tools: [search] },
      ignored: ['web_search_options.search_context_size', 'web_search_options.user_location'],
    },
    {
      says: 'do not come to models that cannot search',
      model: 'gemma-3-27b-it',
      body: { web_search_options: {} },
      request: {},
      ignored: ['web_search_options'],
    },
  ])
})
