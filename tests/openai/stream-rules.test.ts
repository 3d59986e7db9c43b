import { expect, test } from 'bun:test'
import { readStream } from './_stream-rules.ts'

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }

const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
})

const call = (index: number, more: object, args: string) => ({
  tool_calls: [{ index, ...more, function: { ...('id' in more && { name: 'f' }), arguments: args } }],
})

const opening = (id: string) => ({ id, type: 'function' })
const first = chunk({ role: 'assistant', content: '' })
const error = { error: { message: 'No.', type: 'server_error', param: null, code: null } }

const written = (...data: readonly (object | string)[]) =>
  data.map(event => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

test('a stream is read to what it says', () => {
  const text = written(
    first,
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk(call(0, opening('call_1'), '{"a"')),
    chunk(call(0, {}, ':1}')),
    chunk(call(1, opening('call_2'), '{}')),
    chunk({}, 'tool_calls'),
    '[DONE]',
  )
  expect(readStream(`: awake\n\n${text}`, false).said?.choices).toEqual([
    {
      content: 'Hello',
      reasoning: '',
      refusal: '',
      calls: [
        { id: 'call_1', name: 'f', arguments: '{"a":1}', signature: undefined },
        { id: 'call_2', name: 'f', arguments: '{}', signature: undefined },
      ],
      annotations: [],
      finishReason: 'tool_calls',
    },
  ])
})

test('a stream that ends with an error is read to that error', () => {
  expect(readStream(written(first, error), false)).toMatchObject({ said: undefined, error: { message: 'No.' } })
})

const withUsage = (body: object, value: object | null = null) => ({ ...body, usage: value })

test('usage comes last, alone, and null before', () => {
  const last = { ...chunk({}), choices: [], usage }
  const good = [withUsage(first), withUsage(chunk({}, 'stop')), last, '[DONE]'] as const
  expect(readStream(written(...good), true).said?.usage).toEqual(usage)
  expect(() => readStream(written(first, chunk({}, 'stop'), last, '[DONE]'), true)).toThrow('Usage is null')
  expect(() => readStream(written(...good), false)).toThrow('no choice')
  expect(() => readStream(written(...good.slice(0, 2), '[DONE]'), true)).toThrow('last chunk')
})

const stop = chunk({}, 'stop')

const broken: readonly (readonly [what: string, text: string, complaint: string])[] = [
  ['that is cut', written(first, stop), 'no end'],
  ['that is cut within an event', written(first).slice(0, -5), 'within an event'],
  ['with named events', `event: x\n${written(first, stop, '[DONE]')}`, 'no event of OpenAI'],
  ['that says nothing', written('[DONE]'), 'empty'],
  ['that goes on after an error', written(first, error, '[DONE]'), 'follows an error'],
  ['that goes on after its end', written(first, stop, '[DONE]', stop), 'JSON'],
  ['without a reason', written(first, '[DONE]'), 'without a reason'],
  ['with two reasons', written(first, stop, stop, '[DONE]'), 'follows the reason'],
  ['without a role', written(chunk({ content: 'a' }), stop, '[DONE]'), 'begin with its role'],
  ['with two roles', written(first, first, stop, '[DONE]'), 'role comes twice'],
  ['whose id changes', written(first, chunk({}, 'stop', { id: 'chatcmpl-2' }), '[DONE]'), 'id changes'],
  ['whose time changes', written(first, chunk({}, 'stop', { created: 2 }), '[DONE]'), 'created changes'],
  ['of another completion', written(first, chunk({}, 'stop', { id: 'x' }), '[DONE]'), 'id changes'],
  [
    'with a chunk of no choice',
    written(first, chunk({}, 'stop'), chunk({}, null, { choices: [] }), '[DONE]'),
    'choice',
  ],
  ['without the first choice', written(chunk({ role: 'assistant' }, 'stop', oneChoice(1)), '[DONE]'), 'its role'],
  ['that ends for no calls', written(first, chunk({}, 'tool_calls'), '[DONE]'), 'has none'],
  ['with a call that begins twice', calling(call(0, opening('a'), ''), call(0, opening('a'), '{}')), 'begins twice'],
  ['with a call that never begins', calling(call(0, {}, '{}')), 'without its id'],
  ['with a gap in its calls', calling(call(1, opening('a'), '{}')), 'after 0 calls'],
  ['with two calls of one id', calling(call(0, opening('a'), '{}'), call(1, opening('a'), '{}')), 'one id'],
  ['with half arguments', calling(call(0, opening('a'), '{"a"')), 'JSON'],
  [
    'with calls and no word of them',
    written(first, chunk(call(0, opening('a'), '{}')), stop, '[DONE]'),
    'without them',
  ],
]

test.each(broken)('a stream %s is refused', (_, text, complaint) => {
  expect(() => readStream(text, false)).toThrow(complaint)
})

function calling(...deltas: readonly object[]) {
  return written(first, ...deltas.map(delta => chunk(delta)), chunk({}, 'tool_calls'), '[DONE]')
}

function oneChoice(index: number) {
  return { choices: [{ index, delta: { role: 'assistant' }, finish_reason: 'stop' }] }
}
