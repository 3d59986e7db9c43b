import type { Ask, Authenticated, Door, RequestBody } from '#pipeline/exchange.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { type GeminiCall, parseGeminiCall } from '#src/protocols/gemini/parse-call.ts'
import { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { googleErrorBody, googleErrorFrame, type StreamForm } from '#src/protocols/gemini/write-error.ts'
import { type BodyLimits, readBody } from '#src/web/read-body.ts'
import { withoutCredentials } from '#src/web/without-credentials.ts'

/**
 * The native protocol's way in and out: nearly the identity.
 * @param verb of HTTP
 * @param version as it stands in the path, for example `v1beta`
 * @param path behind the version, as it stood in the request line
 */
export const geminiDoor = (
  verb: string,
  version: string,
  path: string,
  query: string,
  limits: () => BodyLimits,
): Door => ({
  protocol: 'gemini',
  about: aboutAddress(verb, path),
  read: arrived => readAsk(arrived, version, path, query, limits),
  writeError: error => ({ contentType: 'application/json; charset=UTF-8', body: googleErrorBody(error) }),
  writeErrorFrame: googleErrorFrame,
  // Google's Python SDK takes a comment for JSON (1.5.0, 1.51.0, 3.4.0: tried); an empty line it passes over.
  keepAlive: '\r\n',
})

/** Names only what looks like a name: whoever is refused may have sent anything. */
const aboutAddress = (verb: string, path: string) => {
  const [, model = '', method = ''] = /^\/models\/([\w.-]{1,100})(?:(?::|%3[aA])(\w{1,60}))?$/.exec(path) ?? []
  return { model, method: method === '' ? `${verb} ${/^\/(\w{1,40})/.exec(path)?.[1] ?? ''}`.trim() : method }
}

/** Methods that answer with a GenerateContentResponse. */
const generating = new Set(['generateContent', 'streamGenerateContent'])

const readAsk = async (
  { request, notes }: Authenticated,
  version: string,
  path: string,
  query: string,
  limits: () => BodyLimits,
): Promise<Ask> => {
  const call = parseGeminiCall(version, path)
  checkVerb(request.method, call, notes)
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
    answer: isGenerating ? 'gemini' : 'unknown',
    credential: 'x-goog-api-key',
    writer: null,
    fanOut: null,
  }
}

/** Models are read with GET and called with POST. Google answers the rest with a page of HTML. */
const checkVerb = (verb: string, { resource, model, method }: GeminiCall, notes: Map<string, string>): void => {
  if (model === null && resource !== '/models') return
  const right = method === null ? 'GET' : 'POST'
  if (verb === right) return
  notes.set('allow', right)
  throw new GatewayError(
    'method-not-allowed',
    method === null
      ? 'Models can only be read here, with GET. A call is a POST with its method behind a colon, as in models/gemini-3.8-flash:generateContent.'
      : 'A method of a model is called with POST.',
  )
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

/** Old SDKs write the parameter as `$alt`, and percent-encode the dollar. */
const streamForm = (query: string): StreamForm => (/(^|&)(\$|%24)?alt=sse(&|$)/i.test(query) ? 'sse' : 'array')
