import type { Ask, Door, RequestBody } from '#pipeline/exchange.ts'
import { parseGeminiCall } from '#src/protocols/gemini/parse-call.ts'
import { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { googleErrorBody, googleErrorFrame, type StreamForm } from '#src/protocols/gemini/write-error.ts'
import { type BodyLimits, readBody } from '#src/web/read-body.ts'

/**
 * The native protocol's way in and out: nearly the identity.
 * @param version as it stands in the path, for example `v1beta`
 * @param path behind the version, as it stood in the request line
 */
export const geminiDoor = (version: string, path: string, query: string, limits: () => BodyLimits): Door => ({
  protocol: 'gemini',
  read: ({ request }) => readAsk(request, version, path, query, limits),
  writeError: error => ({ contentType: 'application/json; charset=UTF-8', body: googleErrorBody(error) }),
  writeErrorFrame: googleErrorFrame,
})

/** Methods that answer with a GenerateContentResponse. */
const generating = new Set(['generateContent', 'streamGenerateContent'])

const readAsk = async (
  request: Request,
  version: string,
  path: string,
  query: string,
  limits: () => BodyLimits,
): Promise<Ask> => {
  const call = parseGeminiCall(version, path)
  const upstreamQuery = withoutCredentials(query)
  const isGenerating = call.model !== null && call.method !== null && generating.has(call.method)
  const suffix = call.method === null ? '' : `:${call.method}`
  return {
    method: call.method ?? `${request.method} ${call.resource.split('/')[1] ?? ''}`,
    model: call.model,
    version,
    toPath: model => (call.model === null ? `${call.resource}${suffix}` : `/models/${model}${suffix}`),
    query: upstreamQuery,
    verb: request.method,
    body: await readRequestBody(request, isGenerating, limits),
    stream: call.method === 'streamGenerateContent' ? streamForm(upstreamQuery) : null,
    isObserved: isGenerating,
  }
}

const readRequestBody = async (
  request: Request,
  isGenerating: boolean,
  limits: () => BodyLimits,
): Promise<RequestBody> => {
  if (request.method === 'GET' || request.method === 'HEAD') return { kind: 'none' }
  const bytes = await readBody(request, limits())
  return isGenerating ? { kind: 'payload', payload: GeminiPayload.read(bytes) } : { kind: 'bytes', bytes }
}

/** A second credential beside the gateway's own makes Google refuse the request, and the client's is none of its business. */
const withoutCredentials = (query: string): string => {
  if (!/key|token/i.test(query)) return query
  return query
    .split('&')
    .filter(pair => !['key', 'access_token'].includes(decodeName(pair)))
    .join('&')
}

const decodeName = (pair: string): string => {
  const name = pair.split('=', 1)[0] ?? ''
  try {
    return decodeURIComponent(name).toLowerCase()
  } catch {
    return name
  }
}

/** Old SDKs write the parameter as `$alt`, and percent-encode the dollar. */
const streamForm = (query: string): StreamForm => (/(^|&)(\$|%24)?alt=sse(&|$)/i.test(query) ? 'sse' : 'array')
