import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { definePlugin } from '#pipeline/plugin.ts'
import { plugins } from '#plugins/index.ts'
import { hideThoughts } from '#plugins/thinking/hide-thoughts.ts'
import { clientToken, type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { askNative, askOpenai, eventsOf, type Members } from './_plugin-kit.ts'

const thinkingOf = ({ generationConfig }: Members) => (generationConfig as Members | undefined)?.thinkingConfig

const with_ = (thinkingConfig: Members) => ({ generationConfig: { temperature: 1, thinkingConfig } })

describe('as it comes', () => {
  let gateway: LocalGateway
  beforeAll(async () => {
    gateway = await startGateway({ settings: { THINKING_MODELS: '["gemini-2.5-*"]' } })
  })
  afterAll(() => gateway.stop())

  test.each([
    ['gemini-2.5-flash-non-thinking', 'gemini-2.5-flash', { thinkingBudget: 0 }],
    ['gemini-2.5-pro-non-thinking', 'gemini-2.5-pro', { thinkingBudget: 128 }],
    ['gemini-3.5-flash-non-thinking', 'gemini-3.5-flash', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.8-flash-non-thinking', 'gemini-3.8-flash', { thinkingLevel: 'LOW' }],
    ['gemini-3.8-flash-search-non-thinking', 'gemini-3.8-flash', { thinkingLevel: 'LOW' }],
    ['gemini-3.8-flash-non-thinking-search', 'gemini-3.8-flash', { thinkingLevel: 'LOW' }],
  ])('%s thinks as little as it can, for native and OpenAI clients', async (name, model, config) => {
    const native = await askNative(gateway, name)
    expect([native.status, native.path, thinkingOf(native.sent)]).toEqual([
      200,
      `/v1beta/models/${model}:generateContent`,
      config,
    ])
    const openai = await askOpenai(gateway, name)
    expect([openai.status, openai.path, thinkingOf(openai.sent)]).toEqual([
      200,
      `/v1beta/models/${model}:generateContent`,
      config,
    ])
  })

  test.each(['gemini-3.8-flash-tts', 'gemini-2.5-flash-image', 'gemma-3-27b-it'])(
    '%s does not think, and has no such variant',
    async model => {
      const { status, text } = await askNative(gateway, `${model}-non-thinking`)
      expect(status).toBe(404)
      expect(text).toContain(`${model} cannot be used with -non-thinking`)
    },
  )

  test('the lists offer the variants that are set', async () => {
    const response = await fetch(`${gateway.url}/v1beta/models?pageSize=1000&key=${clientToken}`)
    const { models } = (await response.json()) as { models: { name: string }[] }
    const variants = models.filter(({ name }) => name.endsWith('-non-thinking')).map(({ name }) => name)
    expect(variants).toContain('models/gemini-2.5-pro-non-thinking')
    expect(variants).not.toContain('models/gemini-3.8-flash-non-thinking')
  })

  test("a client's own wish wins", async () => {
    const native = await askNative(gateway, 'gemini-2.5-flash-non-thinking', with_({ thinkingBudget: 77 }))
    expect(thinkingOf(native.sent)).toEqual({ thinkingBudget: 77 })
    const snake = await askNative(gateway, 'gemini-2.5-flash-non-thinking', {
      generation_config: { thinking_config: { thinking_budget: 77 } },
    })
    expect(snake.sent).toMatchObject({ generation_config: { thinking_config: { thinking_budget: 77 } } })
    const openai = await askOpenai(gateway, 'gemini-2.5-flash-non-thinking', { reasoning_effort: 'medium' })
    expect(thinkingOf(openai.sent)).toEqual({ thinkingBudget: 8192, includeThoughts: true })
  })

  test('a native client that says nothing gets nothing', async () => {
    const { status, sent } = await askNative(gateway, 'gemini-3.8-flash')
    expect([status, thinkingOf(sent)]).toEqual([200, undefined])
  })

  test.each([
    ['nothing', 'gemini-3.8-flash', {}, { includeThoughts: true }],
    ['nothing', 'gemma-4-31b-it', {}, { includeThoughts: true }],
    ['nothing', 'gemma-3-27b-it', {}, undefined],
    ['nothing', 'gemini-3.1-flash-image', {}, undefined],
    ['an effort', 'gemini-3.8-flash', { reasoning_effort: 'high' }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['no effort', 'gemini-2.5-flash', { reasoning_effort: 'none' }, { thinkingBudget: 0 }],
    [
      'a level of Google',
      'gemini-3.8-flash',
      { extra_body: { google: { thinking_config: { thinking_level: 'low', include_thoughts: false } } } },
      { thinkingLevel: 'low', includeThoughts: false },
    ],
    [
      'only to show thoughts',
      'gemini-2.5-flash-non-thinking',
      { extra_body: { google: { thinking_config: { include_thoughts: true } } } },
      { thinkingBudget: 0, includeThoughts: true },
    ],
  ])(
    'an OpenAI client that says %s to %s is shown thoughts where there are any',
    async (_what, model, body, config) => {
      const { status, sent } = await askOpenai(gateway, model, body)
      expect([status, thinkingOf(sent)]).toEqual([200, config])
    },
  )

  test('the thoughts come as reasoning_content', async () => {
    const { text } = await askOpenai(gateway, 'gemini-3.8-flash')
    expect(JSON.parse(text).choices[0].message.reasoning_content).toBeString()
  })
})

describe('with budgets that are set', () => {
  let shown: LocalGateway
  let silent: LocalGateway
  beforeAll(async () => {
    const THINKING_BUDGET_MAP = JSON.stringify({
      'gemini-2.5-*': 2000,
      'gemini-2.5-pro': 99_999,
      'gemini-2.5-flash-lite': 0,
      'gemini-3.5-flash': 0,
      'gemini-3.8-*': 9000,
      'gemini-3.6-flash': -1,
      'gemini-3.8-flash-tts': 500,
    })
    shown = await startGateway({ settings: { THINKING_BUDGET_MAP } })
    silent = await startGateway({ settings: { THINKING_BUDGET_MAP, SHOW_THINKING_PROCESS: 'false' } })
  })
  afterAll(() => Promise.all([shown.stop(), silent.stop()]))

  test.each([
    ['gemini-2.5-flash', { thinkingBudget: 2000 }, true],
    ['gemini-2.5-flash-search', { thinkingBudget: 2000 }, true],
    ['gemini-2.5-pro', { thinkingBudget: 32_768 }, true],
    ['gemini-2.5-flash-lite', { thinkingBudget: 0 }, false],
    ['gemini-3.5-flash', { thinkingLevel: 'MINIMAL' }, false],
    ['gemini-3.8-flash', { thinkingLevel: 'MEDIUM' }, true],
    ['gemini-2.5-flash-non-thinking', { thinkingBudget: 0 }, false],
  ])('%s gets its own, for native and OpenAI clients', async (model, amount, isShown) => {
    const thoughts = isShown ? { includeThoughts: true } : {}
    for (const ask of [askNative, askOpenai]) {
      expect(thinkingOf((await ask(shown, model)).sent)).toEqual({ ...amount, ...thoughts })
      expect(thinkingOf((await ask(silent, model)).sent)).toEqual(amount)
    }
  })

  test('a model of levels decides by itself where the setting says so', async () => {
    expect(thinkingOf((await askNative(shown, 'gemini-3.6-flash')).sent)).toBeUndefined()
    expect(thinkingOf((await askOpenai(shown, 'gemini-3.6-flash')).sent)).toEqual({ includeThoughts: true })
  })

  test("a client's own wish wins", async () => {
    const { sent } = await askNative(shown, 'gemini-2.5-flash', with_({ includeThoughts: false }))
    expect(thinkingOf(sent)).toEqual({ includeThoughts: false })
  })

  test('thoughts are hidden from OpenAI clients that did not ask for them, and only from them', async () => {
    const ask = async (body: Members) => JSON.parse((await askOpenai(silent, 'gemini-3.8-flash', body)).text)
    expect((await ask({})).choices[0].message.reasoning_content).toBeUndefined()
    const asked = { extra_body: { google: { thinking_config: { include_thoughts: true } } } }
    expect((await ask(asked)).choices[0].message.reasoning_content).toBeString()
    const native = await askNative(silent, 'gemini-3.8-flash', with_({ includeThoughts: true }))
    expect(native.text).toContain('"thought": true')
  })

  test('so they are in streams', async () => {
    const { text } = await askOpenai(silent, 'gemini-3.8-flash', { stream: true })
    expect(text).not.toContain('reasoning_content')
    expect(text).toContain('data: [DONE]')
    expect(eventsOf(await askNative(silent, 'gemini-3.8-flash', {}, 'streamGenerateContent')).length).toBeGreaterThan(0)
  })
})

/** Stands behind the thinking plugin, as an upstream does that sends thoughts nobody asked for. */
const chatterbox = definePlugin({
  name: 'chatterbox',
  settings: {},
  parts: () => ({
    stages: {
      payload: {
        applies: () => true,
        run: payload => payload.addInside('generationConfig', 'thinkingConfig', { includeThoughts: true }),
      },
    },
  }),
})

describe('thoughts that come unasked', () => {
  let shown: LocalGateway
  let hidden: LocalGateway
  beforeAll(async () => {
    shown = await startGateway({ plugins: [...plugins, chatterbox] })
    hidden = await startGateway({
      plugins: [...plugins, chatterbox],
      settings: { SHOW_THINKING_PROCESS: 'false' },
    })
  })
  afterAll(() => Promise.all([shown.stop(), hidden.stop()]))

  test('are hidden in a whole answer, and nothing else is', async () => {
    const message = async (gateway: LocalGateway) =>
      JSON.parse((await askOpenai(gateway, 'gemini-3.8-flash')).text).choices[0].message
    const [open, closed] = [await message(shown), await message(hidden)]
    expect(open.reasoning_content).toBeString()
    expect(closed.reasoning_content).toBeUndefined()
    expect(closed.content).toBe(open.content)
  })

  test('are hidden in a stream, and nothing else is', async () => {
    const body = { stream: true, stream_options: { include_usage: true } }
    const [open, closed] = [
      await askOpenai(shown, 'gemini-3.8-flash', body),
      await askOpenai(hidden, 'gemini-3.8-flash', body),
    ]
    expect(open.text).toContain('reasoning_content')
    expect(closed.text).not.toContain('reasoning_content')
    expect(closed.text).toContain('"finish_reason":"stop"')
    expect(closed.text).toContain('"completion_tokens"')
    expect(closed.text).toContain('data: [DONE]')
  })
})

test('hiding thoughts loses no signature, no call, no end and no usage', () => {
  const rest = { finishReason: 'STOP', index: 0 }
  const usage = { usageMetadata: { totalTokenCount: 3 } }
  const call = { functionCall: { name: 'f' }, thought: true, thoughtSignature: 'b' }
  const parts = [
    { text: 'hm', thought: true },
    { text: 'so', thought: true, thoughtSignature: 'a' },
    { text: 'x' },
    call,
  ]
  expect(hideThoughts({ candidates: [{ content: { role: 'model', parts }, ...rest }], ...usage })).toEqual({
    candidates: [
      { content: { role: 'model', parts: [{ text: '', thoughtSignature: 'a' }, { text: 'x' }, call] }, ...rest },
    ],
    ...usage,
  })
  const only = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'hm', thought: true }] }, ...rest }],
    ...usage,
  }
  expect(hideThoughts(only)).toEqual({ candidates: [{ content: { role: 'model', parts: [] }, ...rest }], ...usage })
  for (const odd of [usage, { candidates: [null, {}, { content: { parts: 7 } }] }])
    expect(hideThoughts(odd)).toEqual(odd)
})
