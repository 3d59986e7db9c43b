import { splitUrl } from './split-url.ts'

/**
 * Whether a caller of a path that several dialects have speaks Gemini. Told by where the credential is: `x-goog-api-key`
 * or `?key=` is Gemini, and a colon behind the model is always Gemini (the wire formats' documentation).
 */
export const isGeminiRequest = (request: Request): boolean => {
  const { path, query } = splitUrl(request.url)
  return request.headers.has('x-goog-api-key') || /(^|&)key=/.test(query) || /\/models\/[^/]+(:|%3a)\w+$/i.test(path)
}
