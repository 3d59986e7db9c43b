const usage = { promptTokenCount: 7, candidatesTokenCount: 9, totalTokenCount: 16 }

const text = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
})

const last = (parts: readonly object[], more: object = {}) => ({
  ...text(parts, { finishReason: 'STOP', ...more }),
  usageMetadata: usage,
  responseId: 'q1w2e3',
})

const chunk = (parts: readonly object[]) => ({ ...text(parts), responseId: 'q1w2e3' })

const call = (name: string, args: object, more: object = {}) => ({ functionCall: { name, args }, ...more })

const supported = 'Rom hat 🌞 heute.'

/** Events as Google sends them, by what is in them. */
const events: Readonly<Record<string, readonly object[]>> = {
  'text of one to four bytes': [
    chunk([{ text: 'Größe 天' }]),
    chunk([{ text: '気 🌍🏽' }]),
    last([{ text: '"\n\\ é' }]),
  ],
  'thoughts and a closing signature': [
    chunk([{ text: '**Hm** 🤔\n', thought: true }]),
    chunk([{ text: 'Ja' }]),
    last([{ text: '', thoughtSignature: 'EiAB/w==' }]),
  ],
  'calls at once': [
    chunk([{ text: 'I ask.' }]),
    last([
      call('get_a', { city: 'Köln 🏰' }, { thoughtSignature: 'EiAC/w==' }),
      call('get_b', { list: [1, { a: null }] }),
    ]),
  ],
  'sources of a search': [
    chunk([{ text: supported }]),
    last([{ text: ' Ende' }], {
      groundingMetadata: {
        webSearchQueries: ['Rom'],
        groundingChunks: [{ web: { uri: 'https://example.com/🌞', title: 'example.com' } }],
        groundingSupports: [
          {
            segment: { startIndex: 8, endIndex: Buffer.byteLength(supported), text: '🌞 heute.' },
            groundingChunkIndices: [0],
          },
        ],
      },
    }),
  ],
  'an error in its middle': [
    chunk([{ text: 'Half an 🍎' }]),
    { error: { code: 400, message: 'That is not right 🥵.', status: 'INVALID_ARGUMENT' } },
  ],
  'no end': [chunk([{ text: 'Half an 🍎' }]), chunk([{ text: ' and' }])],
}

/** Streams of Google to the byte, by what is in them. */
export const recorded: ReadonlyMap<string, Buffer> = new Map(
  Object.entries(events).map(([what, bodies]) => [
    what,
    Buffer.from(bodies.map(body => `data: ${JSON.stringify(body)}\r\n\r\n`).join('')),
  ]),
)
