import type { GenerateContentRequest } from '../wire/messages.ts'
import { sentencesOf } from './chinese.ts'

/** What a search leaves on the candidate. Segments count bytes of UTF-8, not characters. */
export const groundingOf = (request: GenerateContentRequest, prompt: string, answer: string) => {
  const sentence = answer.split('\n')[0] ?? ''
  return searched(request, prompt, [
    {
      segment: { startIndex: 0, endIndex: Buffer.byteLength(sentence), text: sentence },
      groundingChunkIndices: sources.map((_, index) => index),
    },
  ])
}

/** The same with every sentence of every part supported. A segment counts from the start of its part. */
export const groundingOfParts = (request: GenerateContentRequest, prompt: string, parts: readonly string[]) =>
  searched(request, prompt, parts.flatMap(supportsOfPart))

const supportsOfPart = (part: string, partIndex: number) => {
  let end = 0
  return sentencesOf(part).map((text, index) => {
    const startIndex = end
    end += Buffer.byteLength(text)
    return {
      segment: { ...(partIndex > 0 && { partIndex }), startIndex, endIndex: end, text },
      groundingChunkIndices: [index % sources.length],
    }
  })
}

const searched = (request: GenerateContentRequest, prompt: string, groundingSupports: readonly unknown[]) => {
  if (!(request.tools ?? []).some(tool => tool.googleSearch !== undefined)) return undefined
  const query = prompt.trim().slice(0, 80) || 'gemini'
  return {
    searchEntryPoint: {
      renderedContent: `<div class="container"><a class="chip" href="https://www.google.com/search?q=${encodeURIComponent(query)}">${Bun.escapeHTML(query)}</a></div>`,
    },
    groundingChunks: sources.map(({ title, path }) => ({
      web: { uri: `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${path}`, title },
    })),
    groundingSupports,
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
