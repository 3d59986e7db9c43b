import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, says } from './support.ts'

const emulator = emulatorForTests()
const path = generatePath('gemini-3.8-flash')

describe('the transcoder refuses', () => {
  test.each([
    ['{"contents":[{"parts":[{"text":"a"}]}],}', 'Invalid JSON payload received. Expected an object key or }.\n'],
    ['not json', 'Invalid JSON payload received. Unexpected token.\nnot json\n^'],
    ['{not json', 'Invalid JSON payload received. Expected : between key:value pair.\n{not json\n     ^'],
    ['{"contents":', 'Invalid JSON payload received. Unexpected end of string. Expected a value.\n\n^'],
    ['{"contents":[,]}', 'Invalid JSON payload received. Expected a value.\n{"contents":[,]}\n             ^'],
    [
      '{"contents":"a',
      'Invalid JSON payload received. Closing quote expected in string.\n{"contents":"a\n            ^',
    ],
    ['{"contents":[] "x":1}', 'Invalid JSON payload received. Expected , or } after key:value pair.'],
    ['{"contents":[1 2]}', 'Invalid JSON payload received. Expected , or ] after array value.'],
    ['{} x', 'Invalid JSON payload received. Parsing terminated before end of input.'],
    ['[]', 'Invalid JSON payload received. Unknown name "": Root element must be a message.'],
    ['"text"', 'Invalid JSON payload received. Unknown name "": Root element must be a message.'],
  ])('%p', async (body, message) => {
    const { status, json } = await call(emulator, path, body)
    expect(status).toBe(400)
    expect(json.error.status).toBe('INVALID_ARGUMENT')
    expect(json.error.message).toStartWith(message)
  })

  test.each([
    [50, 'Invalid JSON payload received. Unknown name "a"'],
    [51, 'Message too deep.'],
    [100_000, 'Message too deep.'],
  ])('nesting deeper than a hundred: %d objects, each with a list', async (times, message) => {
    const { status, json } = await call(emulator, path, `${'{"a":['.repeat(times)}${']}'.repeat(times)}`)
    expect(status).toBe(400)
    expect(json.error.message).toStartWith(message)
  })
})

const withConfig = (generationConfig: unknown) => ({ ...says('a'), generationConfig })
const declared = (parameters: unknown) => ({
  ...says('a'),
  tools: [{ functionDeclarations: [{ name: 'f', parameters }] }],
})
const v1beta = 'type.googleapis.com/google.ai.generativelanguage.v1beta'

