import { describe, expect, test } from 'bun:test'
import type OpenAI from 'openai'
import { ask, type Chat, say, sentUp, user } from './_ask.ts'
import { gatewayForTests } from './_gateways.ts'

const gateway = gatewayForTests()

type Field = Exclude<keyof OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages'>

const call = { type: 'function' as const, function: { name: 'get_weather' } }
const place = { type: 'approximate', approximate: { country: 'IT' } }

/** A value for every field that OpenAI publishes: the compiler complains when there is a new one. */
const values = {
  audio: { voice: 'alloy', format: 'wav' },
  frequency_penalty: 0.5,
  function_call: 'none',
  functions: [call.function],
  logit_bias: { '1': 1 },
  logprobs: true,
  max_completion_tokens: 100,
  max_tokens: 100,
  metadata: { a: 'b' },
  modalities: ['text', 'audio'],
  moderation: { model: 'omni' },
  n: 2,
  parallel_tool_calls: false,
  prediction: { type: 'content', content: 'abc' },
  presence_penalty: 0.5,
  prompt_cache_key: 'k',
  prompt_cache_options: {},
  prompt_cache_retention: '24h',
  reasoning_effort: 'low',
  response_format: { type: 'json_object' },
  safety_identifier: 's',
  seed: 7,
  service_tier: 'flex',
  stop: 'x',
  store: true,
  stream: false,
  stream_options: { include_usage: true },
  temperature: 0.3,
  tool_choice: 'required',
  tools: [call],
  top_logprobs: 2,
  top_p: 0.3,
  user: 'me',
  verbosity: 'low',
  web_search_options: { user_location: place },
} satisfies Record<Field, unknown>

/** What shapes the answer and not what goes up, and what means nothing by itself. */
const ownWays: ReadonlySet<string> = new Set(['stream', 'n', 'parallel_tool_calls'])

/** What a field needs beside it to mean anything. */
const companions: Readonly<Record<string, object>> = {
  function_call: { functions: [call.function] },
  tool_choice: { tools: [call] },
}

const plain = { messages: [user('Hello')] }

test.each(Object.entries(values).filter(([field]) => !ownWays.has(field)))(
  'the field %s is honoured, refused with a clear word, or listed as ignored',
  async (field, value) => {
    const { status, headers, error } = await ask(gateway, { ...plain, ...companions[field], [field]: value })
    const ignored = (headers.get('x-gemini-balance-ignored') ?? '').split(', ')
    if (status === 400) {
      expect(error?.param ?? '').toStartWith(field)
      return expect(sentUp(gateway)).toEqual([])
    }
    expect(status).toBe(200)
    await say(gateway, { ...plain, ...companions[field] })
    const [withField, without] = sentUp(gateway)
    if (!ignored.some(name => name === field || name.startsWith(`${field}.`))) expect(withField).not.toEqual(without)
  },
)

const conversations: readonly (readonly [what: string, chat: Chat, models?: readonly string[]])[] = [
  ['empty texts', { messages: [user(''), { role: 'assistant', content: '' }, user('Hello')] }],
  [
    'empty parts',
    {
      messages: [
        user([
          { type: 'text', text: '' },
          { type: 'text', text: 'Hello' },
        ]),
      ],
    },
  ],
  ['many users in a row', { messages: [user('a'), user('b'), user('c')] }],
  ['a greeting of the model first', { messages: [{ role: 'assistant', content: 'Hi!' }, user('Hello')] }],
  ['instructions alone', { messages: [{ role: 'system', content: 'Say hello.' }] }],
  ['a beginning of the answer', { messages: [user('Hello'), { role: 'assistant', content: 'Well,' }] }],
  ['names of speakers', { messages: [{ ...user('Hello'), name: 'Ann' }] }],
  ['unknown members of messages', { messages: [{ ...user('Hello'), mood: 'good', cache_control: {} }] }],
  ['a refusal in the history', { messages: [user('a'), { role: 'assistant', refusal: 'No.' }, user('b')] }],
  ['null in place of what is not set', { ...plain, temperature: null, tools: null, stop: null, n: null, stream: null }],
  ['no tools at all', { ...plain, tools: [], functions: [] }],
  ['instructions for models that take none', { messages: [{ role: 'system', content: 'Be short.' }, user('Hello')] }],
]

const models = ['gemini-3.8-flash', 'gemini-2.5-flash', 'gemma-3-27b-it', 'gemini-2.5-flash-image']

describe.each(models)('%s', model => {
  test.each(conversations)('takes %s, or it is refused before it goes up', async (_, chat) => {
    const { status, error } = await ask(gateway, { ...chat, model })
    if (status === 200) return expect(sentUp(gateway)).toHaveLength(1)
    expect({ status, type: error?.type }).toEqual({ status: 400, type: 'invalid_request_error' })
    expect(sentUp(gateway)).toEqual([])
  })
})

test('functions beside a tool of Google are combined where that is possible, and the rest is told', async () => {
  for (const model of ['gemini-3.6-flash', 'gemini-2.5-flash']) {
    gateway.emulator.clearRequests()
    const { headers } = await ask(gateway, { ...plain, model, tools: [call, { type: 'google_search' }] })
    const [{ tools }] = sentUp(gateway)
    const kinds = tools.flatMap((tool: object) => Object.keys(tool)).sort()
    if (kinds.length < 2) expect(headers.get('x-gemini-balance-tools')).toBeString()
    else expect(kinds).toEqual(['functionDeclarations', 'googleSearch'])
  }
})
