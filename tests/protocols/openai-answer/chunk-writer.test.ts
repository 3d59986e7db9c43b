import { expect, test } from 'bun:test'
import { createChunkWriter } from '#src/protocols/openai/answer/chunk-writer.ts'
import { chunksOf, contextOf, deltasOf, type Members, streamOf } from './_answer.ts'

const event = (parts: readonly Members[], more: Members = {}): Members => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  responseId: 'r1',
})

const frame = (choice: Members, more: Members = {}) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-r1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'my-model',
    choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: null, ...choice }],
    ...more,
  })}\n\n`

test('a stream of text is written as OpenAI writes one', () => {
  const writer = createChunkWriter(contextOf().context)
  expect(writer.write(event([{ text: 'Hm', thought: true }]))).toBe(
    frame({ delta: { role: 'assistant', content: '' } }) + frame({ delta: { reasoning_content: 'Hm' } }),
  )
  expect(writer.write(event([{ text: 'He"y' }]))).toBe(frame({ delta: { content: 'He"y' } }))
  expect(writer.write(event([{ text: ' you' }], { finishReason: 'STOP' }))).toBe(frame({ delta: { content: ' you' } }))
  expect(writer.end()).toBe(`${frame({ finish_reason: 'stop' })}data: [DONE]\n\n`)
  expect(writer.end()).toBe('')
  expect(writer.write(event([{ text: 'late' }]))).toBe('')
})

test('text behind the reason to finish is not lost', () => {
  const text = streamOf([event([{ text: 'a' }], { finishReason: 'STOP' }), event([{ text: 'b' }])])
  expect(deltasOf(text)).toEqual([{ role: 'assistant', content: '' }, { content: 'a' }, { content: 'b' }, {}])
})

test('with usage asked for, each chunk has null and one more has the last that was told', () => {
  const text = streamOf(
    [
      { ...event([{ text: 'a' }]), usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } },
      {
        ...event([{ text: 'b' }], { finishReason: 'STOP' }),
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 },
      },
      { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 3 } },
    ],
    { includesUsage: true },
  )
  const chunks = chunksOf(text)
  expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null, null])
  expect(chunks.at(-1)?.choices).toEqual([])
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 })
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('without usage asked for, no chunk knows the word', () => {
  expect(streamOf([{ ...event([{ text: 'a' }], { finishReason: 'STOP' }), usageMetadata: {} }])).not.toContain(
    '"usage"',
  )
})

test('events that say nothing give nothing', () => {
  const writer = createChunkWriter(contextOf().context)
  const silent: readonly Members[] = [
    {},
    { usageMetadata: { promptTokenCount: 1 } },
    { candidates: [] },
    { candidates: 'x' },
    { candidates: [null, {}, { content: null }, { content: { parts: [{ text: '' }, null, 4] } }] },
    { promptFeedback: { safetyRatings: [] } },
    { somethingNew: { x: 1 } },
    event([{ text: '', thoughtSignature: 'c2ln' }]),
    { error: null },
  ]
  for (const one of silent) expect(writer.write(one)).toBe('')
  expect(writer.write(event([{ text: 'a' }], { finishReason: 'STOP' }))).toContain('"content":"a"')
  expect(writer.end()).toContain('[DONE]')
})

test('a call comes in two pieces, its signature on the first, and later signatures are not its own', () => {
  const { context, signatures } = contextOf()
  const writer = createChunkWriter(context)
  const text = [
    event([{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }]),
    event([{ functionCall: { id: 'own', name: 'g', args: {} } }]),
    event([{ text: '', thoughtSignature: 'b3RoZXI=' }], { finishReason: 'STOP' }),
  ]
    .map(one => writer.write(one))
    .concat(writer.end())
    .join('')
  expect(deltasOf(text)).toEqual([
    { role: 'assistant', content: '' },
    {
      tool_calls: [
        {
          index: 0,
          id: 'call_new1',
          type: 'function',
          function: { name: 'f', arguments: '' },
          extra_content: { google: { thought_signature: 'c2ln' } },
        },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    { tool_calls: [{ index: 1, id: 'own', type: 'function', function: { name: 'g', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    {},
  ])
  expect(chunksOf(text).at(-1)?.choices[0]?.finish_reason).toBe('tool_calls')
  expect(signatures).toEqual([['call_new1', 'c2ln']])
})

test('custom tools and the deprecated form come in two pieces, too', () => {
  const call = { functionCall: { id: 'c', name: 'f', args: { input: 'x' } } }
  const events = [event([call, call], { finishReason: 'STOP' })]
  expect(deltasOf(streamOf(events, { customTools: new Set(['f']), isOneCallOnly: true })).slice(1)).toEqual([
    { tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'f', input: '' } }] },
    { tool_calls: [{ index: 0, custom: { input: 'x' } }] },
    {},
  ])
  const text = streamOf(events, { callForm: 'functions' })
  expect(deltasOf(text).slice(1)).toEqual([
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{"input":"x"}' } },
    {},
  ])
  expect(chunksOf(text).at(-1)?.choices[0]?.finish_reason).toBe('function_call')
})

test('each choice counts its calls, has its role first and one reason to finish', () => {
  const both = (parts: readonly Members[], more: Members = {}) => ({
    candidates: [
      { content: { parts }, ...more },
      { content: { parts }, index: 1, ...more },
    ],
  })
  const text = streamOf([
    both([{ text: 'a' }]),
    both([{ functionCall: { name: 'f' } }]),
    both([{ functionCall: { name: 'f' } }], { finishReason: 'STOP' }),
  ])
  for (const index of [0, 1]) {
    const choices = chunksOf(text).flatMap(chunk => chunk.choices.filter(choice => choice.index === index))
    expect(choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    expect(choices.flatMap(({ finish_reason }) => finish_reason ?? [])).toEqual(['tool_calls'])
    expect(choices.flatMap(({ delta }) => delta.tool_calls?.map(call => call.index) ?? [])).toEqual([0, 0, 1, 1])
  }
})

test('what the first event tells of the answer stands in every chunk', () => {
  const text = streamOf([
    { ...event([{ text: 'a' }]), modelVersion: 'v1', usageMetadata: { serviceTier: 'flex' } },
    { ...event([{ text: 'b' }], { finishReason: 'STOP' }), responseId: 'r2', modelVersion: 'v2' },
  ])
  const heads = chunksOf(text).map(({ choices: _, ...head }) => JSON.stringify(head))
  expect(new Set(heads).size).toBe(1)
  expect(chunksOf(text)[0]).toMatchObject({ id: 'chatcmpl-r1', system_fingerprint: 'v1', service_tier: 'flex' })
})

test('logprobs stand beside the content that they are about', () => {
  const logprobsResult = { chosenCandidates: [{ token: 'a', logProbability: -1 }] }
  const text = streamOf([
    event([{ text: 'a' }], { logprobsResult }),
    event([], { logprobsResult, finishReason: 'STOP' }),
  ])
  const token = { token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }
  expect(chunksOf(text).map(({ choices }) => choices[0]?.logprobs as unknown)).toEqual([
    null,
    { content: [token], refusal: null },
    { content: [token], refusal: null },
  ])
})

test('a blocked prompt and a blocked answer are a refusal, then content_filter', () => {
  const blocked = [
    [{ promptFeedback: { blockReason: 'SAFETY' } }, "Google's filters blocked the request: SAFETY."],
    [event([], { finishReason: 'RECITATION' }), "Google's filters stopped the answer: RECITATION."],
  ] as const
  for (const [one, refusal] of blocked) {
    const text = streamOf([one])
    expect(deltasOf(text)).toEqual([{ role: 'assistant', content: '' }, { refusal }, {}])
    expect(chunksOf(text).at(-1)?.choices[0]?.finish_reason).toBe('content_filter')
  }
})

test('a budget that thoughts ate up ends as a length', () => {
  const text = streamOf([event([], { finishReason: 'MAX_TOKENS' })])
  expect(deltasOf(text)).toEqual([{ role: 'assistant', content: '' }, {}])
  expect(chunksOf(text).at(-1)?.choices[0]?.finish_reason).toBe('length')
})

test('a stream without a reason to finish is cut, for every choice', () => {
  const half: readonly (readonly Members[])[] = [
    [],
    [{ usageMetadata: { promptTokenCount: 1 } }],
    [event([{ text: 'a' }])],
    [event([{ text: 'a' }], { index: 1 }), event([{ text: 'a' }], { finishReason: 'STOP' })],
  ]
  for (const events of half) {
    expect(() => streamOf(events)).toThrow(expect.objectContaining({ errorCode: 'upstream-cut' }))
  }
})

test('a stream that ends with nothing to show is an error', () => {
  for (const parts of [[], [{ text: 'Hm', thought: true }]]) {
    expect(() => streamOf([event(parts, { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'x()' })])).toThrow(
      expect.objectContaining({
        errorCode: 'upstream-empty',
        message: 'The model gave no answer: it ended with MALFORMED_FUNCTION_CALL (x()).',
      }),
    )
  }
})

test("an error in mid-stream is OpenAI's error event, with nothing behind it", () => {
  const writer = createChunkWriter(contextOf().context)
  writer.write(event([{ text: 'a' }]))
  expect(writer.write({ error: { code: 503, message: 'Busy.', status: 'UNAVAILABLE' } })).toBe(
    'data: {"error":{"message":"Busy.","type":"server_error","param":null,"code":"service_unavailable","status":"UNAVAILABLE"}}\n\n',
  )
  expect(writer.write(event([{ text: 'b' }], { finishReason: 'STOP' }))).toBe('')
  expect(writer.end()).toBe('')
})
