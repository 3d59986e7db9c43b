import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { clientToken, goodKey } from '../_gateway.ts'
import { failureOf, user } from './_ask.ts'
import { openai } from './_clients.ts'
import { gatewayForTests, withBehaviour } from './_gateways.ts'

const gateway = gatewayForTests()

describe.each(['/openai/v1', '/v1beta/openai'])('%s', path => {
  const client = (reached: { readonly url: string } = gateway) => openai(reached, { baseURL: `${reached.url}${path}` })

  const raw = async (body: string) =>
    await fetch(`${gateway.url}${path}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
      body,
    })

  test("passes a body to the byte to Google's own layer, with one of our keys in place of the token", async () => {
    const body = '{ "model":"gemini-3.6-flash",\n "messages":[{"role":"user","content":"H\\u00e9llo"}] }'
    const response = await raw(body)
    expect(response.status).toBe(200)
    const [seen] = gateway.emulator.requests
    expect(seen).toMatchObject({ path: '/v1beta/openai/chat/completions', bodyText: body, key: goodKey })
    expect(seen?.headers.authorization).toBe(`Bearer ${goodKey}`)
    expect(seen?.headers).not.toHaveProperty('x-goog-api-key')
  })

  test('serves the SDK, whole and streamed', async () => {
    const chat = { model: 'gemini-3.6-flash', messages: [{ role: 'user' as const, content: 'Hello 🌍' }] }
    const whole = await client().chat.completions.create(chat)
    expect(whole.choices[0]?.message.content).toContain('Hello 🌍')
    const pieces: string[] = []
    for await (const chunk of await client().chat.completions.create({ ...chat, stream: true }))
      pieces.push(chunk.choices[0]?.delta.content ?? '')
    expect(pieces.join('')).toContain('Hello 🌍')
  })

  test('serves models and embeddings', async () => {
    const names: string[] = []
    for await (const { id } of client().models.list()) names.push(id)
    expect(names).toContain('models/gemini-3.6-flash')
    const { data } = await client().embeddings.create({ model: 'gemini-embedding-001', input: 'Hello' })
    expect(data[0]?.embedding).toHaveLength(3072)
  })

  test("refuses what Google refuses, in OpenAI's form", async () => {
    const response = await raw(JSON.stringify({ model: 'gemini-3.6-flash', messages: [user('a')], unheard_of: 1 }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('unheard_of') } })
    const error = await failureOf(
      client().chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'a' }] }),
    )
    expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    expect(error.message).toContain('gpt-4o')
  })

  test('refuses a wrong token itself', async () => {
    const wrong = openai(gateway, { baseURL: `${gateway.url}${path}`, apiKey: 'wrong' })
    expect(await failureOf(wrong.models.list())).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(gateway.emulator.requests).toEqual([])
  })

  test('takes another key where one is no good, and tells the rest with a hint', async () => {
    const chat = { model: 'gemini-3.6-flash', messages: [{ role: 'user' as const, content: 'Hello' }] }
    const keys = [{ secret: 'AQ.bad', behaviour: 'invalid' as const }, { secret: goodKey }]
    await withBehaviour(
      'valid',
      async two => {
        for (let round = 0; round < 2; round++) await client(two).chat.completions.create(chat)
        expect(two.emulator.requests.at(-1)?.key).toBe(goodKey)
      },
      { keys },
    )
    await withBehaviour('per-minute', async full => {
      const error = await failureOf(client(full).chat.completions.create(chat))
      expect(error).toBeInstanceOf(OpenAI.RateLimitError)
      expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  })

  test('raises the error of a stream, told or not', async () => {
    for (const behaviour of ['stream-error', 'cut'] as const) {
      await withBehaviour(behaviour, async broken => {
        const read = async () => {
          const messages = [{ role: 'user' as const, content: 'write 300 words' }]
          const stream = await client(broken).chat.completions.create({
            model: 'gemini-3.6-flash',
            messages,
            stream: true,
          })
          for await (const _ of stream);
        }
        expect(await failureOf(read())).toBeInstanceOf(OpenAI.APIError)
      })
    }
  })
})
