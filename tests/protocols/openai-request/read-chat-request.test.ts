import { describe, expect, test } from 'bun:test'
import { readChatRequest } from '#src/protocols/openai/request/read-chat-request.ts'
import { refusalOf } from './_rows.ts'

const messages = [{ role: 'user', content: 'Hello' }]

const read = (body: unknown) => readChatRequest(Buffer.from(JSON.stringify(body)))

describe('the body of a chat completion', () => {
  test('is read as far as it must be known before the model is', () => {
    const { body, ...rest } = read({ model: 'gemini-3.8-flash', messages, stream: true, n: 3 })
    expect(rest).toEqual({ model: 'gemini-3.8-flash', isStream: true, choices: 3 })
    expect(body.messages).toEqual(messages)
  })

  test('takes null for unset', () => {
    expect(read({ model: 'm', messages, stream: null, n: null })).toMatchObject({ isStream: false, choices: 1 })
  })

  const refusals: readonly (readonly [string, unknown, string | undefined, string])[] = [
    ['a body that is a list', [], undefined, 'one JSON object'],
    ['a body that is a number', 3, undefined, 'one JSON object'],
    ['no model', { messages }, 'model', "Missing required parameter: 'model'."],
    ['an empty model', { model: '', messages }, 'model', 'empty string'],
    ['a model that is a number', { model: 5, messages }, 'model', 'expected a string, but got an integer instead.'],
    ['no messages', { model: 'm' }, 'messages', "Missing required parameter: 'messages'."],
    ['empty messages', { model: 'm', messages: [] }, 'messages', 'empty array'],
    [
      'messages in an object',
      { model: 'm', messages: {} },
      'messages',
      'expected an array of objects, but got an object',
    ],
    ['a text for stream', { model: 'm', messages, stream: 'yes' }, 'stream', 'expected a boolean, but got a string'],
    ['no answers', { model: 'm', messages, n: 0 }, 'n', 'Expected a value >= 1, but got 0'],
    ['nine answers', { model: 'm', messages, n: 9 }, 'n', 'Expected a value <= 8, but got 9'],
    ['half an answer', { model: 'm', messages, n: 1.5 }, 'n', 'expected an integer, but got a decimal'],
  ]
  for (const [name, body, param, words] of refusals) {
    test(`is refused with ${name}`, () => {
      const { error } = refusalOf(() => read(body))
      expect({ status: error?.status, param: error?.param }).toEqual({ status: 400, param })
      expect(error?.message).toContain(words)
    })
  }

  test('is refused where it is no JSON, or goes too deep to be gone through', () => {
    for (const text of [
      '',
      '{',
      'hello',
      '{"model":',
      `{"model":"m","messages":[{}],"a":${'['.repeat(300)}${']'.repeat(300)}}`,
    ]) {
      expect(refusalOf(() => readChatRequest(Buffer.from(text))).error?.status).toBe(400)
    }
    const endless = '['.repeat(200_000)
    expect(refusalOf(() => readChatRequest(Buffer.from(endless))).error?.status).toBe(400)
  })
})
