import { expect, test } from 'bun:test'
import { toChatCompletion } from '#src/protocols/openai/answer/to-chat-completion.ts'
import { answerOf, choicesOf, contextOf, type Members, messageOf } from './_answer.ts'

test('a whole answer is a chat.completion of the model as the client wrote it', () => {
  const answer = {
    ...answerOf([{ text: 'Hello' }, { text: ' you', thoughtSignature: 'c2ln' }]),
    modelVersion: 'gemini-3.8-flash',
    usageMetadata: {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      cachedContentTokenCount: 4,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      totalTokenCount: 25,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 2 },
        { modality: 'AUDIO', tokenCount: 8 },
      ],
      serviceTier: 'STANDARD',
    },
  }
  expect(toChatCompletion(answer, contextOf().context)).toEqual({
    id: 'chatcmpl-r1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'my-model',
    system_fingerprint: 'gemini-3.8-flash',
    service_tier: 'default',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello you', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 15,
      completion_tokens: 10,
      total_tokens: 25,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
  })
})

test('without a responseId the fallback id stands in', () => {
  const { responseId: _, ...answer } = answerOf([{ text: 'x' }])
  expect(toChatCompletion(answer, contextOf().context).id).toBe('chatcmpl-fallback')
})

const reasons: readonly (readonly [google: string, whenSaid: string])[] = [
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_OTHER', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['NO_IMAGE', 'content_filter'],
  ['A_REASON_OF_NEXT_YEAR', 'stop'],
]

for (const [google, openai] of reasons) {
  test(`an answer with content that ends with ${google} ends as ${openai}`, () => {
    expect(choicesOf(answerOf([{ text: 'x' }], google))[0]?.finish_reason as string).toBe(openai)
  })
}

const failures = [
  'OTHER',
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'MALFORMED_RESPONSE',
]

for (const google of failures) {
  test(`an answer that breaks off with ${google} is an error, and whole calls before it are calls`, () => {
    expect(() => choicesOf(answerOf([{ text: 'half of' }], google))).toThrow(
      expect.objectContaining({
        errorCode: 'upstream-cut',
        message: `The model broke off its answer: it ended with ${google}.`,
      }),
    )
    const [choice] = choicesOf(answerOf([{ text: 'x' }, { functionCall: { name: 'f', args: {} } }], google))
    expect(choice?.finish_reason as string).toBe('tool_calls')
  })
}

for (const google of [...failures, ...reasons.flatMap(([name, openai]) => (openai === 'stop' ? [name] : []))]) {
  test(`an answer without content that ends with ${google} is an error, never an empty stop`, () => {
    for (const parts of [[], [{ text: '' }], [{ text: 'only a thought', thought: true }]]) {
      expect(() => choicesOf(answerOf(parts, google))).toThrow(
        expect.objectContaining({
          errorCode: 'upstream-empty',
          message:
            google === 'STOP' ? 'The model gave no answer.' : `The model gave no answer: it ended with ${google}.`,
        }),
      )
    }
  })
}

for (const [google] of reasons.filter(([, openai]) => openai === 'content_filter')) {
  test(`an answer without content that ends with ${google} is a refusal in words`, () => {
    const [choice] = choicesOf(answerOf([], google, { finishMessage: 'No.' }))
    expect(choice).toEqual({
      index: 0,
      message: { role: 'assistant', content: null, refusal: `Google's filters stopped the answer: ${google} (No.).` },
      logprobs: null,
      finish_reason: 'content_filter',
    })
  })
}

test('a blocked prompt is one choice that refuses', () => {
  const answer = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 4 } }
  expect(choicesOf(answer)).toEqual([
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: "Google's filters blocked the request: PROHIBITED_CONTENT.",
      },
      logprobs: null,
      finish_reason: 'content_filter',
    },
  ])
})

