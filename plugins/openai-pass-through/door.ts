import type { Door, Reading, RequestBody } from '#pipeline/exchange.ts'
import { GatewayError } from '#src/errors/gateway-error.ts'
import { parseGeminiCall } from '#src/protocols/gemini/parse-call.ts'
import { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { unwrapError } from '#src/protocols/openai/unwrap-error.ts'
import { openaiErrorBody, openaiErrorFrame, translateGoogleError } from '#src/protocols/openai/write-error.ts'
import { type BodyLimits, readBody } from '#src/web/read-body.ts'
import { withoutCredentials } from '#src/web/without-credentials.ts'

/**
 * The way in of Google's own OpenAI layer: no field is added, none is read but the model and whether to stream.
 * @param resource behind the prefix, as it stood in the request line: `/chat/completions`
 */
export const passThroughDoor = (verb: string, resource: string, query: string, limits: () => BodyLimits): Door => ({
  protocol: 'openai-pass-through',
  about: { method: `${verb} openai`, model: '' },
  read: async ({ request }) => {
    const { resource: checked } = parseGeminiCall('v1beta', resource)
    const isRead = verb === 'GET' || verb === 'HEAD'
    const body = isRead ? null : await readBody(request, limits())
    return readingOf(verb, checked, withoutCredentials(query), body)
  },
  writeError: error => ({ contentType: 'application/json; charset=utf-8', body: openaiErrorBody(error) }),
  writeErrorFrame: (_form, error) => openaiErrorFrame(error),
  writeRefusal: (status, body) => {
    const translated = translateGoogleError(status, body)
    // A page of HTML says nothing to a program.
    return { ...translated, body: /^\s*[[{]/.test(body) ? unwrapError(body) : translated.body }
  },
  keepAlive: ': keep-alive\n\n',
})

const readingOf = (verb: string, resource: string, query: string, bytes: Buffer | null): Reading => {
  const said = bytes === null || bytes.length === 0 ? null : readMembers(bytes, resource)
  const isChat = resource === '/chat/completions' && verb === 'POST'
  return {
    method: `${verb} openai${resource}`,
    model: said?.model ?? null,
    version: 'v1beta',
    toPath: () => `/openai${resource}`,
    query,
    verb,
    body: toBody(bytes),
    stream: isChat && said?.isStream === true ? 'sse' : null,
    answer: isChat ? 'openai' : 'unknown',
    credential: 'bearer',
    writer: null,
    fanOut: null,
    isLiteral: true,
  }
}

const toBody = (bytes: Buffer | null): RequestBody => (bytes === null ? { kind: 'none' } : { kind: 'bytes', bytes })

/** Paths whose bodies are JSON for certain. */
const takesJson = new Set(['/chat/completions', '/embeddings', '/images/generations'])

/** @throws GatewayError when what must be JSON is none: Google would be asked in vain, and with other keys again */
const readMembers = (bytes: Buffer, resource: string) => {
  try {
    const payload = GeminiPayload.read(bytes)
    const model = payload.get('model')
    return {
      // Its name does not become part of the address; of its quota, only a plain name can be counted.
      model:
        typeof model === 'string'
          ? model
              .replace(/^models\//, '')
              .replace(/[^\w.-]/g, '_')
              .slice(0, 200)
          : null,
      isStream: payload.get('stream') === true,
    }
  } catch (error) {
    if (error instanceof GatewayError && !takesJson.has(resource)) return null
    throw error
  }
}
