import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { APIError } from 'openai'
import { Stream } from 'openai/core/streaming'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { openaiErrorFrame } from '#src/protocols/openai/write-error.ts'
import { addUp, choicesOf, type Members, streamOf } from './_answer.ts'

const word = fc.string({
  unit: fc.constantFrom('a', 'ß', '🎉', '\n', '"', '\\', ' ', '語'),
  minLength: 1,
  maxLength: 8,
})

const part: fc.Arbitrary<Members> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ text: word }) },
  fc.record({ text: word, thought: fc.constant(true) }),
  fc.record(
    {
      functionCall: fc.record({ name: fc.constantFrom('f', 'g'), args: fc.dictionary(word, word) }),
      thoughtSignature: word,
    },
    { requiredKeys: ['functionCall'] },
  ),
  fc.record({ functionCall: fc.record({ id: fc.constantFrom('x', 'y'), name: fc.constant('f') }) }),
  fc.constant({ text: '', thoughtSignature: 'c2ln' }),
  fc.constant({ inlineData: { mimeType: 'image/png', data: 'AAAA' } }),
  fc.constant({ executableCode: { language: 'PYTHON', code: 'print(1)' } }),
  fc.record({
    inlineData: fc.record({
      mimeType: fc.constant('audio/L16;codec=pcm;rate=24000'),
      data: fc.uint8Array({ minLength: 2, maxLength: 14 }).map(bytes => Buffer.from(bytes).toString('base64')),
    }),
  }),
)

const manner = fc.constantFrom<NonNullable<Parameters<typeof streamOf>[1]>>(
  {},
  { includesUsage: true },
  { isOneCallOnly: true },
  { callForm: 'functions' },
  { customTools: new Set(['f']) },
  { audioFormat: 'pcm16' },
  { audioFormat: 'wav' },
)

/** Cuts the texts of the parts at some code points, and the row of pieces into events. */
const split = (parts: readonly Members[], cuts: readonly boolean[]): readonly (readonly Members[])[] => {
  let next = 0
  const isCut = () => cuts[next++ % cuts.length] === true
  const events: Members[][] = [[]]
  for (const one of parts) {
    if (isCut()) events.push([])
    const { text, ...rest } = one
    if (typeof text !== 'string') {
      events.at(-1)?.push(one)
      continue
    }
    let piece = ''
    for (const letter of text) {
      if (piece !== '' && isCut()) {
        events.at(-1)?.push({ ...rest, text: piece })
        events.push([])
        piece = ''
      }
      piece += letter
    }
    events.at(-1)?.push({ ...rest, text: piece })
  }
  return events
}

/** Neighbours of one kind are one part, as Google sends a whole answer; so that parts can be told apart in a stream. */
const joined = (parts: readonly Members[]): readonly Members[] =>
  parts.reduce<Members[]>((all, one) => {
    const last = all.at(-1)
    if (typeof last?.text === 'string' && typeof one.text === 'string' && last.thought === one.thought) {
      all[all.length - 1] = { ...last, text: last.text + one.text }
    } else all.push(one)
    return all
  }, [])

/** Points at the whole text of each part, by its number; without words to find it by. */
const groundingOf = (parts: readonly Members[]) => ({
  groundingChunks: [{ web: { uri: 'https://a/', title: 'A' } }, { web: { uri: 'https://b/', title: 'B' } }],
  groundingSupports: parts.flatMap(({ text, thought }, partIndex) =>
    typeof text === 'string' && text !== '' && thought !== true
      ? [{ segment: { partIndex, startIndex: 0, endIndex: Buffer.byteLength(text) }, groundingChunkIndices: [0] }]
      : [],
  ),
})

/** An opening delta has empty content where a whole message of calls alone has null, as with OpenAI. */
const normal = (message: Members) => ({ refusal: null, ...message, content: message.content || null })

test('any split of an answer into events adds up, in the openai package, to the whole answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      manner,
      fc.boolean(),
      async (drawn, cuts, how, isGrounded) => {
        const parts = joined([...drawn, { text: 'end' }])
        // The package throws annotations away where it finds a function_call.
        const groundingMetadata = isGrounded && how.callForm !== 'functions' ? groundingOf(parts) : undefined
        const last = { finishReason: 'STOP', groundingMetadata }
        const events = split(parts, cuts)
        const whole = choicesOf({ candidates: [{ content: { parts }, ...last }], responseId: 'r1' }, how)
        const text = streamOf(
          events.map((some, index) => ({
            candidates: [{ content: { parts: some }, ...(index === events.length - 1 && last) }],
            responseId: 'r1',
          })),
          how,
        )
        const added = await addUp(text)
        expect(added.map(choice => ({ ...choice, message: normal(choice.message) }))).toEqual(
          whole.map(choice => ({ ...choice, message: normal(choice.message) })),
        )
      },
    ),
    { numRuns: 500 },
  )
})

test('what is written for an event depends on that event alone, however long the stream', () => {
  const event = (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }], responseId: 'r1' })
  const events = Array.from({ length: 10_000 }, () => event('word '))
  const text = streamOf([...events, { candidates: [{ finishReason: 'STOP' }] }])
  const lengths = new Set(
    text
      .split('\n\n')
      .slice(1, -3)
      .map(frame => frame.length),
  )
  expect(lengths.size).toBe(1)
})

test('the openai package raises an error frame', async () => {
  const frame = openaiErrorFrame(new GatewayError('upstream-cut', 'Cut.'))
  const read = async () => await Array.fromAsync(Stream.fromSSEResponse(new Response(frame), new AbortController()))
  const failure = await read().catch(error => error)
  expect(failure).toBeInstanceOf(APIError)
  expect(String(failure)).toContain('Cut.')
})
