import { afterAll, beforeAll, expect, test } from 'bun:test'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { clientToken, goodKey, type LocalGateway, startGateway } from '#tests/_gateway.ts'

let gateway: LocalGateway
beforeAll(async () => {
  gateway = await startGateway({
    settings: {
      FAKE_STREAM_ENABLED: 'true',
      FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS: '1',
      SAFETY_SETTINGS: '[]',
      MAX_RETRIES: '1',
      TIME_OUT: '3',
    },
    emulator: { delayMs: { firstByte: 2300, betweenChunks: 10 } },
  })
})
afterAll(() => gateway.stop())

const post = (path: string, body: unknown, signal?: AbortSignal) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })

const chat = (more: object = {}) => ({
  model: 'gemini-3.8-flash',
  messages: [{ role: 'user', content: 'hi' }],
  stream: true,
  ...more,
})
const native = '/v1beta/models/gemini-3.8-flash:streamGenerateContent'
const contents = { contents: [{ parts: [{ text: 'hi' }] }] }

const openai = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: clientToken, maxRetries: 0 })

test('A silent start is bridged by comments, and the real stream follows', async () => {
  const response = await post('/v1/chat/completions', chat())
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const text = await response.text()
  expect(text).toStartWith(': keep-alive\n\n: keep-alive\n\n')
  const events = text.split('\n\n').filter(event => event.startsWith('data: '))
  expect(events.length).toBeGreaterThan(3)
  expect(events.at(-1)).toBe('data: [DONE]')
  expect(text.indexOf(': keep-alive', text.indexOf('data: '))).toBe(-1)
})

test('The openai SDK passes over the signs of life', async () => {
  const stream = await openai().chat.completions.create({
    model: 'gemini-3.8-flash',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  })
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  expect(text).not.toBe('')
})

test('A native stream gets empty lines, which every Google SDK passes over', async () => {
  const text = await (await post(`${native}?alt=sse`, contents)).text()
  expect(text).toStartWith('\r\n\r\ndata: {')
  const client = new GoogleGenAI({ apiKey: clientToken, httpOptions: { baseUrl: gateway.url } })
  const stream = await client.models.generateContentStream({ model: 'gemini-3.8-flash', contents: 'hi' })
  let answer = ''
  for await (const chunk of stream) answer += chunk.text ?? ''
  expect(answer).not.toBe('')
})

test('What is no stream of events is left alone: a whole answer, and a JSON array', async () => {
  const whole = await post('/v1/chat/completions', chat({ stream: false }))
  expect(((await whole.json()) as { object: string }).object).toBe('chat.completion')
  const array = await (await post(native, contents)).text()
  expect(array).toStartWith('[{')
})

test('An error that comes after a sign of life is an event, and no clean end follows', async () => {
  gateway.emulator.setBehaviour(goodKey, 'silent', { times: 1 })
  const text = await (await post('/v1/chat/completions', chat())).text()
  const events = text.split('\n\n').filter(event => event.startsWith('data: '))
  expect(events).toHaveLength(1)
  expect(JSON.parse(events[0]?.slice(6) ?? '').error).toMatchObject({ type: 'server_error', param: null })
  expect(text).not.toContain('[DONE]')

  gateway.emulator.setBehaviour(goodKey, 'silent', { times: 1 })
  const stream = await openai().chat.completions.create({
    model: 'gemini-3.8-flash',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  })
  const reading = (async () => {
    for await (const _chunk of stream) {
      // Nothing comes.
    }
  })()
  expect(reading).rejects.toThrow('did not answer in time')
  await reading.catch(() => undefined)
}, 15_000)

test('An error that comes at once keeps its status', async () => {
  const response = await post('/v1/chat/completions', chat({ messages: 'none' }))
  expect(response.status).toBe(400)
})

test('Whoever leaves during the silence lets Google’s answer go as well, and its key', async () => {
  const controller = new AbortController()
  const response = await post('/v1/chat/completions', chat(), controller.signal)
  await response.body?.getReader().read()
  expect(gateway.services.pool.inFlight).toBe(1)
  controller.abort()
  while (gateway.live.count > 0 || gateway.emulator.openRequests() > 0) await Bun.sleep(5)
  expect(gateway.services.pool.inFlight).toBe(0)
  expect(gateway.emulator.requests.at(-1)?.cancelled).toBe(true)
})
