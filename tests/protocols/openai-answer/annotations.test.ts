import { expect, test } from 'bun:test'
import { answerOf, deltasOf, type Members, messageOf, streamOf } from './_answer.ts'

const web = (name: string) => ({ web: { uri: `https://${name}/`, title: name } })

const support = (startIndex: number, text: string, chunks: readonly number[], partIndex?: number) => ({
  segment: {
    startIndex,
    endIndex: startIndex + Buffer.byteLength(text),
    text,
    ...(partIndex !== undefined && { partIndex }),
  },
  groundingChunkIndices: chunks,
})

type Annotation = {
  readonly url_citation: { readonly start_index: number; readonly end_index: number; readonly url: string }
}

/** What each annotation points at, by code points as a Python program would. */
const quotes = ({ content, annotations }: Members) => {
  const letters = [...String(content)]
  return (annotations as readonly Annotation[]).map(
    ({ url_citation: { start_index, end_index, url } }) =>
      [letters.slice(start_index, end_index).join(''), url] as const,
  )
}

const grounded = (parts: readonly Members[], groundingMetadata: Members) =>
  messageOf(answerOf(parts, 'STOP', { groundingMetadata }))

test('an annotation has the form that OpenAI gives it', () => {
  const message = grounded([{ text: 'Rome is old.' }], {
    groundingChunks: [{ web: { uri: 'https://a/', title: 'A' } }],
    groundingSupports: [support(0, 'Rome', [0])],
  })
  expect(message.annotations).toEqual([
    { type: 'url_citation', url_citation: { start_index: 0, end_index: 4, url: 'https://a/', title: 'A' } },
  ])
})

test('bytes become code points where letters take several of them', () => {
  const text = 'Über 🎉 Zürich: schön.'
  const start = Buffer.byteLength('Über 🎉 ')
  const message = grounded([{ text }], {
    groundingChunks: [web('a'), web('b')],
    groundingSupports: [support(0, 'Über 🎉', [0]), support(start, 'Zürich: schön.', [1, 0, 0])],
  })
  expect(quotes(message)).toEqual([
    ['Über 🎉', 'https://a/'],
    ['Zürich: schön.', 'https://b/'],
    ['Zürich: schön.', 'https://a/'],
  ])
})

test('places count in their part, also behind thoughts, calls and pictures', () => {
  const parts = [
    { text: 'ünder thought', thought: true },
    { text: 'Först.' },
    { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
    { text: 'Zwölf Böxkämpfer.' },
  ]
  const message = grounded(parts, {
    groundingChunks: [web('a'), web('b')],
    groundingSupports: [support(0, 'Först.', [0], 1), support(Buffer.byteLength('Zwölf '), 'Böxkämpfer', [1], 3)],
  })
  expect(quotes(message)).toEqual([
    ['Först.', 'https://a/'],
    ['Böxkämpfer', 'https://b/'],
  ])
})

test('without words the number of the part decides, between neighbours as well', () => {
  const message = grounded([{ text: 'Öne. ' }, { text: 'Two.' }], {
    groundingChunks: [web('a')],
    groundingSupports: [{ segment: { partIndex: 1, startIndex: 0, endIndex: 3 }, groundingChunkIndices: [0] }],
  })
  expect(quotes(message)).toEqual([['Two', 'https://a/']])
})

test('places that count over all of the text are found by their words', () => {
  const message = grounded([{ text: 'Öne. ' }, { text: 'Two.' }], {
    groundingChunks: [web('a')],
    groundingSupports: [support(Buffer.byteLength('Öne. '), 'Two.', [0]), support(999, 'Two', [0])],
  })
  expect(quotes(message)).toEqual([
    ['Two.', 'https://a/'],
    ['Two', 'https://a/'],
  ])
})

test('places out of every range stay inside the content', () => {
  const message = grounded([{ text: 'short' }], {
    groundingChunks: [web('a')],
    groundingSupports: [{ segment: { startIndex: 3, endIndex: 999 }, groundingChunkIndices: [0, 7, 'x'] }, {}],
  })
  expect(quotes(message)).toEqual([['rt', 'https://a/']])
})

test('a source that supports nothing stands once at the end of the content; one without an address nowhere', () => {
  const message = grounded([{ text: 'Zürich' }, { executableCode: { language: 'PYTHON', code: 'ü' } }], {
    groundingChunks: [web('a'), { retrievedContext: { title: 'a file', text: '…' } }, { maps: { uri: 'https://m/' } }],
    groundingSupports: [support(0, 'Zürich', [0])],
  })
  const end = [...String(message.content)].length
  expect((message.annotations as unknown[]).slice(1)).toEqual([
    {
      type: 'url_citation',
      url_citation: { start_index: end, end_index: end, url: 'https://m/', title: 'https://m/' },
    },
  ])
})

test('a search without sources leaves no annotations', () => {
  expect(grounded([{ text: 'x' }], { webSearchQueries: ['q'] })).not.toHaveProperty('annotations')
})

test('what the model recited is cited as well', () => {
  const message = messageOf(
    answerOf([{ text: 'To be or not' }], 'STOP', {
      citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 5, uri: 'https://h/' }, { license: 'mit' }] },
    }),
  )
  expect(quotes(message)).toEqual([['To be', 'https://h/']])
})

test('in a stream the places count over all that was streamed, and come once, before the end', () => {
  const event = (text: string, more: Members = {}) => ({ candidates: [{ content: { parts: [{ text }] }, ...more }] })
  const groundingMetadata = {
    groundingChunks: [web('a')],
    groundingSupports: [support(Buffer.byteLength('Grüße '), 'aus Köln', [0])],
  }
  const text = streamOf([
    event('Grü'),
    event('ße aus '),
    event('Köln', { groundingMetadata: { webSearchQueries: ['q'] } }),
    event('!', { groundingMetadata, finishReason: 'STOP' }),
  ])
  const deltas = deltasOf(text)
  expect(deltas.at(-1)).toEqual({})
  const annotations = deltas.filter(delta => 'annotations' in delta)
  expect(annotations).toEqual([deltas.at(-2) ?? {}])
  const content = deltas.map(delta => delta.content ?? '').join('')
  expect(quotes({ content, annotations: annotations[0]?.annotations })).toEqual([['aus Köln', 'https://a/']])
})
