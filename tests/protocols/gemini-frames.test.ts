import { expect, test } from 'bun:test'
import { readAnswerFacts, readWholeAnswer } from '#src/protocols/gemini/answer-facts.ts'
import { arrayFrames } from '#src/protocols/gemini/array-frames.ts'
import type { FrameReader } from '#src/protocols/gemini/frames.ts'
import { sseFrames } from '#src/protocols/gemini/sse-frames.ts'

const events = [
  {
    candidates: [
      { content: { parts: [{ text: 'a "quoted" \\ word, ], } and \n\n breaks — ünïcode' }], role: 'model' }, index: 0 },
    ],
  },
  { candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: { data: 'data: x' } } }] } }] },
  { candidates: [{ content: {}, finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 3 } },
]

const feed = (reader: FrameReader, pieces: readonly Buffer[]) => {
  const seen: unknown[] = []
  const passed = pieces.flatMap(piece => {
    const bytes = reader.push(piece, (all, start, end) => seen.push(JSON.parse(all.toString('utf8', start, end))))
    return bytes === null ? [] : [Buffer.from(bytes)]
  })
  return { seen, passed: Buffer.concat(passed).toString(), rest: reader.rest().toString() }
}

const forms = [
  [
    'server-sent events with CRLF',
    sseFrames,
    events.map(event => `data: ${JSON.stringify(event)}\r\n\r\n`).join(''),
    '',
  ],
  [
    'server-sent events with LF and comments',
    sseFrames,
    `: hello\n\n${events.map(event => `data:${JSON.stringify(event)}\n\n`).join('')}`,
    '',
  ],
  ['a JSON array', arrayFrames, `[${events.map(event => JSON.stringify(event, null, 2)).join(',\r\n')}\n]`, '\n]'],
  ['a compact JSON array', arrayFrames, JSON.stringify(events), ']'],
] as const

test.each(forms)('%s cut at every byte gives the same events and the same bytes', (_name, make, text, rest) => {
  const bytes = Buffer.from(text)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const result = feed(
      make(),
      [bytes.subarray(0, cut), bytes.subarray(cut)].filter(piece => piece.length > 0),
    )
    expect(result).toEqual({ seen: events, passed: text.slice(0, text.length - rest.length), rest })
  }
})

test.each(forms)('%s byte by byte gives the same events and the same bytes', (_name, make, text, rest) => {
  const bytes = [...Buffer.from(text)].map(byte => Buffer.from([byte]))
  expect(feed(make(), bytes)).toEqual({ seen: events, passed: text.slice(0, text.length - rest.length), rest })
})

test('half an event stays behind', () => {
  const half = 'data: {"a":1}\r\n\r\ndata: {"b":'
  expect(feed(sseFrames(), [Buffer.from(half)])).toEqual({
    seen: [{ a: 1 }],
    passed: 'data: {"a":1}\r\n\r\n',
    rest: 'data: {"b":',
  })
  expect(feed(arrayFrames(), [Buffer.from('[{"a":1},\r\n{"b"')])).toEqual({
    seen: [{ a: 1 }],
    passed: '[{"a":1}',
    rest: ',\r\n{"b"',
  })
})

const facts = (value: unknown) => {
  const { usage: _usage, hasError: _hasError, ...rest } = readAnswerFacts(JSON.stringify(value, null, 2))
  return rest
}

test.each([
  ['text', { text: 'x' }, { visible: true, thought: false }],
  ['empty text with a signature', { text: '', thoughtSignature: 'abc' }, { visible: false, thought: false }],
  ['a thought', { text: 'hm', thought: true }, { visible: false, thought: true }],
  ['text that is said not to be a thought', { text: 'x', thought: false }, { visible: true, thought: false }],
  ['a call', { functionCall: { name: 'f' } }, { visible: true, thought: false }],
  ['data', { inlineData: { mimeType: 'image/png', data: 'AA' } }, { visible: true, thought: false }],
  ['something new', { hologram: {} }, { visible: true, thought: false }],
])('a part with %s', (_name, part, expected) => {
  expect(facts({ candidates: [{ content: { parts: [part] } }] })).toEqual({
    ...expected,
    finishReason: null,
    blockReason: null,
  })
})

test('names inside text or arguments are not taken for the answer itself', () => {
  const part = { functionCall: { name: 'f', args: { finishReason: 'STOP', error: {} } } }
  const answer = { candidates: [{ content: { parts: [part, { text: '"finishReason":"SAFETY"' }] } }] }
  expect(facts(answer)).toEqual({ visible: true, thought: false, finishReason: null, blockReason: null })
})

test('the end, the block, the usage and an error are found', () => {
  const answer = {
    promptFeedback: { safetyRatings: [], blockReason: 'SAFETY' },
    candidates: [{ finishReason: 'MAX_TOKENS' }],
    usageMetadata: {
      promptTokenCount: 20,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 5,
      cachedContentTokenCount: 1,
      totalTokenCount: 27,
    },
  }
  expect(readAnswerFacts(JSON.stringify(answer))).toEqual({
    visible: false,
    thought: false,
    finishReason: 'MAX_TOKENS',
    blockReason: 'SAFETY',
    usage: { promptTokens: 20, outputTokens: 2, thoughtTokens: 5, cachedTokens: 1, totalTokens: 27 },
    hasError: false,
  })
  expect(readAnswerFacts('{"error":{"code":503}}').hasError).toBe(true)
})

test.each(['{"candidates":{}}', '{"candidates":[null,7,{"content":{"parts":[null,"x"]}}]}'])(
  'an answer of another shape says nothing: %s',
  text => {
    expect(readAnswerFacts(text)).toMatchObject({ visible: false, thought: false, finishReason: null, hasError: false })
  },
)

test.each(['<html>', 'null', '7', '[]'])('what is no JSON object is told: %s', text => {
  expect(() => readAnswerFacts(text)).toThrow(SyntaxError)
})

const largeAnswer = (text: string) => ({
  candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 20, totalTokenCount: 27 },
  responseId: 'r',
})

test.each([0, 2])('a large answer is visible, and its token counts are found (%d spaces)', spaces => {
  const text = 'says "usageMetadata": {"totalTokenCount": 1} and so on, '.repeat(1000)
  expect(readWholeAnswer(Buffer.from(JSON.stringify(largeAnswer(text), null, spaces)))).toMatchObject({
    visible: true,
    usage: { promptTokens: 20, outputTokens: null, totalTokens: 27 },
  })
})

test('a small answer is read whole, and a large one that is no JSON object is told', () => {
  expect(readWholeAnswer(Buffer.from(JSON.stringify(largeAnswer(''))))).toMatchObject({
    visible: false,
    finishReason: 'STOP',
  })
  expect(() => readWholeAnswer(Buffer.from('<p>'.repeat(20_000)))).toThrow(SyntaxError)
  expect(() => readWholeAnswer(Buffer.from(`{"a":"${'x'.repeat(40_000)}`))).toThrow(SyntaxError)
})
