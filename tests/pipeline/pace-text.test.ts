import { expect, test } from 'bun:test'
import type { GeminiAnswer } from '#pipeline/exchange.ts'
import { paceText } from '#pipeline/pace-text.ts'
import { rewriteEvents } from '#pipeline/rewrite-events.ts'

const settings = {
  STREAM_OPTIMIZER_ENABLED: true,
  STREAM_MIN_DELAY: 0.016,
  STREAM_MAX_DELAY: 0.024,
  STREAM_SHORT_TEXT_THRESHOLD: 10,
  STREAM_LONG_TEXT_THRESHOLD: 50,
  STREAM_CHUNK_SIZE: 20,
}

const pace = async (event: GeminiAnswer) => {
  const pieces: GeminiAnswer[] = []
  const waits: number[] = []
  for await (const piece of paceText(event, settings, async milliseconds => void waits.push(milliseconds)))
    pieces.push(piece)
  return { pieces, waits }
}

const textEvent = (text: string, more: object = {}, beside: object = {}) => ({
  candidates: [{ content: { parts: [{ text, ...beside }], role: 'model' }, index: 0, ...more }],
  usageMetadata: { totalTokenCount: 9 },
  responseId: 'r',
})

test('short text goes out by characters as people see them, and what stands beside it goes once, at the end', async () => {
  const { pieces, waits } = await pace(textEvent('é👨‍👩‍👧!', { finishReason: 'STOP' }, { thoughtSignature: 's' }))
  const small = (text: string) => ({
    responseId: 'r',
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] } }],
  })
  expect(pieces).toEqual([
    small('é'),
    small('👨‍👩‍👧'),
    textEvent('!', { finishReason: 'STOP' }, { thoughtSignature: 's' }),
  ])
  expect(waits).toEqual([24, 24])
})

test('long text goes out in larger pieces with shorter pauses', async () => {
  const { pieces, waits } = await pace(textEvent('x'.repeat(50)))
  expect(pieces.length).toBe(3)
  expect(waits).toEqual([16, 16])
})

test.each([
  ['a call', { candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] }],
  ['two parts', { candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] }],
  ['no candidates', { usageMetadata: {} }],
])('an event with %s is left alone', async (_name, event) => {
  expect(await pace(event)).toEqual({ pieces: [event], waits: [] })
})

const sourceOf = (chunks: readonly string[]) => {
  const left = chunks.map(chunk => Buffer.from(chunk))
  return { read: async () => left.shift() ?? null, cancel: () => {} }
}

const readAll = async (source: { read: () => Promise<Buffer | null> }) => {
  let text = ''
  for (let bytes = await source.read(); bytes !== null; bytes = await source.read()) text += bytes.toString()
  return text
}

test('rewritten events keep the form of the stream', async () => {
  const twice = (event: GeminiAnswer) => [event, { again: event.n }]
  const events = rewriteEvents(sourceOf(['data: {"n":1}\r\n\r\n', 'data: {"n":2}\r\n\r\n']), 'sse', twice)
  expect(await readAll(events)).toBe(
    [{ n: 1 }, { again: 1 }, { n: 2 }, { again: 2 }].map(event => `data: ${JSON.stringify(event)}\r\n\r\n`).join(''),
  )
  const array = rewriteEvents(sourceOf(['[{"n":1}', ',\r\n{"n":2}', ']']), 'array', twice)
  expect(JSON.parse(await readAll(array))).toEqual([{ n: 1 }, { again: 1 }, { n: 2 }, { again: 2 }])
  expect(JSON.parse(await readAll(rewriteEvents(sourceOf(['[', ']']), 'array', twice)))).toEqual([])
})
