import { describe, expect, test } from 'bun:test'
import { convert, older, testRefusals, testRows } from './_rows.ts'

const config = (generationConfig: Readonly<Record<string, unknown>>) => ({ generationConfig })
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const named = { name: 'place', strict: true, schema }
const tools = [{ type: 'function', function: { name: 'look', parameters: schema } }]
const declared = [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: schema }] }]
const speaker = (voiceName: string) => ({
  responseModalities: ['AUDIO'],
  speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
})
const speech = 'gemini-3.8-flash-tts'
const image = 'gemini-3.1-flash-image'

describe('the form of an answer', () => {
  testRows([
    { says: 'is text without a word', body: { response_format: { type: 'text' } }, request: {} },
    {
      says: 'may be any JSON',
      body: { response_format: { type: 'json_object' } },
      request: config({ responseMimeType: 'application/json' }),
    },
    {
      says: 'may be JSON of a schema',
      body: { response_format: { type: 'json_schema', json_schema: named } },
      request: config({ responseMimeType: 'application/json', responseJsonSchema: schema }),
    },
    {
      says: 'keeps what the schema is said to be for',
      body: { response_format: { type: 'json_schema', json_schema: { ...named, description: 'A place' } } },
      request: config({
        responseMimeType: 'application/json',
        responseJsonSchema: { ...schema, description: 'A place' },
      }),
    },
    {
      says: 'goes with tools on newer models',
      body: { response_format: { type: 'json_object' }, tools },
      request: { ...config({ responseMimeType: 'application/json' }), tools: declared },
    },
    {
      says: 'gives way to tools on older models',
      model: older,
      body: { response_format: { type: 'json_schema', json_schema: named }, tools },
      request: { tools: declared },
      ignored: ['response_format'],
    },
    {
      says: 'stays on older models where no tool may be called',
      model: older,
      body: { response_format: { type: 'json_object' }, tools, tool_choice: 'none' },
      request: config({ responseMimeType: 'application/json' }),
    },
    {
      says: 'is ignored by models that have no JSON',
      model: 'gemma-3-27b-it',
      body: { response_format: { type: 'json_object' } },
      request: {},
      ignored: ['response_format'],
    },
    { says: 'is text by modalities as well', body: { modalities: ['text'] }, request: {} },
    {
      says: 'is speech on speech models whatever was said',
      model: speech,
      body: {},
      request: config(speaker('Kore')),
    },
    {
      says: "is speech in one of Google's voices, in any case",
      model: speech,
      body: { modalities: ['text', 'audio'], audio: { voice: 'puck', format: 'pcm16' } },
      request: config(speaker('Puck')),
    },
    {
      says: 'is speech in the usual voice for one that Google has not, and says so',
      model: speech,
      body: { modalities: ['audio'], audio: { voice: { id: 'voice_1234' }, format: 'wav' } },
      request: config(speaker('Kore')),
      ignored: ['audio.voice'],
    },
    {
      says: 'is pictures beside text on image models',
      model: image,
      body: {
        modalities: ['image', 'text'],
        google: { aspect_ratio: '16:9' },
        extra_body: { google: { image_config: { image_size: '2K' } } },
      },
      request: config({ responseModalities: ['TEXT', 'IMAGE'], imageConfig: { aspectRatio: '16:9', imageSize: '2K' } }),
    },
    {
      says: 'has no pictures on models that make none',
      body: {
        modalities: ['image', 'text'],
        google: { aspect_ratio: '16:9' },
        audio: { voice: 'alloy', format: 'wav' },
      },
      request: {},
      ignored: ['modalities', 'google.aspect_ratio', 'audio'],
    },
  ])

  test('is sound in the form that was asked for', () => {
    const audio = (format: string) => ({ modalities: ['text', 'audio'], audio: { voice: 'Kore', format } })
    expect(convert(audio('pcm16'), { model: speech }).manner.audioFormat).toBe('pcm16')
    expect(convert(audio('wav'), { model: speech }).manner.audioFormat).toBe('wav')
    expect(convert({}, { model: speech }).manner.audioFormat).toBe('wav')
    expect(convert({}).manner.audioFormat).toBeNull()
  })

  testRefusals([
    {
      says: 'is refused in XML',
      body: { response_format: { type: 'xml' } },
      param: 'response_format.type',
      words: "'text', 'json_object', and 'json_schema'",
    },
    {
      says: 'is refused as a number',
      body: { response_format: 5 },
      param: 'response_format',
      words: 'expected an object',
    },
    {
      says: 'is refused without its schema',
      body: { response_format: { type: 'json_schema' } },
      param: 'response_format.json_schema',
      words: 'Missing',
    },
    {
      says: 'is refused with a list for a schema',
      body: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: [] } } },
      param: 'response_format.json_schema.schema',
      words: 'expected an object',
    },
    {
      says: 'is refused as sound from a model that has none',
      body: { modalities: ['audio'], audio: { voice: 'alloy', format: 'wav' } },
      param: 'modalities',
      words: 'does not answer with audio',
    },
    {
      says: 'is refused as sound without its form',
      model: speech,
      body: { modalities: ['text', 'audio'] },
      param: 'audio',
      words: 'Missing',
    },
    {
      says: 'is refused as mp3',
      model: speech,
      body: { modalities: ['audio'], audio: { voice: 'alloy', format: 'mp3' } },
      param: 'audio.format',
      words: "Supported values are: 'wav' and 'pcm16'.",
    },
    {
      says: 'is refused as smell',
      body: { modalities: ['smell'] },
      param: 'modalities[0]',
      words: "'text', 'audio', and 'image'",
    },
    {
      says: 'is refused with a number for modalities',
      body: { modalities: 1 },
      param: 'modalities',
      words: 'expected an array',
    },
    {
      says: 'is refused with a list for a voice',
      model: speech,
      body: { audio: { voice: [] } },
      param: 'audio.voice',
      words: 'expected a string',
    },
  ])
})