describe('the message reader refuses', () => {
  test.each([
    [
      'an unknown name at the root',
      { ...says('a'), messages: [] },
      'Invalid JSON payload received. Unknown name "messages": Cannot find field.',
      undefined,
    ],
    [
      'an unknown name in a message',
      withConfig({ maxTokens: 5 }),
      'Invalid JSON payload received. Unknown name "maxTokens" at \'generation_config\': Cannot find field.',
      'generation_config',
    ],
    [
      'a signature inside the call',
      { contents: [{ parts: [{ functionCall: { name: 'f', thoughtSignature: 'QQ' } }] }] },
      'Invalid JSON payload received. Unknown name "thoughtSignature" at \'contents[0].parts[0].function_call\': Cannot find field.',
      'contents[0].parts[0].function_call',
    ],
    [
      'JSON Schema keywords in a Schema',
      declared({
        type: 'OBJECT',
        properties: {
          a: { type: 'STRING' },
          b: { type: 'ARRAY', items: { type: 'STRING', additionalProperties: false } },
        },
      }),
      'Invalid JSON payload received. Unknown name "additionalProperties" at \'tools[0].function_declarations[0].parameters.properties[1].value.items\': Cannot find field.',
      'tools[0].function_declarations[0].parameters.properties[1].value.items',
    ],
    [
      '$schema in a response schema',
      withConfig({ responseMimeType: 'application/json', responseSchema: { $schema: 'x', type: 'STRING' } }),
      'Invalid JSON payload received. Unknown name "$schema" at \'generation_config.response_schema\': Cannot find field.',
      'generation_config.response_schema',
    ],
    [
      'a list of types',
      declared({ type: 'OBJECT', properties: { a: { type: ['string', 'null'] } } }),
      'Invalid JSON payload received. Unknown name "type" at \'tools[0].function_declarations[0].parameters.properties[0].value\': Proto field is not repeating, cannot start list.',
      'tools[0].function_declarations[0].parameters.properties[0].value',
    ],
    [
      'a list as a function response',
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: [1] } }] }] },
      'Invalid JSON payload received. Unknown name "response" at \'contents[0].parts[0].function_response\': Proto field is not repeating, cannot start list.',
      'contents[0].parts[0].function_response',
    ],
    [
      'text as a function response',
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: 'x' } }] }] },
      'Invalid value at \'contents[0].parts[0].function_response.response\' (type.googleapis.com/google.protobuf.Struct), "x"',
      'contents[0].parts[0].function_response.response',
    ],
    [
      'a number as text',
      { contents: [{ parts: [{ text: 5 }] }] },
      "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5",
      'contents[0].parts[0].text',
    ],
    [
      'text as a message',
      { contents: [{ parts: ['x'] }] },
      `Invalid value at 'contents[0].parts[0]' (${v1beta}.Part), "x"`,
      'contents[0].parts[0]',
    ],
    [
      'an object as a scalar',
      withConfig({ temperature: { a: 1 } }),
      "Invalid value at 'generation_config' (temperature), Starting an object on a scalar field",
      'generation_config',
    ],
    [
      'a seed that is no int32',
      withConfig({ seed: 99999999999 }),
      "Invalid value at 'generation_config.seed' (TYPE_INT32), 99999999999",
      'generation_config.seed',
    ],
    [
      'a fraction as int32',
      withConfig({ thinkingConfig: { thinkingBudget: 19660.8 } }),
      "Invalid value at 'generation_config.thinking_config.thinking_budget' (TYPE_INT32), 19660.8",
      'generation_config.thinking_config.thinking_budget',
    ],
    [
      'text as a boolean',
      withConfig({ thinkingConfig: { includeThoughts: 'yes' } }),
      'Invalid value at \'generation_config.thinking_config.include_thoughts\' (TYPE_BOOL), "yes"',
      'generation_config.thinking_config.include_thoughts',
    ],
    [
      'an unknown enum value',
      { ...says('a'), toolConfig: { functionCallingConfig: { mode: 'X' } } },
      `Invalid value at 'tool_config.function_calling_config.mode' (${v1beta}.FunctionCallingConfig.Mode), "X"`,
      'tool_config.function_calling_config.mode',
    ],
    [
      'bytes that are no base64',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'no base64!' } }] }] },
      'Invalid value at \'contents[0].parts[0].inline_data.data\' (TYPE_BYTES), Base64 decoding failed for "no base64!"',
      'contents[0].parts[0].inline_data.data',
    ],
    [
      'two kinds of data in a part',
      { contents: [{ parts: [{ text: 'a', inlineData: { mimeType: 'image/png', data: '' } }] }] },
      "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'inlineData'",
      'contents[0].parts[0]',
    ],
    [
      'a list where a map belongs',
      declared({ type: 'OBJECT', properties: [] }),
      "Invalid value at 'tools[0].function_declarations[0].parameters.properties' (Map), Cannot bind a list to map for field 'properties'.",
      'tools[0].function_declarations[0].parameters.properties',
    ],
  ])('%s', async (_name, body, description, field) => {
    const { status, json } = await call(emulator, path, body)
    expect(status).toBe(400)
    expect(json.error).toEqual({
      code: 400,
      message: description,
      status: 'INVALID_ARGUMENT',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [field === undefined ? { description } : { field, description }],
        },
      ],
    })
  })

  test('several faults at once, each on a line of its own', async () => {
    const { json } = await call(emulator, path, { model: 'x', messages: [], stream: true })
    expect(json.error.message.split('\n')).toEqual([
      'Invalid JSON payload received. Unknown name "messages": Cannot find field.',
      'Invalid JSON payload received. Unknown name "stream": Cannot find field.',
    ])
  })

  test('with the version of the path in the names of types', async () => {
    const { json } = await call(emulator, '/v1/models/gemini-3.8-flash:generateContent', { contents: 'x' })
    expect(json.error.message).toBe(
      'Invalid value at \'contents\' (type.googleapis.com/google.ai.generativelanguage.v1.Content), "x"',
    )
  })
})

describe('the message reader accepts', () => {
  test.each([
    [
      'snake_case',
      {
        contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }],
        generation_config: { max_output_tokens: 100 },
      },
    ],
    [
      'enums in any case',
      {
        ...withConfig({ thinkingConfig: { thinkingLevel: 'low' } }),
        safetySettings: [{ category: 'harm_category_harassment', threshold: 'off' }],
      },
    ],
    ['a lone object for a list', { contents: { parts: { text: 'a' } }, tools: { googleSearch: {} } }],
    ['null as unset', { ...says('a'), tools: null, systemInstruction: null, generationConfig: { temperature: null } }],
    ['numbers as text', withConfig({ maxOutputTokens: '100', temperature: '0.5' })],
    ['URL-safe base64', { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '_-8' } }] }] }],
    [
      'any JSON as JSON Schema',
      withConfig({
        responseMimeType: 'application/json',
        responseJsonSchema: { type: ['string', 'null'], 'x-anything': [1] },
      }),
    ],
    [
      'the older name of the JSON Schema',
      withConfig({ responseMimeType: 'application/json', _responseJsonSchema: { type: 'object' } }),
    ],
  ])('%s', async (_name, body) => {
    const { status, text } = await call(emulator, path, body)
    expect({ status, refusal: status === 200 ? '' : text }).toEqual({ status: 200, refusal: '' })
  })
})
