import { describe, expect, test } from 'bun:test'
import { convert, convertText, older, testRefusals, testRows } from './_rows.ts'

const text = (...texts: readonly string[]) => texts.map(value => ({ text: value }))
const user = (...texts: readonly string[]) => ({ role: 'user', parts: text(...texts) })
const model = (...texts: readonly string[]) => ({ role: 'model', parts: text(...texts) })
const system = (...texts: readonly string[]) => ({ systemInstruction: { parts: text(...texts) } })
const says = (role: string, content: unknown) => ({ role, content })

describe('who says what', () => {
  testRows([
    {
      says: 'system and developer messages, wherever they stand, are the instruction',
      body: {
        messages: [
          says('system', 'A'),
          says('user', 'Hello'),
          says('developer', [
            { type: 'text', text: 'B' },
            { type: 'text', text: '' },
            { type: 'text', text: 'C' },
          ]),
          says('assistant', 'Hi'),
          says('user', 'Bye'),
          says('system', 'D'),
        ],
      },
      request: { contents: [user('Hello'), model('Hi'), user('Bye')], ...system('A', 'B', 'C', 'D') },
    },
    {
      says: 'an instruction alone is what the user says',
      body: { messages: [says('system', 'A'), says('developer', 'B')] },
      request: { contents: [user('A', 'B')] },
    },
    {
      says: 'models without an instruction get it in the first turn',
      model: 'gemma-3-27b-it',
      body: { messages: [says('system', 'A'), says('user', 'Hello'), says('assistant', 'Hi'), says('user', 'Bye')] },
      request: { contents: [user('A', 'Hello'), model('Hi'), user('Bye')] },
    },
    {
      says: 'it is a turn of its own where the model speaks first',
      model: 'gemini-2.5-flash-image',
      body: { messages: [says('system', 'A'), says('assistant', 'Hi'), says('user', 'Bye')] },
      request: { contents: [user('A'), model('Hi'), user('Bye')] },
    },
    {
      says: 'neighbouring assistant messages are one turn, user messages are not',
      body: {
        messages: [
          says('user', 'One'),
          says('user', 'Two'),
          says('assistant', 'Three'),
          says('assistant', [
            { type: 'text', text: 'Four' },
            { type: 'refusal', refusal: 'No' },
          ]),
          { role: 'assistant', content: null, refusal: 'Never' },
          says('user', 'Five'),
        ],
      },
      request: { contents: [user('One'), user('Two'), model('Three', 'Four', 'No', 'Never'), user('Five')] },
    },
    {
      says: 'empty messages are left out',
      body: { messages: [says('user', ''), says('assistant', ''), says('user', [{ type: 'text', text: 'Hello' }])] },
      request: {},
    },
    {
      says: 'an empty last word still is one',
      body: { messages: [says('user', 'Hello'), says('assistant', 'Hi'), says('user', '')] },
      request: { contents: [user('Hello'), model('Hi'), user(' ')] },
    },
    {
      says: 'nothing at all is a blank',
      body: { messages: [says('assistant', '')] },
      request: { contents: [user(' ')] },
    },
    {
      says: 'the last word stays with the model where it may have it',
      model: older,
      body: { messages: [says('user', 'Hello'), says('assistant', 'Once upon')] },
      request: { contents: [user('Hello'), model('Once upon')] },
    },
    {
      says: 'the last word of the model is followed by a blank where it may not',
      body: { messages: [says('user', 'Hello'), says('assistant', 'Once upon')] },
      request: { contents: [user('Hello'), model('Once upon'), user(' ')] },
    },
    {
      says: 'what has no place at Google is listed once for all messages',
      body: {
        messages: [
          { role: 'user', content: 'Hello', name: 'Ann', cache_control: {} },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm' },
              { type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } },
            ],
            reasoning_content: 'hm',
            annotations: [],
            audio: { id: 'audio_1' },
            name: null,
          },
          { role: 'user', content: 'Bye', name: 'Ben' },
        ],
      },
      request: { contents: [user('Hello'), model('Hi'), user('Bye')] },
      ignored: [
        'messages[].name',
        'messages[].cache_control',
        'messages[].content[]',
        'messages[].content[].prompt_cache_breakpoint',
        'messages[].reasoning_content',
        'messages[].annotations',
        'messages[].audio',
      ],
    },
  ])

  const refuse = (name: string, messages: unknown, param: string, words: string) => ({
    says: name,
    body: { messages },
    param,
    words,
  })
  testRefusals([
    refuse(
      'an unknown role is refused',
      [says('model', 'x')],
      'messages[0].role',
      "Invalid value: 'model'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    ),
    refuse('no role is refused', [{ content: 'x' }], 'messages[0].role', 'Missing'),
    refuse('a number as a role is refused', [says(5 as never, 'x')], 'messages[0].role', 'expected a string'),
    refuse('a message that is a text is refused', ['x'], 'messages[0]', 'expected an object, but got a string'),
    refuse('a message that is null is refused', [null], 'messages[0]', 'expected an object, got null'),
    refuse('a user without content is refused', [{ role: 'user' }], 'messages[0].content', 'got null'),
    refuse(
      'a number as content is refused',
      [says('user', 5)],
      'messages[0].content',
      'one of a string or array of objects',
    ),
    refuse(
      'an object as content is refused',
      [says('user', { type: 'text' })],
      'messages[0].content',
      'one of a string or array of objects',
    ),
    refuse('a part without a type is refused', [says('user', [{}])], 'messages[0].content[0].type', 'Missing'),
    refuse('a part that is a text is refused', [says('user', ['x'])], 'messages[0].content[0]', 'expected an object'),
    refuse(
      'an unknown part is refused',
      [says('user', [{ type: 'smell' }])],
      'messages[0].content[0].type',
      "'text', 'image_url'",
    ),
    refuse(
      'a text that is a number is refused',
      [says('user', [{ type: 'text', text: 5 }])],
      'messages[0].content[0].text',
      'expected a string',
    ),
    refuse(
      'a text part without text is refused',
      [says('assistant', [{ type: 'text' }])],
      'messages[0].content[0].text',
      'got null',
    ),
    refuse(
      'a picture in an instruction is refused',
      [says('system', [{ type: 'image_url', image_url: 'x' }])],
      'messages[0].content[0].type',
      "'text'",
    ),
    refuse(
      'a refusal that is a number is refused',
      [{ role: 'assistant', refusal: 5 }],
      'messages[0].refusal',
      'expected a string',
    ),
  ])
})