describe('thinking', () => {
  testRows([
    {
      says: 'follows the effort by level',
      body: { reasoning_effort: 'high' },
      request: config({ thinkingConfig: { thinkingLevel: 'HIGH' } }),
    },
    {
      says: 'follows the effort by budget',
      model: older,
      body: { reasoning_effort: 'none' },
      request: config({ thinkingConfig: { thinkingBudget: 0 } }),
    },
    {
      says: 'comes as near to none as the model can',
      body: { reasoning_effort: 'none' },
      request: config({ thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: false } }),
    },
    {
      says: 'is not there on models without',
      model: 'gemma-3-27b-it',
      body: { reasoning_effort: 'high' },
      request: {},
      ignored: ['reasoning_effort'],
    },
    {
      says: "takes Google's own words from extra_body",
      model: older,
      body: { extra_body: { google: { thinking_config: { thinking_budget: 800, include_thoughts: true } } } },
      request: config({ thinkingConfig: { thinkingBudget: 800, includeThoughts: true } }),
    },
    {
      says: 'takes them from google as well, in either spelling, first come',
      body: {
        google: { thinkingConfig: { thinkingLevel: 'low', odd: 1 } },
        extra_body: { google: { thinking_config: { thinking_level: 'high' } }, other: 1 },
      },
      request: config({ thinkingConfig: { thinkingLevel: 'low' } }),
      ignored: ['google.thinkingConfig.odd', 'extra_body.google.thinking_config', 'extra_body.other'],
    },
    {
      says: "is left out with Google's own words where the model has none",
      model: 'gemma-3-27b-it',
      body: { extra_body: { google: { thinking_config: { include_thoughts: true } } } },
      request: {},
      ignored: ['extra_body.google.thinking_config'],
    },
  ])

  testRefusals([
    {
      says: 'is refused in two ways at once',
      body: { reasoning_effort: 'low', google: { thinking_config: {} } },
      param: 'reasoning_effort',
      words: 'cannot be combined',
    },
    {
      says: 'is refused at an unknown effort',
      body: { reasoning_effort: 'huge' },
      param: 'reasoning_effort',
      words: "'none', 'minimal'",
    },
    {
      says: 'is refused as a list',
      body: { google: { thinking_config: [] } },
      param: 'google.thinking_config',
      words: 'expected an object',
    },
  ])
})

describe("what Google takes beside OpenAI's fields", () => {
  const safety = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }]
  testRows([
    {
      says: 'goes up, and what is unknown is listed',
      body: {
        temperature: 0.5,
        google: {
          safety_settings: safety,
          generation_config: { temperature: 1, media_resolution: 'MEDIA_RESOLUTION_LOW', candidate_count: 2 },
          tools: [{ url_context: {} }, { odd: {} }],
          labels: { a: 'b' },
        },
      },
      request: {
        safetySettings: safety,
        tools: [{ urlContext: {} }],
        generationConfig: { temperature: 0.5, mediaResolution: 'MEDIA_RESOLUTION_LOW' },
      },
      ignored: [
        'google.generation_config.temperature',
        'google.generation_config.candidate_count',
        'google.tools[1]',
        'google.labels',
      ],
    },
    {
      says: "includes the name of a cache, which is another project's here",
      body: { extra_body: { google: { cached_content: 'cachedContents/abc' } } },
      request: { cachedContent: 'cachedContents/abc' },
      refused: 'CachedContent not found',
    },
  ])

  testRefusals([
    { says: 'is refused as a text', body: { extra_body: 'x' }, param: 'extra_body', words: 'expected an object' },
    {
      says: 'is refused with a list inside',
      body: { extra_body: { google: [] } },
      param: 'extra_body.google',
      words: 'expected an object',
    },
    {
      says: 'is refused with safety that is no list',
      body: { google: { safety_settings: 'off' } },
      param: 'google.safety_settings',
      words: 'expected an array',
    },
  ])
})
