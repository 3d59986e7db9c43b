import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { call, emulatorForTests, generatePath, goodKey } from '#tests/emulator/support.ts'
import { convert, newest, older } from './_rows.ts'

const text = fc.oneof(fc.constantFrom('Hello', '', ' ', '{"a":1}', '[1]', '7'), fc.string({ unit: 'grapheme' }))
const parts = fc.array(
  fc.oneof(
    text.map(value => ({ type: 'text', text: value })),
    fc.constant({ type: 'image_url', image_url: { url: 'data:image/jpg;base64,/9j/AAAA', detail: 'low' } }),
    fc.constant({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
  ),
  { maxLength: 3 },
)
const says = (role: string, content: fc.Arbitrary<unknown>) => content.map(value => [{ role, content: value }])

/** An assistant message with calls, and their results in any order. */
const step = fc
  .tuple(
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 3 }),
    fc.constantFrom('look', 'my tool', '9 lives', 'a'.repeat(90)),
    fc.oneof(text, fc.constant(null)),
    fc.oneof(text, parts),
    fc.boolean(),
  )
  .map(([ids, name, content, result, isReversed]) => {
    const results = ids.map(id => ({ role: 'tool', tool_call_id: id, content: result }))
    return [
      {
        role: 'assistant',
        content,
        tool_calls: ids.map(id => ({ id, type: 'function', function: { name, arguments: '{"a":[1]}' } })),
      },
      ...(isReversed ? results.toReversed() : results),
    ]
  })

const messages = fc
  .array(
    fc.oneof(
      says('system', text),
      says('developer', text),
      says('user', fc.oneof(text, parts)),
      says('assistant', text),
      step,
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map(groups => groups.flat())

const fn = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object', properties: {} } } })

const body = fc.record(
  {
    messages,
    tools: fc.uniqueArray(
      fc.constantFrom(
        fn('look'),
        fn('my tool'),
        fn('googleSearch'),
        { type: 'custom', custom: { name: 'run' } },
        { codeExecution: {} },
      ),
    ),
    tool_choice: fc.constantFrom('auto', 'none'),
    response_format: fc.constantFrom({ type: 'json_object' }, { type: 'text' }),
    reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    seed: fc.maxSafeInteger(),
    max_tokens: fc.integer({ min: -5, max: 30_000 }),
    stop: fc.array(fc.string(), { maxLength: 5 }),
    presence_penalty: fc.constantFrom(0, 0.5),
    web_search_options: fc.constant({}),
    user: fc.string(),
  },
  { requiredKeys: ['messages'] },
)

describe('a request that OpenAI would take', () => {
  const emulator = emulatorForTests([{ secret: goodKey }])

  test('is taken by Google, whatever the model', async () => {
    const model = fc.constantFrom(
      newest,
      older,
      'gemini-2.5-pro',
      'gemini-3.1-pro-preview',
      'gemini-flash-latest',
      'gemini-4-argon',
      'gemini-3.8-flash-tts',
      'gemini-3.1-flash-image',
      'gemini-2.5-flash-image',
      'gemma-3-27b-it',
      'gemma-4-31b-it',
    )
    await fc.assert(
      fc.asyncProperty(body, model, async (value, name) => {
        const answer = await call(emulator, generatePath(name), convert(value, { model: name }).request)
        expect(answer.status === 200 ? '' : answer.text).toBe('')
      }),
      { numRuns: 1000, seed: 4 },
    )
  })
})