const call = (id: string, args: string, name = 'look', extra: object = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
  ...extra,
})
const calls = (...tool_calls: readonly unknown[]) => ({ role: 'assistant', content: null, tool_calls })
const result = (tool_call_id: string, content: unknown) => ({ role: 'tool', tool_call_id, content })
const skip = 'skip_thought_signature_validator'
const part = (id: string, args: object, thoughtSignature?: string, name = 'look') => ({
  functionCall: { id, name, args },
  ...(thoughtSignature !== undefined && { thoughtSignature }),
})
const answer = (id: string, response: object, name = 'look') => ({ functionResponse: { id, name, response } })
const hello = says('user', 'Hello')

describe('calls and their results', () => {
  testRows([
    {
      says: 'go up in one turn each, in the order of the calls, with one signature a step',
      body: {
        messages: [
          hello,
          { ...calls(call('a', '{"city":"Oslo"}'), call('b', '', 'ring')), content: 'Let me see' },
          result('b', 'done'),
          result('a', '{"sun":true}'),
          calls(call('c', '{}')),
          result('c', [
            { type: 'text', text: 'one ' },
            { type: 'text', text: 'two' },
          ]),
        ],
      },
      request: {
        contents: [
          user('Hello'),
          {
            role: 'model',
            parts: [...text('Let me see'), part('a', { city: 'Oslo' }, skip), part('b', {}, undefined, 'ring')],
          },
          { role: 'user', parts: [answer('a', { sun: true }), answer('b', { result: 'done' }, 'ring')] },
          { role: 'model', parts: [part('c', {}, skip)] },
          { role: 'user', parts: [answer('c', { result: 'one two' })] },
        ],
      },
    },
    {
      says: 'need no signature once the user spoke again, and no ids on older models',
      model: older,
      body: { messages: [hello, calls(call('a', '{}')), result('a', 'x'), says('user', 'More')] },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'look', response: { result: 'x' } } }] },
          user('More'),
        ],
      },
    },
    {
      says: 'get the sentinel in the current turn only',
      body: {
        messages: [
          hello,
          calls(call('a', '{}')),
          result('a', 'x'),
          says('assistant', 'So'),
          says('user', 'More'),
          calls(call('b', '{}')),
          result('b', 'y'),
        ],
      },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [part('a', {})] },
          { role: 'user', parts: [answer('a', { result: 'x' })] },
          model('So'),
          user('More'),
          { role: 'model', parts: [part('b', {}, skip)] },
          { role: 'user', parts: [answer('b', { result: 'y' })] },
        ],
      },
    },
    {
      says: 'that come first are a reply to a blank',
      body: { messages: [says('system', 'A'), calls(call('a', '{}')), result('a', 'x')] },
      request: {
        contents: [
          user(' '),
          { role: 'model', parts: [part('a', {}, skip)] },
          { role: 'user', parts: [answer('a', { result: 'x' })] },
        ],
        ...system('A'),
      },
    },
    {
      says: 'of several assistant messages are one step',
      body: {
        messages: [
          hello,
          calls(call('a', '{}')),
          calls(call('b', '{}')),
          says('system', 'S'),
          result('a', 'x'),
          result('b', 'y'),
        ],
      },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [part('a', {}, skip), part('b', {})] },
          { role: 'user', parts: [answer('a', { result: 'x' }), answer('b', { result: 'y' })] },
        ],
        ...system('S'),
      },
    },
    {
      says: 'may use an id again in another step',
      body: { messages: [hello, calls(call('a', '{}')), result('a', 'x'), calls(call('a', '{}')), result('a', 'y')] },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [part('a', {}, skip)] },
          { role: 'user', parts: [answer('a', { result: 'x' })] },
          { role: 'model', parts: [part('a', {}, skip)] },
          { role: 'user', parts: [answer('a', { result: 'y' })] },
        ],
      },
    },
    {
      says: 'in the deprecated form belong together by name',
      body: {
        messages: [
          hello,
          { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{"a":1}' } },
          { role: 'function', name: 'look', content: '[1,2]' },
        ],
      },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [{ functionCall: { name: 'look', args: { a: 1 } }, thoughtSignature: skip }] },
          { role: 'user', parts: [{ functionResponse: { name: 'look', response: { result: [1, 2] } } }] },
        ],
      },
    },
    {
      says: 'of custom tools carry their text',
      body: {
        messages: [
          hello,
          calls({ id: 'a', type: 'custom', custom: { name: 'run', input: 'ls' } }),
          { ...result('a', null), name: 'run' },
        ],
      },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [part('a', { input: 'ls' }, skip, 'run')] },
          { role: 'user', parts: [answer('a', { result: '' }, 'run')] },
        ],
      },
      ignored: ['messages[].name'],
    },
    {
      says: 'may bring pictures, inside of the response',
      body: {
        messages: [
          hello,
          calls(call('a', '{}')),
          result('a', [
            { type: 'text', text: 'see' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          ]),
        ],
      },
      request: {
        contents: [
          user('Hello'),
          { role: 'model', parts: [part('a', {}, skip)] },
          {
            role: 'user',
            parts: [
              {
                functionResponse: {
                  id: 'a',
                  name: 'look',
                  response: { result: 'see' },
                  parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
                },
              },
            ],
          },
        ],
      },
      ignored: ['messages[].content[].image_url.detail'],
    },
    {
      says: 'may bring pictures, beside the responses on older models',
      model: older,
      body: {
        messages: [
          hello,
          calls(call('a', '{}'), call('b', '{}')),
          result('a', [{ type: 'image_url', image_url: 'data:image/png;base64,AAAA' }]),
          result('b', 'x'),
        ],
      },
      request: {
        contents: [
          user('Hello'),
          {
            role: 'model',
            parts: [{ functionCall: { name: 'look', args: {} } }, { functionCall: { name: 'look', args: {} } }],
          },
          {
            role: 'user',
            parts: [
              { functionResponse: { name: 'look', response: { result: '' } } },
              { functionResponse: { name: 'look', response: { result: 'x' } } },
              { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            ],
          },
        ],
      },
    },
  ])

  const signatureOf = (request: Readonly<Record<string, unknown>>) =>
    JSON.stringify(request).match(/"thoughtSignature":"([^"]*)"/g)
  const extra = (thought_signature: unknown) => ({ extra_content: { google: { thought_signature } } })

  test('keep the signature they came with, before the one that is remembered', () => {
    const messages = [
      hello,
      calls(call('a', '{}', 'look', extra('QUJD')), call('b', '{}'), call('c', '{}')),
      result('a', ''),
      result('b', ''),
      result('c', ''),
    ]
    const { request } = convert({ messages }, { signatures: { a: 'WFla', b: 'WFla' } })
    expect(signatureOf(request)).toEqual(['"thoughtSignature":"QUJD"', '"thoughtSignature":"WFla"'])
  })

  test('are given the signature that is remembered, in older turns and on older models as well', () => {
    const messages = [hello, calls(call('a', '{}')), result('a', ''), says('user', 'More')]
    expect(signatureOf(convert({ messages }, { signatures: { a: 'WFla' } }).request)).toEqual([
      '"thoughtSignature":"WFla"',
    ])
    expect(signatureOf(convert({ messages }, { signatures: { a: 'WFla' }, model: older }).request)).toEqual([
      '"thoughtSignature":"WFla"',
    ])
  })

  test('are given the sentinel where the signature is empty', () => {
    const messages = [hello, calls(call('a', '{}', 'look', extra(''))), result('a', '')]
    expect(signatureOf(convert({ messages }).request)).toEqual([`"thoughtSignature":"${skip}"`])
  })

  const responses: readonly (readonly [string, string])[] = [
    ['{"a":[1,{"b":null}]}', '{"a":[1,{"b":null}]}'],
    ['[1,2]', '{"result":[1,2]}'],
    ['42', '{"result":42}'],
    ['true', '{"result":true}'],
    ['null', '{"result":null}'],
    ['"words"', '{"result":"\\"words\\""}'],
    ['words', '{"result":"words"}'],
    ['', '{"result":""}'],
    ['12345678901234567890', '{"result":"12345678901234567890"}'],
    ['{"id":12345678901234567890}', '{"result":"{\\"id\\":12345678901234567890}"}'],
    ['{"a":1', '{"result":"{\\"a\\":1"}'],
    [`${'['.repeat(99)}${']'.repeat(99)}`, `{"result":"${'['.repeat(99)}${']'.repeat(99)}"}`],
    ['{"__proto__":{"x":1},"constructor":2}', '{"__proto__":{"x":1},"constructor":2}'],
  ]
  for (const [content, expected] of responses) {
    test(`have the result ${content.slice(0, 40)} as an object that loses nothing`, () => {
      const { request } = convert({ messages: [hello, calls(call('a', '{}')), result('a', content)] })
      expect(JSON.stringify(request)).toContain(`"response":${expected}`)
    })
  }

  test('keep arguments with the names that objects have in JavaScript, which harm nothing', () => {
    const args = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}'
    const text = `{"model":"m","__proto__":{"model":"x"},"messages":[{"role":"user","content":"Hello"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"constructor","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"a","content":"x"}]}`
    const chat = convertText(text)
    expect(JSON.stringify(chat.request)).toContain(`"args":${args}`)
    expect(chat.ignored).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  const refuse = (name: string, messages: unknown, param: string, words: string) => ({
    says: name,
    body: { messages },
    param,
    words,
  })
  testRefusals([
    refuse(
      'are refused without a result',
      [hello, calls(call('a', '{}'), call('b', '{}')), result('a', 'x'), says('user', 'y')],
      'messages[1].tool_calls',
      "must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: b",
    ),
    refuse(
      'are refused without a result at the end',
      [hello, calls(call('a', '{}'))],
      'messages[1].tool_calls',
      'did not have response messages: a',
    ),
    refuse(
      'are refused without a result before the next step',
      [hello, calls(call('a', '{}'), call('b', '{}')), result('a', 'x'), says('assistant', 'y')],
      'messages[1].tool_calls',
      'did not have response messages: b',
    ),
    refuse(
      'are refused with two results',
      [hello, calls(call('a', '{}')), result('a', 'x'), result('a', 'y')],
      'messages[3].tool_call_id',
      'duplicate',
    ),
    refuse(
      'are refused with one id for two',
      [hello, calls(call('a', '{}'), call('a', '{}'))],
      'messages[1].tool_calls',
      "duplicate id 'a'",
    ),
    refuse(
      'are refused with the result of another',
      [hello, calls(call('a', '{}')), result('b', 'x')],
      'messages[2].tool_call_id',
      "'tool_call_id' of 'b' not found in 'tool_calls' of previous message.",
    ),
    refuse(
      'are refused where there was none',
      [hello, result('a', 'x')],
      'messages[1].role',
      "must be a response to a preceeding message with 'tool_calls'",
    ),
    refuse(
      'are refused after the user spoke',
      [hello, calls(call('a', '{}')), result('a', 'x'), says('user', 'y'), result('a', 'x')],
      'messages[4].role',
      'preceeding',
    ),
    refuse(
      'are refused without the id of the call',
      [hello, calls(call('a', '{}')), { role: 'tool', content: 'x' }],
      'messages[2].tool_call_id',
      'Missing',
    ),
    refuse(
      'are refused without a content',
      [hello, calls(call('a', '{}')), { role: 'tool', tool_call_id: 'a' }],
      'messages[2].content',
      'Missing',
    ),
    refuse(
      'are refused with a number for a content',
      [hello, calls(call('a', '{}')), result('a', 5)],
      'messages[2].content',
      'one of a string or array of objects',
    ),
    refuse(
      'are refused with arguments that are no JSON',
      [hello, calls(call('a', '{"a'))],
      'messages[1].tool_calls[0].function.arguments',
      'not valid JSON',
    ),
    refuse(
      'are refused with a list of arguments',
      [hello, calls(call('a', '[1]'))],
      'messages[1].tool_calls[0].function.arguments',
      'JSON object',
    ),
    refuse(
      'are refused with arguments that are an object',
      [hello, calls(call('a', {} as never))],
      'messages[1].tool_calls[0].function.arguments',
      'expected a string, but got an object',
    ),
    refuse(
      'are refused without an id',
      [hello, calls({ type: 'function', function: { name: 'x' } })],
      'messages[1].tool_calls[0].id',
      'Missing',
    ),
    refuse(
      'are refused without a function',
      [hello, calls({ id: 'a', type: 'function' })],
      'messages[1].tool_calls[0].function',
      'Missing',
    ),
    refuse(
      'are refused with an unknown type',
      [hello, calls({ id: 'a', type: 'mcp' })],
      'messages[1].tool_calls[0].type',
      "'function' and 'custom'",
    ),
    refuse(
      'are refused as a text',
      [hello, { role: 'assistant', tool_calls: 'look' }],
      'messages[1].tool_calls',
      'expected an array',
    ),
    refuse(
      'are refused with a signature that is a number',
      [hello, calls(call('a', '{}', 'look', extra(5)))],
      'messages[1].tool_calls[0].extra_content.google.thought_signature',
      'expected a string',
    ),
    refuse(
      'are refused with a signature that is no base64',
      [hello, calls(call('a', '{}', 'look', extra('!!')))],
      'messages[1].tool_calls[0].extra_content.google.thought_signature',
      'base64',
    ),
    refuse(
      'are refused in the deprecated form without a result',
      [hello, { role: 'assistant', function_call: { name: 'x', arguments: '' } }, says('user', 'y')],
      'messages[1].function_call',
      'must be followed by a function message',
    ),
    refuse(
      'are refused in the deprecated form by another name',
      [
        hello,
        { role: 'assistant', function_call: { name: 'x', arguments: '' } },
        { role: 'function', name: 'y', content: '' },
      ],
      'messages[2].name',
      "'y' does not answer",
    ),
    refuse(
      'are refused in the deprecated form where there was none',
      [hello, { role: 'function', name: 'y', content: '' }],
      'messages[1].role',
      'function_call',
    ),
  ])
})