test('an answer without candidates is an error', () => {
  for (const answer of [
    {},
    { candidates: [] },
    { usageMetadata: { promptTokenCount: 1 } },
    { candidates: [null, 3] },
  ]) {
    expect(() => choicesOf(answer)).toThrow(expect.objectContaining({ errorCode: 'upstream-empty' }))
  }
})

test('a budget that thoughts ate up is a length, with empty content', () => {
  for (const candidate of [{ content: {} }, { content: { parts: [] } }, {}]) {
    const [choice] = choicesOf({ candidates: [{ ...candidate, finishReason: 'MAX_TOKENS' }] })
    expect([choice?.finish_reason, choice?.message.content, choice?.message.refusal]).toEqual(['length', '', null])
  }
})

test('thoughts are reasoning_content and never content', () => {
  const answer = answerOf([{ text: 'Hm. ', thought: true }, { text: 'So.', thought: true }, { text: 'Yes' }])
  expect(messageOf(answer)).toEqual({
    role: 'assistant',
    content: 'Yes',
    refusal: null,
    reasoning_content: 'Hm. So.',
  })
  expect(messageOf(answerOf([{ text: 'Yes' }]))).not.toHaveProperty('reasoning_content')
})

const rome = { functionCall: { name: 'weather', args: { city: 'Rome' } } }

test('calls have ids of their own, arguments as text and their signature, and the content is null', () => {
  const { context, signatures } = contextOf({ toClientName: name => `the ${name}` })
  const answer = answerOf([
    { functionCall: { id: 'a', name: 'weather', args: { city: 'Rome' } }, thoughtSignature: 'c2ln' },
    rome,
    { functionCall: { name: 'now' } },
    { functionCall: { id: 'a', name: 'now', args: {} } },
    { text: '', thoughtSignature: 'b3RoZXI=' },
  ])
  const toolCall = (id: string, name: string, args: string) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  })
  expect(toChatCompletion(answer, context).choices).toEqual([
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [
          {
            ...toolCall('a', 'the weather', '{"city":"Rome"}'),
            extra_content: { google: { thought_signature: 'c2ln' } },
          },
          toolCall('call_new1', 'the weather', '{"city":"Rome"}'),
          toolCall('call_new2', 'the now', '{}'),
          toolCall('call_new3', 'the now', '{}'),
        ],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ])
  expect(signatures).toEqual([['a', 'c2ln']])
})

test('text beside a call stays content', () => {
  const [choice] = choicesOf(answerOf([{ text: 'Let me look.' }, rome]))
  expect([choice?.message.content, choice?.finish_reason]).toEqual(['Let me look.', 'tool_calls'])
})

test('a limit and a filter are told even beside a call', () => {
  expect(choicesOf(answerOf([rome], 'MAX_TOKENS'))[0]?.finish_reason).toBe('length')
  expect(choicesOf(answerOf([rome], 'SAFETY'))[0]?.finish_reason).toBe('content_filter')
})

test('a custom tool gets its text, by its own name', () => {
  const manner = { customTools: new Set(['run_code']), toClientName: () => 'run code' }
  const answer = answerOf([{ functionCall: { id: 'c', name: 'run_code', args: { input: 'print(1)\n' } } }])
  expect(messageOf(answer, manner).tool_calls).toEqual([
    { id: 'c', type: 'custom', custom: { name: 'run code', input: 'print(1)\n' } },
  ])
  const strange = answerOf([{ functionCall: { id: 'c', name: 'run_code', args: { other: 1 } } }])
  expect(messageOf(strange, manner).tool_calls).toEqual([
    { id: 'c', type: 'custom', custom: { name: 'run code', input: '{"other":1}' } },
  ])
})

test('the deprecated form has one function_call and its own reason to finish', () => {
  const [choice] = choicesOf(answerOf([rome, rome]), { callForm: 'functions' })
  expect(choice).toEqual({
    index: 0,
    message: {
      role: 'assistant',
      content: null,
      refusal: null,
      function_call: { name: 'weather', arguments: '{"city":"Rome"}' },
    },
    logprobs: null,
    finish_reason: 'function_call',
  })
})

