import { expect, test } from 'bun:test'
import { appendSources } from '#src/protocols/gemini/source-links.ts'

const web = (uri: string, title?: string) => ({ web: { uri, title } })

const event = (
  parts: readonly object[],
  { chunks, finishReason, index }: { chunks?: readonly object[]; finishReason?: string; index?: number } = {},
) => ({
  candidates: [
    {
      content: { role: 'model', parts },
      ...(finishReason === undefined ? {} : { finishReason }),
      ...(index === undefined ? {} : { index }),
      ...(chunks === undefined ? {} : { groundingMetadata: { groundingChunks: chunks } }),
    },
  ],
})

const textsOf = (answer: Readonly<Record<string, unknown>>): readonly unknown[] =>
  (answer.candidates as { content: { parts: { text?: string }[] } }[]).flatMap(({ content }) =>
    content.parts.map(({ text }) => text),
  )

const list = (...links: readonly string[]) => `\n\n---\n\n**Sources**\n\n${links.join('\n')}\n`

const one = web('https://a.example/x', 'a.example')

test('a whole answer ends with its sources, as a part of its own', () => {
  const answer = event([{ text: 'words' }], { chunks: [one, web('http://b.example/y')], finishReason: 'STOP' })
  expect(appendSources()(answer)).toEqual({
    candidates: [
      {
        content: {
          role: 'model',
          parts: [
            { text: 'words' },
            { text: list('- [a.example](https://a.example/x)', '- [b.example](http://b.example/y)') },
          ],
        },
        finishReason: 'STOP',
        groundingMetadata: { groundingChunks: [one, web('http://b.example/y')] },
      },
    ],
  })
})

test('the sources of all events are told once, where the stream ends', () => {
  const through = appendSources()
  const two = web('https://b.example/', 'B')
  const first = event([{ text: 'some ' }], { chunks: [one] })
  expect(through(first)).toBe(first)
  const second = event([{ text: 'words' }], { chunks: [one, two] })
  expect(through(second)).toBe(second)
  expect(textsOf(through(event([{ text: '' }], { finishReason: 'STOP' })))).toEqual([
    '',
    list('- [a.example](https://a.example/x)', '- [B](https://b.example/)'),
  ])
  const late = event([{ text: '' }], { chunks: [one], finishReason: 'STOP' })
  expect(through(late)).toBe(late)
  const usage = { usageMetadata: { totalTokenCount: 3 } }
  expect(through(usage)).toBe(usage)
})

test('an end without content gets its sources all the same', () => {
  const through = appendSources()
  through(event([{ text: 'words' }], { chunks: [one] }))
  expect(through({ candidates: [{ finishReason: 'MAX_TOKENS' }] })).toEqual({
    candidates: [
      {
        finishReason: 'MAX_TOKENS',
        content: { role: 'model', parts: [{ text: list('- [a.example](https://a.example/x)') }] },
      },
    ],
  })
})

test('every candidate has sources of its own', () => {
  const through = appendSources()
  through(event([{ text: 'a' }], { index: 0, chunks: [one] }))
  through(event([{ text: 'b' }], { index: 1, chunks: [web('https://b.example/', 'B')] }))
  expect(textsOf(through(event([], { index: 1, finishReason: 'STOP' })))).toEqual([list('- [B](https://b.example/)')])
  expect(textsOf(through(event([], { index: 0, finishReason: 'STOP' })))).toEqual([
    list('- [a.example](https://a.example/x)'),
  ])
})

test.each([
  [
    'no web sources',
    event([{ text: 'a' }], { chunks: [{ maps: { uri: 'https://a.example' } }], finishReason: 'STOP' }),
  ],
  ['a function call', event([{ text: 'a' }, { functionCall: { name: 'f' } }], { chunks: [one], finishReason: 'STOP' })],
  ['no text', event([{ text: 'a', thought: true }], { chunks: [one], finishReason: 'STOP' })],
  ['a bad end', event([{ text: 'a' }], { chunks: [one], finishReason: 'SAFETY' })],
  ['nothing that is understood', { candidates: [null, 7, { finishReason: 'STOP', groundingMetadata: [] }] }],
  ['no list of candidates', { candidates: {} }],
])('an answer with %s is left as it is', (_what, answer) => {
  expect(appendSources()(answer)).toBe(answer)
})

test.each([
  [web('https://a.example/', '](javascript:alert(1)) [x'), '- [\\](javascript:alert(1)) \\[x](https://a.example/)'],
  [web('https://a.example/', '<img src=x onerror=y>'), '- [&lt;img src=x onerror=y&gt;](https://a.example/)'],
  [web('https://a.example/', 'a\n\n# b\u202e\u0000`c`'), '- [a # b \\`c\\`](https://a.example/)'],
  [web('https://a.example/', 'A&lt;b **x** \\'), '- [A&amp;lt;b \\*\\*x\\*\\* \\\\](https://a.example/)'],
  [web('https://a.example/x)\n<script>?q=(1)', 'a'), '- [a](https://a.example/x%29%3Cscript%3E?q=%281%29)'],
  [web('https://a.example/', ' \n '), '- [a.example](https://a.example/)'],
  [web('https://a.example/', 'x'.repeat(500)), `- [${'x'.repeat(200)}](https://a.example/)`],
])('%j cannot break out of its link', (chunk, link) => {
  expect(textsOf(appendSources()(event([{ text: 'a' }], { chunks: [chunk], finishReason: 'STOP' })))[1]).toBe(
    list(link),
  )
})

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'not an address', ''])(
  'what is no address of the web is no source: %s',
  uri => {
    const answer = event([{ text: 'a' }], { chunks: [web(uri, 'x')], finishReason: 'STOP' })
    expect(appendSources()(answer)).toBe(answer)
  },
)
