import { describe, expect, test } from 'bun:test'
import { ask, say, sentUp, user } from './_ask.ts'
import { gatewayForTests } from './_gateways.ts'

const gateway = gatewayForTests()

const messages = [user('Think aloud about it.')]

type Sent = { readonly thinkingBudget?: number; readonly thinkingLevel?: string } | undefined

const efforts: readonly (readonly [model: string, effort: string, sent: Sent])[] = [
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
  ['gemini-2.5-flash', 'low', { thinkingBudget: 1024 }],
  ['gemini-2.5-flash', 'medium', { thinkingBudget: 8192 }],
  ['gemini-2.5-flash', 'high', { thinkingBudget: 24_576 }],
  ['gemini-2.5-flash', 'xhigh', { thinkingBudget: 24_576 }],
  ['gemini-2.5-flash-lite', 'minimal', { thinkingBudget: 1024 }],
  ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
  ['gemini-2.5-pro', 'xhigh', { thinkingBudget: 32_768 }],
  ['gemini-3-flash-preview', 'none', { thinkingLevel: 'MINIMAL' }],
  ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL' }],
  ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'LOW' }],
  ['gemini-3.1-pro-preview', 'high', { thinkingLevel: 'HIGH' }],
  ['gemini-3.8-flash', 'none', { thinkingLevel: 'LOW' }],
  ['gemini-3.8-flash', 'medium', { thinkingLevel: 'MEDIUM' }],
  ['gemma-3-27b-it', 'high', undefined],
]

test.each(efforts)('%s is asked for %s as it can take it', async (model, reasoning_effort, sent) => {
  for (const stream of [false, true]) await say(gateway, { model, messages, reasoning_effort, stream })
  for (const body of sentUp(gateway)) {
    const { includeThoughts: _, ...config } = body.generationConfig?.thinkingConfig ?? {}
    expect(config).toEqual(sent ?? {})
  }
})

describe.each(['gemini-2.5-flash', 'gemini-3.6-flash'])('%s', model => {
  test('shows its thoughts beside the answer, never in it', async () => {
    for (const stream of [false, true]) {
      const { reasoning, content } = await say(gateway, { model, messages, stream, reasoning_effort: 'high' })
      expect(reasoning).toContain('**Reading the request**')
      expect(content).toStartWith('You said: Think aloud')
      expect(content).not.toContain('Reading the request')
    }
  })

  test('counts its thoughts among the tokens of the answer', async () => {
    const whole = await say(gateway, { model, messages, reasoning_effort: 'low' })
    const streamed = await say(gateway, {
      model,
      messages,
      reasoning_effort: 'low',
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(whole.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(0)
    expect(streamed.usage).toEqual(whole.usage)
  })

  test('takes the thinking config of Google in all places where clients put it', async () => {
    const config = model.startsWith('gemini-2') ? { thinking_budget: 512 } : { thinking_level: 'low' }
    const google = { thinking_config: { ...config, include_thoughts: true } }
    for (const extra of [{ extra_body: { google } }, { google }]) await say(gateway, { model, messages, ...extra })
    const camel = model.startsWith('gemini-2')
      ? { thinkingBudget: 512 }
      : { thinkingLevel: expect.stringMatching(/^low$/i) }
    for (const { generationConfig } of sentUp(gateway))
      expect(generationConfig.thinkingConfig).toEqual({ ...camel, includeThoughts: true })
  })

  test('takes its own thoughts back without harm', async () => {
    const first = await say(gateway, { model, messages })
    const back = { role: 'assistant', content: first.content, reasoning_content: first.reasoning }
    await say(gateway, { model, messages: [...messages, back, user('Go on')] })
    expect(JSON.stringify(sentUp(gateway)[1].contents)).not.toContain('Reading the request')
  })

  test('does not think with the name that says so', async () => {
    await say(gateway, { model: `${model}-non-thinking`, messages })
    const { thinkingConfig } = sentUp(gateway)[0].generationConfig
    expect(thinkingConfig.thinkingBudget ?? thinkingConfig.thinkingLevel).toBeOneOf([0, 'MINIMAL'])
  })
})

test('an effort beside a budget is refused, as Google does', async () => {
  const { status, error } = await ask(gateway, {
    model: 'gemini-2.5-flash',
    messages,
    reasoning_effort: 'high',
    extra_body: { google: { thinking_config: { thinking_budget: 512 } } },
  })
  expect({ status, param: error?.param }).toEqual({ status: 400, param: 'reasoning_effort' })
  expect(sentUp(gateway)).toEqual([])
})

test('thoughts that use up the limit leave an empty answer that ends with length', async () => {
  for (const stream of [false, true]) {
    const { content, finishReason } = await say(gateway, { messages, stream, reasoning_effort: 'high', max_tokens: 5 })
    expect({ content, finishReason }).toEqual({ content: '', finishReason: 'length' })
  }
  expect(sentUp(gateway)).toHaveLength(2)
})

test('cached tokens of the prompt are told', async () => {
  const { usage } = await say(gateway, { messages: [user(`${'Hello. '.repeat(20)}with 12 cached tokens`)] })
  expect(usage?.prompt_tokens_details?.cached_tokens).toBe(12)
})

const endings: readonly (readonly [reason: string, finish: string])[] = [
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['MAX_TOKENS', 'length'],
]

test.each(endings)('the end %s is told as %s', async (reason, finish) => {
  for (const stream of [false, true]) {
    const { finishReason } = await say(gateway, { messages: [user(`Please finish ${reason}`)], stream })
    expect(finishReason).toBe(finish)
  }
})