test('without parallel calls the first is passed on and the others are not told of', () => {
  const { context, signatures } = contextOf({ isOneCallOnly: true })
  const [choice] = toChatCompletion(answerOf([rome, { ...rome, thoughtSignature: 'eA==' }]), context)
    .choices as readonly { message: Members }[]
  expect(choice?.message.tool_calls).toHaveLength(1)
  expect(signatures).toEqual([])
})

test('several candidates are choices in the order of their indices, with ids of calls that differ', () => {
  const candidate = (text: string, more: Members) => ({
    content: { parts: [{ text }, { functionCall: { id: 'same', name: 'f' } }] },
    finishReason: 'STOP',
    ...more,
  })
  const choices = choicesOf({
    candidates: [candidate('b', { index: 1 }), candidate('a', { index: 0 }), candidate('c', {})],
  })
  expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ])
  const ids = choices.map(({ message }) => (message.tool_calls as { id: string }[])[0]?.id)
  expect(new Set(ids).size).toBe(3)
})

test('one choice with content is enough for an answer; an empty one beside it is an empty stop', () => {
  const choices = choicesOf({
    candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }, { finishReason: 'OTHER' }],
  })
  expect(choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual([
    ['a', 'stop'],
    ['', 'stop'],
  ])
})

const blocks: readonly (readonly [what: string, parts: readonly Members[], content: string])[] = [
  [
    'a picture alone',
    [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
    '![image](data:image/png;base64,AAAA)',
  ],
  [
    'pictures between text',
    [
      { text: 'See:' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { inlineData: { mimeType: 'image/jpeg', data: 'BBBB' } },
      { text: 'Nice.' },
    ],
    'See:\n\n![image](data:image/png;base64,AAAA)\n\n![image](data:image/jpeg;base64,BBBB)\n\nNice.',
  ],
  [
    'code and its output',
    [
      { executableCode: { language: 'PYTHON', code: 'print(1)' } },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } },
      { text: 'One.' },
    ],
    '```python\nprint(1)\n```\n\n```\n1\n```\n\nOne.',
  ],
  [
    'code that failed in silence',
    [{ codeExecutionResult: { outcome: 'OUTCOME_DEADLINE_EXCEEDED' } }],
    '```\nOUTCOME_DEADLINE_EXCEEDED\n```',
  ],
  [
    'code that holds a fence',
    [{ executableCode: { language: 'LANGUAGE_UNSPECIFIED', code: '"""\n```\n"""' } }],
    '````\n"""\n```\n"""\n````',
  ],
  ['a video', [{ inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }], '[video](data:video/mp4;base64,AAAA)'],
  [
    'a picture that is a thought',
    [{ inlineData: { mimeType: 'image/png', data: 'AAAA' }, thought: true }, { text: 'x' }],
    'x',
  ],
  ['what nobody knows', [{ toolCall: { id: '1' } }, { text: 'x' }, { partMetadata: {} }], 'x'],
]

for (const [what, parts, content] of blocks) {
  test(`${what} in the content`, () => {
    expect(messageOf(answerOf(parts)).content).toBe(content)
  })
}

test('logprobs are told token by token, with the bytes of each', () => {
  const [choice] = choicesOf(
    answerOf([{ text: 'Hé' }], 'STOP', {
      logprobsResult: {
        chosenCandidates: [
          { token: 'H', tokenId: 1, logProbability: -0.5 },
          { token: 'é', tokenId: 2, logProbability: -1 },
        ],
        topCandidates: [{ candidates: [{ token: 'H', logProbability: -0.5 }] }],
      },
    }),
  )
  expect(choice?.logprobs as unknown).toEqual({
    content: [
      { token: 'H', logprob: -0.5, bytes: [72], top_logprobs: [{ token: 'H', logprob: -0.5, bytes: [72] }] },
      { token: 'é', logprob: -1, bytes: [195, 169], top_logprobs: [] },
    ],
    refusal: null,
  })
})
