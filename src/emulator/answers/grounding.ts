import type { GenerateContentRequest } from '../wire/messages.ts'

/** What a search leaves on the candidate. Segments count bytes of UTF-8, not characters. */
export const groundingOf = (request: GenerateContentRequest, prompt: string, answer: string) => {
  if (!(request.tools ?? []).some(tool => tool.googleSearch !== undefined)) return undefined
  const query = prompt.trim().slice(0, 80) || 'gemini'
  const sentence = answer.split('\n')[0] ?? ''
  return {
    searchEntryPoint: {
      renderedContent: `<div class="container"><a class="chip" href="https://www.google.com/search?q=${encodeURIComponent(query)}">${Bun.escapeHTML(query)}</a></div>`,
    },
    groundingChunks: sources.map(({ title, path }) => ({
      web: { uri: `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${path}`, title },
    })),
    groundingSupports: [
      {
        segment: { startIndex: 0, endIndex: Buffer.byteLength(sentence), text: sentence },
        groundingChunkIndices: sources.map((_, index) => index),
      },
    ],
    webSearchQueries: [query],
  }
}

const sources = [
  { title: 'example.com', path: 'emulated-source-1' },
  { title: 'example.org', path: 'emulated-source-2' },
]

/** What reading addresses leaves on the candidate: one entry for each address in the prompt. */
export const urlContextOf = (request: GenerateContentRequest, prompt: string) => {
  if (!(request.tools ?? []).some(tool => tool.urlContext !== undefined)) return undefined
  const addresses = prompt.match(/https?:\/\/[^\s"'<>)]+/g) ?? []
  return {
    urlMetadata: addresses.map(retrievedUrl => ({ retrievedUrl, urlRetrievalStatus: 'URL_RETRIEVAL_STATUS_SUCCESS' })),
  }
}
