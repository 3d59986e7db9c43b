import type { Door, Reading, Translated } from '#pipeline/exchange.ts'
import type { Gateway } from '#pipeline/plugin.ts'
import {
  type EmbeddingsRequest,
  readEmbeddingsRequest,
} from '#src/protocols/openai/embeddings/read-embeddings-request.ts'
import { toEmbedBodies } from '#src/protocols/openai/embeddings/to-embed-bodies.ts'
import { writeEmbeddingList } from '#src/protocols/openai/embeddings/to-embedding-list.ts'
import { readModelName } from '#src/protocols/openai/model-name.ts'
import { readBody } from '#src/web/read-body.ts'
import { openaiDoor } from './door.ts'
import { noteIgnored } from './note-ignored.ts'

/** `POST /v1/embeddings`. More texts than one call takes go up in several. */
export const embeddingsDoor = (gateway: Gateway): Door =>
  openaiDoor('embeddings', async ({ request, notes }) => {
    const embeddings = readEmbeddingsRequest(await readBody(request, gateway.bodyLimits()))
    noteIgnored(notes, embeddings.ignored)
    return readingOf(embeddings)
  })

/** Texts whose vectors are written in one go. */
const mostAtOnce = 16

const readingOf = (embeddings: EmbeddingsRequest): Reading => ({
  method: 'batchEmbedContents',
  model: readModelName(embeddings.model),
  version: 'v1beta',
  toPath: model => `/models/${model}:batchEmbedContents`,
  query: '',
  verb: 'POST',
  body: { kind: 'foreign', translate: async target => translate(embeddings, target.model) },
  stream: null,
  answer: 'embeddings',
  credential: 'x-goog-api-key',
  writer: null,
  fanOut: null,
})

const translate = (embeddings: EmbeddingsRequest, model: string): Translated => {
  const bodies = toEmbedBodies(embeddings, model).map(body => Buffer.from(JSON.stringify(body)))
  const [first] = bodies
  return {
    body: first === undefined ? { kind: 'none' } : { kind: 'bytes', bytes: first },
    writer: {
      whole: answer => {
        const pieces = writeEmbeddingList([answer].flat() as readonly Readonly<Record<string, unknown>>[], embeddings)
        return embeddings.inputs.length > mostAtOnce ? pieces : [...pieces].join('')
      },
      stream: () => {
        throw new Error('Embeddings are not streamed.')
      },
    },
    fanOut: bodies.length > 1 ? { kind: 'pieces', bodies } : null,
  }
}
