import { describe, expect, test } from 'bun:test'
import { call, emulatorForTests, generatePath, says } from './support.ts'

const emulator = emulatorForTests()

const user = (...parts: unknown[]) => ({ role: 'user', parts })
const withConfig = (generationConfig: unknown) => ({ ...says('a'), generationConfig })
const tool = (declaration: unknown) => ({ ...says('a'), tools: [{ functionDeclarations: [declaration] }] })
const schema = (parameters: unknown) => tool({ name: 'f', parameters })
const f = { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }
const parametersPath = 'GenerateContentRequest.tools[0].function_declarations[0].parameters'

describe('a request is refused for', () => {
  test.each([
    ['no contents', 'gemini-3.8-flash', {}, '* GenerateContentRequest.contents: contents is not specified\n'],
    [
      'empty contents',
      'gemini-3.8-flash',
      { contents: [] },
      '* GenerateContentRequest.contents: contents is not specified\n',
    ],
    [
      'no parts',
      'gemini-3.8-flash',
      { contents: [{ role: 'user' }] },
      '* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n',
    ],
    [
      'empty text',
      'gemini-3.8-flash',
      says(''),
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [
      'a part without data',
      'gemini-3.8-flash',
      { contents: [user({ thought: true })] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [
      'an empty system instruction',
      'gemini-3.8-flash',
      { ...says('a'), systemInstruction: { parts: [{ text: '' }] } },
      "* GenerateContentRequest.system_instruction.parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [
      'an unknown role',
      'gemini-3.8-flash',
      { contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] },
      'Please use a valid role: user, model.',
    ],
    [
      'an unknown medium',
      'gemini-3.8-flash',
      { contents: [user({ inlineData: { mimeType: 'application/zip', data: 'AAAA' } })] },
      'Unsupported MIME type: application/zip',
    ],
    [
      'a nameless call',
      'gemini-3.8-flash',
      { contents: [user({ text: 'a' }), { role: 'model', parts: [{ functionCall: { args: {} } }] }] },
      '* GenerateContentRequest.contents[1].parts[0].function_call.name: Name cannot be empty.\n',
    ],
    [
      'a nameless response',
      'gemini-3.8-flash',
      { contents: [user({ functionResponse: { response: {} } })] },
      '* GenerateContentRequest.contents[0].parts[0].function_response.name: Name cannot be empty.\n',
    ],
    [
      'an unknown safety category',
      'gemini-3.8-flash',
      { ...says('a'), safetySettings: [{ category: 'HARM_CATEGORY_MEDICAL', threshold: 'OFF' }] },
      '* GenerateContentRequest.safety_settings[0]: element predicate failed: $.category in (HarmCategory.HARM_CATEGORY_HATE_SPEECH, HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT, HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT, HarmCategory.HARM_CATEGORY_HARASSMENT, HarmCategory.HARM_CATEGORY_CIVIC_INTEGRITY)\n',
    ],
    [
      'a category twice',
      'gemini-3.8-flash',
      {
        ...says('a'),
        safetySettings: [
          { category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' },
          { category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' },
        ],
      },
      '* GenerateContentRequest.safety_settings: more than one safety setting for the same category\n',
    ],
    [
      'too hot a temperature',
      'gemini-3.8-flash',
      withConfig({ temperature: 2.5 }),
      '* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n',
    ],
    [
      'six stop sequences',
      'gemini-3.8-flash',
      withConfig({ stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] }),
      '* GenerateContentRequest.generation_config.stop_sequences: the number of stop_sequences must not exceed 5.\n',
    ],
    [
      'an image as response type',
      'gemini-3.8-flash',
      withConfig({ responseMimeType: 'image/png' }),
      '* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n',
    ],
    [
      'a schema for plain text',
      'gemini-3.8-flash',
      withConfig({ responseSchema: { type: 'STRING' } }),
      '* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is `application/json` or `text/x.enum`.\n',
    ],
    [
      'two response schemas',
      'gemini-3.8-flash',
      withConfig({ responseMimeType: 'application/json', responseSchema: { type: 'STRING' }, responseJsonSchema: {} }),
      '* GenerateContentRequest.generation_config.response_json_schema: only one of response_schema and response_json_schema may be set\n',
    ],
    [
      'several candidates on 3.x',
      'gemini-3.8-flash',
      withConfig({ candidateCount: 2 }),
      'Multiple candidates is not enabled for this model',
    ],
    ['logprobs', 'gemini-2.5-flash', withConfig({ responseLogprobs: true }), 'Logprobs is not enabled for this model'],
    [
      'a penalty, even of 0',
      'gemini-3.8-flash',
      withConfig({ presencePenalty: 0 }),
      'Penalty is not enabled for this model',
    ],
    [
      'a budget and a level',
      'gemini-3.6-flash',
      withConfig({ thinkingConfig: { thinkingBudget: 5, thinkingLevel: 'LOW' } }),
      'You can only set only one of thinking budget and thinking level.',
    ],
    [
      'MINIMAL on 3.8 Flash',
      'gemini-3.8-flash',
      withConfig({ thinkingConfig: { thinkingLevel: 'MINIMAL' } }),
      'Thinking level MINIMAL is not supported for this model.',
    ],
    [
      'MINIMAL on 3.1 Pro',
      'gemini-3.1-pro-preview',
      withConfig({ thinkingConfig: { thinkingLevel: 'minimal' } }),
      'Thinking level MINIMAL is not supported for this model.',
    ],
    [
      'a level on 2.5',
      'gemini-2.5-flash',
      withConfig({ thinkingConfig: { thinkingLevel: 'LOW' } }),
      'Thinking level is not supported for this model.',
    ],
    [
      'no thinking on 2.5 Pro',
      'gemini-2.5-pro',
      withConfig({ thinkingConfig: { thinkingBudget: 0 } }),
      'Budget 0 is invalid. This model only works in thinking mode.',
    ],
    [
      'too small a budget',
      'gemini-2.5-flash-lite',
      withConfig({ thinkingConfig: { thinkingBudget: 511 } }),
      'The thinking budget 511 is invalid. Please choose a value between 512 and 24576.',
    ],
    [
      'a budget on Argon',
      'gemini-4-argon',
      withConfig({ thinkingConfig: { thinkingBudget: 100 } }),
      'Thinking budget is not supported for this model.',
    ],
    [
      'a prefilled answer from 3.6 on',
      'gemini-3.6-flash',
      { contents: [user({ text: 'a' }), { role: 'model', parts: [{ text: 'b' }] }] },
      'Please ensure that multiturn requests end with a user role or the role field is empty.',
    ],
    [
      'a bad function name',
      'gemini-3.8-flash',
      tool({ name: '1 bad name' }),
      '* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n',
    ],
    [
      'two kinds of parameters',
      'gemini-3.8-flash',
      tool({ ...f, parametersJsonSchema: {} }),
      '* GenerateContentRequest.tools[0].function_declarations[0].parameters_json_schema: only one of parameters and parameters_json_schema may be set\n',
    ],
    [
      'an empty object schema',
      'gemini-3.8-flash',
      schema({ type: 'OBJECT', properties: {} }),
      `* ${parametersPath}.properties: should be non-empty for OBJECT type\n`,
    ],
    [
      'an array without items',
      'gemini-3.8-flash',
      schema({ type: 'OBJECT', properties: { folders: { type: 'ARRAY' } } }),
      `* ${parametersPath}.properties[folders].items: missing field.\n`,
    ],
    [
      'an undefined required property',
      'gemini-3.8-flash',
      schema({ ...f.parameters, required: ['a', 'b'] }),
      `* ${parametersPath}.required[1]: property is not defined\n`,
    ],
    [
      'an enum of numbers',
      'gemini-3.8-flash',
      schema({ type: 'OBJECT', properties: { a: { type: 'INTEGER', enum: ['1'] } } }),
      `* ${parametersPath}.properties[a].enum: only allowed for STRING type\n`,
    ],
    [
      'an empty enum value',
      'gemini-3.8-flash',
      schema({ type: 'OBJECT', properties: { a: { type: 'STRING', enum: [''] } } }),
      `* ${parametersPath}.properties[a].enum[0]: cannot be empty\n`,
    ],
    [
      'an unknown text format',
      'gemini-3.8-flash',
      schema({ type: 'OBJECT', properties: { a: { type: 'STRING', format: 'uri' } } }),
      `* ${parametersPath}.properties[a].format: only 'enum' and 'date-time' are supported for STRING type\n`,
    ],
    [
      '$ref beside other keys',
      'gemini-3.8-flash',
      tool({
        name: 'f',
        parametersJsonSchema: { type: 'object', properties: { a: { $ref: '#/$defs/a', type: 'string' } } },
      }),
      '* GenerateContentRequest.tools[0].function_declarations[0].parameters_json_schema.properties[a]: $ref cannot be combined with other fields (type)\n',
    ],
    [
      'an empty tool',
      'gemini-3.8-flash',
      { ...says('a'), tools: [{}] },
      "* GenerateContentRequest.tools[0].tool_type: required one_of 'tool_type' must have one initialized field\n",
    ],
    [
      'the same function twice',
      'gemini-3.8-flash',
      { ...says('a'), tools: [{ functionDeclarations: [f, f] }] },
      'Duplicate function declaration found: f',
    ],
    [
      'allowed names in mode AUTO',
      'gemini-3.8-flash',
      { ...tool(f), toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['f'] } } },
      '* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: allowed_function_names should only be set when function calling mode is ANY or VALIDATED\n',
    ],
    [
      'functions beside search on 2.5',
      'gemini-2.5-flash',
      { ...says('a'), tools: [{ functionDeclarations: [f] }, { googleSearch: {} }] },
      'Tool use with function calling is unsupported',
    ],
    [
      'functions beside search on 3.x',
      'gemini-3.8-flash',
      { ...says('a'), tools: [{ functionDeclarations: [f] }, { googleSearch: {} }] },
      'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
    ],
    [
      'functions with JSON on 2.5',
      'gemini-2.5-flash',
      { ...tool(f), generationConfig: { responseMimeType: 'application/json' } },
      "Function calling with a response mime type: 'application/json' is unsupported",
    ],
    [
      'the retired search tool',
      'gemini-3.8-flash',
      { ...says('a'), tools: [{ googleSearchRetrieval: {} }] },
      'google_search_retrieval is not supported. Please use google_search tool instead.',
    ],
    [
      'speech without AUDIO',
      'gemini-3.8-flash-tts',
      says('a'),
      'The requested combination of response modalities (TEXT) is not supported by the model. models/gemini-3.8-flash-tts accepts the following combination of response modalities:\n* AUDIO\n',
    ],
    [
      'speech with instructions',
      'gemini-3.8-flash-tts',
      { ...withConfig({ responseModalities: ['AUDIO'] }), systemInstruction: { parts: [{ text: 'a' }] } },
      'Developer instruction is not enabled for models/gemini-3.8-flash-tts',
    ],
    [
      'speech with tools',
      'gemini-3.8-flash-tts',
      { ...withConfig({ responseModalities: ['AUDIO'] }), tools: [{ googleSearch: {} }] },
      'Tool use is not enabled for models/gemini-3.8-flash-tts',
    ],
    [
      'three speakers',
      'gemini-3.8-flash-tts',
      withConfig({
        responseModalities: ['AUDIO'],
        speechConfig: { multiSpeakerVoiceConfig: { speakerVoiceConfigs: [{}, {}, {}] } },
      }),
      'The number of enabled_voices must equal 2.',
    ],
    [
      'sound from a text model',
      'gemini-3.8-flash',
      withConfig({ responseModalities: ['AUDIO'] }),
      'The requested combination of response modalities (AUDIO) is not supported by the model. models/gemini-3.8-flash accepts the following combination of response modalities:\n* TEXT\n',
    ],
    [
      'a cache beside tools',
      'gemini-3.8-flash',
      { ...tool(f), cachedContent: 'cachedContents/a' },
      'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.',
    ],
    [
      'more than one hop of unary output',
      'gemini-4-argon',
      withConfig({ maxOutputTokens: 40_000 }),
      'max_output_tokens above 32768 requires streamGenerateContent or a continuation_token.',
    ],
  ])('%s', async (_name, model, body, message) => {
    const { status, json } = await call(emulator, generatePath(model), body)
    expect({ status, message: json.error?.message }).toEqual({ status: 400, message })
  })

  test.each([
    [
      'a file of another project',
      {
        contents: [
          user({
            fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc', mimeType: 'image/png' },
          }),
        ],
      },
      'You do not have permission to access the File abc or it may not exist.',
    ],
    [
      'a cache of another project',
      { ...says('a'), cachedContent: 'cachedContents/abc' },
      'CachedContent not found (or permission denied)',
    ],
  ])('%s, which is 403 and no bad key', async (_name, body, message) => {
    const { status, json } = await call(emulator, generatePath('gemini-3.8-flash'), body)
    expect({ status, error: json.error }).toEqual({
      status: 403,
      error: { code: 403, message, status: 'PERMISSION_DENIED' },
    })
  })

  test('a voice that does not exist, naming those that do', async () => {
    const voiceConfig = { prebuiltVoiceConfig: { voiceName: 'Nobody' } }
    const body = withConfig({ responseModalities: ['AUDIO'], speechConfig: { voiceConfig } })
    const { json } = await call(emulator, generatePath('gemini-3.8-flash-tts'), body)
    expect(json.error.message).toStartWith('Voice name Nobody is not supported. Allowed voice names are: zephyr, puck,')
  })
})

describe('a request is accepted with', () => {
  test.each([
    ['MINIMAL on 3.6 Flash', 'gemini-3.6-flash', withConfig({ thinkingConfig: { thinkingLevel: 'MINIMAL' } })],
    ['a dynamic budget on 2.5 Pro', 'gemini-2.5-pro', withConfig({ thinkingConfig: { thinkingBudget: -1 } })],
    ['no thinking on 2.5 Flash', 'gemini-2.5-flash', withConfig({ thinkingConfig: { thinkingBudget: 0 } })],
    [
      'a prefilled answer on 2.5',
      'gemini-2.5-flash',
      { contents: [user({ text: 'a' }), { role: 'model', parts: [{ text: 'b' }] }] },
    ],
    ['neighbouring turns of one role', 'gemini-3.8-flash', { contents: [user({ text: 'a' }), user({ text: 'b' })] }],
    [
      'search and functions on 3.x, when enabled',
      'gemini-3.8-flash',
      {
        ...says('a'),
        tools: [{ functionDeclarations: [f], googleSearch: {} }],
        toolConfig: { includeServerSideToolInvocations: true },
      },
    ],
    [
      'functions and JSON on 3.x',
      'gemini-3.8-flash',
      { ...tool(f), generationConfig: { responseMimeType: 'application/json' } },
    ],
    [
      'a public address as file',
      'gemini-3.8-flash',
      { contents: [user({ fileData: { fileUri: 'https://example.com/a.png', mimeType: 'image/png' } })] },
    ],
    [
      'two voices',
      'gemini-3.8-flash-tts',
      withConfig({
        responseModalities: ['AUDIO'],
        speechConfig: {
          multiSpeakerVoiceConfig: {
            speakerVoiceConfigs: [
              { speaker: 'A', voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
              { speaker: 'B', voiceConfig: { prebuiltVoiceConfig: { voiceName: 'puck' } } },
            ],
          },
        },
      }),
    ],
    ['several candidates on 2.5', 'gemini-2.5-flash', withConfig({ candidateCount: 3 })],
    [
      'an int32 seed and a service tier',
      'gemini-3.8-flash',
      { ...withConfig({ seed: -2147483648 }), serviceTier: 'flex', store: false, labels: { a: 'b' } },
    ],
  ])('%s', async (_name, model, body) => {
    const { status, text } = await call(emulator, generatePath(model), body)
    expect({ status, refusal: status === 200 ? '' : text }).toEqual({ status: 200, refusal: '' })
  })
})
