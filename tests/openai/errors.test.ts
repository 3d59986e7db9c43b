import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { goodKey } from '../_gateway.ts'
import { ask, failureOf, say, sentUp, user, usualModel } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'

const gateway = gatewayForTests()

/** Waiting between attempts is not what is looked at here. */
const once = { settings: { MAX_RETRIES: '1' } }

const long = { model: usualModel, messages: [{ role: 'user' as const, content: 'write 300 words' }] }

describe.each([false, true])('with stream %p', stream => {
  const chat = { ...long, stream }

  test('a wrong token is 401, and never goes up', async () => {
    const { status, error } = await ask(gateway, chat, { token: 'wrong' })
    expect({ status, error }).toMatchObject({ status: 401, error: { code: 'invalid_api_key' } })
    const wrong = openai(gateway, { apiKey: 'wrong' })
    expect(await failureOf(wrong.chat.completions.create(chat))).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(sentUp(gateway)).toEqual([])
  })

  test('a model that does not exist is 404', async () => {
    for (const model of ['gpt-4o', 'gemini-0', '../secrets', 'models/none']) {
      const { status, error } = await ask(gateway, { ...chat, model })
      expect({ status, error }).toMatchObject({ status: 404, error: { code: 'model_not_found' } })
    }
    expect(await failureOf(openai(gateway).chat.completions.create({ ...chat, model: 'gpt-4o' }))).toBeInstanceOf(
      OpenAI.NotFoundError,
    )
  })

  const faults: readonly (readonly [param: string, body: object])[] = [
    ['model', { model: undefined }],
    ['model', { model: 7 }],
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hello' }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'a' }] }],
    ['messages[0].content[0].type', { messages: [user([{ type: 'smell', smell: 'roses' }])] }],
    ['messages[0].content[0].image_url', { messages: [user([{ type: 'image_url' }])] }],
    ['temperature', { temperature: 'hot' }],
    ['temperature', { temperature: 3 }],
    ['n', { n: 0 }],
    ['n', { n: 1.5 }],
    ['stop', { stop: [1] }],
    ['seed', { seed: 'x' }],
    ['max_tokens', { max_tokens: 'many' }],
    ['stream', { stream: 'yes' }],
    ['response_format.type', { response_format: { type: 'yaml' } }],
    ['tools[0].type', { tools: [{ type: 'oven' }] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { tool_choice: 'maybe' }],
    ['reasoning_effort', { reasoning_effort: 'immense' }],
  ]

  test.each(faults)('a fault of the request names its part, %s, and never goes up: %j', async (param, fault) => {
    const { status, error } = await ask(gateway, { ...chat, ...fault })
    expect({ status, error }).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } })
    expect(error?.param).toStartWith(param)
    expect(sentUp(gateway)).toEqual([])
  })

  test('a prompt that is blocked is no plain end', async () => {
    await withBehaviour('blocked-prompt', async blocked => {
      const { status, said } = await ask(blocked, chat)
      if (status === 200) expect(said?.choices[0]).toMatchObject({ finishReason: 'content_filter', content: '' })
      else expect(status).toBe(400)
    })
  })

  test('an answer that is blocked ends with content_filter', async () => {
    await withBehaviour('blocked-answer', async blocked => {
      expect((await say(blocked, chat)).finishReason).toBe('content_filter')
    })
  })

  const refusals: readonly (readonly [KeyBehaviour, status: number, kind: unknown, hint: boolean])[] = [
    ['per-minute', 429, OpenAI.RateLimitError, true],
    ['per-day', 429, OpenAI.RateLimitError, true],
    ['busy', 429, OpenAI.RateLimitError, true],
    ['unavailable', 503, OpenAI.InternalServerError, false],
    ['internal', 500, OpenAI.InternalServerError, false],
    ['html-error', 502, OpenAI.InternalServerError, false],
    ['deadline', 504, OpenAI.InternalServerError, false],
    ['model-retired', 404, OpenAI.NotFoundError, false],
  ]

  test.each(refusals)('when all keys are %s the SDK sees %d', async (behaviour, status, kind, hasHint) => {
    await withBehaviour(
      behaviour,
      async failing => {
        const raised = await failureOf(openai(failing).chat.completions.create(chat))
        expect(raised).toBeInstanceOf(kind as typeof OpenAI.APIError)
        expect(raised.status).toBe(status)
        if (hasHint) expect(Number(raised.headers.get('retry-after'))).toBeGreaterThan(0)
        const again = await ask(failing, chat)
        expect(again.status).toBeGreaterThanOrEqual(400)
        expect(again.text).not.toContain(goodKey)
      },
      once,
    )
  })

  test('an empty answer is asked for again before anything is sent', async () => {
    // Thoughts are shown as they come, so that nothing can be asked for again after them.
    const others = stream ? [] : (['empty-thoughts'] as const)
    for (const behaviour of ['empty', 'malformed-call', ...others] as const) {
      gateway.emulator.clearRequests()
      gateway.emulator.setBehaviour(goodKey, behaviour, { times: 1 })
      const { content, finishReason } = await say(gateway, chat)
      expect(finishReason).toBe('stop')
      expect(content.split(' ')).toHaveLength(300)
      expect(sentUp(gateway)).toHaveLength(2)
    }
  })

  test('an answer that stays empty is an error, no empty success', async () => {
    await withBehaviour('empty', async empty => {
      const { status, error } = await ask(empty, chat)
      expect(status).toBeGreaterThanOrEqual(500)
      expect(error?.message).toBeString()
    })
  })
})

const breaks = ['stream-error', 'cut', 'cut-inside-event', 'reset', 'empty-thoughts'] as const

test.each(breaks)(
  'a stream that breaks ends with an error, which the SDK and its helper raise: %s',
  async behaviour => {
    await withBehaviour(
      behaviour,
      async broken => {
        const { status, error, said } = await ask(broken, { ...long, stream: true })
        expect(error?.message).toBeString()
        expect(said).toBeUndefined()
        expect(status === 200 || status >= 500).toBe(true)
        const read = async () => {
          const stream = await openai(broken).chat.completions.create({ ...long, stream: true })
          for await (const _ of stream);
        }
        expect(await failureOf(read())).toBeInstanceOf(OpenAI.APIError)
        await failureOf(openai(broken).chat.completions.stream(long).finalChatCompletion())
      },
      once,
    )
  },
)

test('the SDK asks again by itself when it is told to', async () => {
  gateway.emulator.setBehaviour(goodKey, 'internal', { times: 1 })
  const answer = await openai(gateway, { maxRetries: 2 }).chat.completions.create(long)
  expect(answer.choices[0]?.finish_reason).toBe('stop')
})

test('an address that is not served is 404 in the form of OpenAI', async () => {
  for (const path of ['/v1/unheard', '/hf/v1/unheard', '/v1/fine_tuning/jobs']) {
    const { status, error } = await ask(gateway, long, { path })
    expect({ status, error }).toMatchObject({ status: 404, error: { type: 'invalid_request_error' } })
  }
})
