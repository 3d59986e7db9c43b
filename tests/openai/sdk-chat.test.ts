import { describe, expect, test } from 'bun:test'
import { ask, say, sentUp, user, usualModel } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'

const gateway = gatewayForTests()

const hello = { model: usualModel, messages: [{ role: 'user' as const, content: 'Hello, wörld 🌍' }] }

describe('the SDK of OpenAI', () => {
  test('gets a whole answer', async () => {
    const answer = await openai(gateway).chat.completions.create(hello)
    expect(answer.model).toBe(usualModel)
    expect(answer.choices).toMatchObject([{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }])
    expect(answer.choices[0]?.message.content).toContain('You said: Hello, wörld 🌍')
    sentUp(gateway)
  })

  test('gets the same in chunks', async () => {
    const whole = await say(gateway, hello)
    const stream = await openai(gateway).chat.completions.create({ ...hello, stream: true })
    const pieces: string[] = []
    for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
    expect(pieces.join('')).toBe(whole.content)
    expect(pieces.filter(piece => piece !== '').length).toBeGreaterThan(1)
  })

  test('puts a stream together with its helper', async () => {
    const texts: string[] = []
    const stream = openai(gateway)
      .chat.completions.stream({ ...hello, stream_options: { include_usage: true } })
      .on('content', text => texts.push(text))
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(texts.join(''))
    expect(final.choices[0]?.finish_reason).toBe('stop')
    expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: expect.any(Number) })
    expect(final.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('reads the headers, and the id of the request', async () => {
    const { data, response, request_id } = await openai(gateway).chat.completions.create(hello).withResponse()
    expect(data.object).toBe('chat.completion')
    expect(response.status).toBe(200)
    expect(request_id).toBeString()
  })
})

describe.each([false, true])('with stream %p', stream => {
  const usageOf = stream ? { stream_options: { include_usage: true } } : {}

  test('usage tells of the prompt, the answer and the thoughts', async () => {
    const { usage } = await say(gateway, { ...hello, ...usageOf, stream, reasoning_effort: 'high' })
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(32)
    expect(usage?.completion_tokens).toBeGreaterThan(32)
    expect(usage?.prompt_tokens).toBe(4)
  })

  test('too small a limit ends with length', async () => {
    for (const limit of ['max_tokens', 'max_completion_tokens']) {
      const { finishReason, content } = await say(gateway, {
        ...hello,
        stream,
        reasoning_effort: 'minimal',
        [limit]: 3,
      })
      expect(finishReason).toBe('length')
      expect(content).toBe('You said: He')
    }
    expect(sentUp(gateway).map(({ generationConfig }) => generationConfig.maxOutputTokens)).toEqual([3, 3])
  })

  test('a stop sequence ends the answer, as a text or a list', async () => {
    for (const stop of ['wörld', ['nothing', 'wörld']]) {
      const { content, finishReason } = await say(gateway, { ...hello, stream, stop })
      expect({ content, finishReason }).toEqual({ content: 'You said: Hello, ', finishReason: 'stop' })
    }
    expect(sentUp(gateway).map(({ generationConfig }) => generationConfig.stopSequences)).toEqual([
      ['wörld'],
      ['nothing', 'wörld'],
    ])
  })

  test('n gives as many answers, where the model cannot by several calls', async () => {
    const { said } = await ask(gateway, { ...hello, ...usageOf, stream, n: 3 })
    expect(said?.choices).toHaveLength(3)
    for (const { content, finishReason } of said?.choices ?? []) {
      expect(content).toContain('Hello')
      expect(finishReason).toBe('stop')
    }
    const alone = await say(gateway, { ...hello, ...usageOf, stream })
    expect(said?.usage?.completion_tokens).toBe(3 * (alone.usage?.completion_tokens ?? 0))
    expect(sentUp(gateway)).toHaveLength(4)
  })

  test('a seed that is too large, and values of nought, go up as Google takes them', async () => {
    await say(gateway, { ...hello, stream, seed: 99_999_999_999, temperature: 0, top_p: 0.5, presence_penalty: 0 })
    const [{ generationConfig }] = sentUp(gateway) as [{ generationConfig: Record<string, unknown> }]
    expect(Math.abs(Number(generationConfig.seed))).toBeLessThan(2 ** 31)
    expect(generationConfig).toMatchObject({ temperature: 0, topP: 0.5 })
    expect(generationConfig).not.toHaveProperty('presencePenalty')
  })

  test('system and developer messages all go up as instructions, in their order', async () => {
    await say(gateway, {
      stream,
      messages: [
        { role: 'system', content: 'First.' },
        user('Hello'),
        { role: 'developer', content: [{ type: 'text', text: 'Second.' }] },
        { role: 'assistant', content: 'Hi.' },
        user('Again'),
      ],
    })
    const [body] = sentUp(gateway)
    expect(body.systemInstruction.parts).toEqual([{ text: 'First.' }, { text: 'Second.' }])
    expect(body.contents.map(({ role }: { role: string }) => role)).toEqual(['user', 'model', 'user'])
  })

  test('what cannot be honoured is listed, and nothing else is', async () => {
    const fields = { user: 'me', metadata: { a: 'b' }, store: true, logit_bias: { 1: 2 }, temperature: 1 }
    const { headers } = await ask(gateway, { ...hello, stream, ...fields, unheard_of: 1, max_tokens: -1 })
    const ignored = (headers.get('x-gemini-balance-ignored') ?? '').split(', ')
    expect(ignored).toContain('unheard_of')
    expect(ignored).toContain('logit_bias')
    expect(ignored).toContain('max_tokens')
    expect(ignored).not.toContain('temperature')
    sentUp(gateway)
  })
})

test('the other address, /hf/v1, is the same', async () => {
  const client = openai(gateway, { baseURL: `${gateway.url}/hf/v1` })
  const answer = await client.chat.completions.create(hello)
  expect(answer.choices[0]?.message.content).toContain('Hello')
  await expect(client.models.list()).resolves.toBeDefined()
})

test('a client that leaves ends the work upstream', async () => {
  await withBehaviour('stalled', async stalled => {
    const stream = await openai(stalled).chat.completions.create({ ...hello, stream: true })
    for await (const _ of stream) break
    while (!stalled.emulator.requests.some(({ cancelled }) => cancelled)) await Bun.sleep(5)
    expect(stalled.emulator.openRequests()).toBe(0)
  })
})
