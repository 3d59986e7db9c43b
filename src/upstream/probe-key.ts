import type { AttemptOutcome } from '../keys/verdict.ts'
import { readWholeAnswer } from '../protocols/gemini/answer-facts.ts'
import type { Secret } from '../security/secret.ts'
import type { KeyKind } from '../storage/records.ts'
import { headersForUpstream } from './forwarded-headers.ts'
import { plainResponse } from './plain-response.ts'
import type { UpstreamLimits, UpstreamReply, UpstreamRequest } from './upstream-client.ts'
import type { Watchdog } from './watchdog.ts'

/** The settings a probe reads, live. */
export type ProbeSettings = {
  readonly BASE_URL: string
  readonly VERTEX_EXPRESS_BASE_URL: string
  readonly TIME_OUT: number
  readonly CONNECT_TIMEOUT_SECONDS: number
  readonly CUSTOM_HEADERS: Readonly<Record<string, string>>
}

export type ProbedKey = { readonly keyId: string; readonly secret: Secret; readonly kind: KeyKind }

export type ProbeKeyOptions = {
  /** Sends by whichever way this key goes out. Must not throw for the network. */
  readonly send: (request: UpstreamRequest, limits: UpstreamLimits, keyId: string) => Promise<UpstreamReply>
  readonly watchdog: Watchdog
  readonly settings: ProbeSettings
  /** `TEST_MODEL`. */
  readonly testModel: () => string
}

export type ProbeWish = {
  /** Has the test model say a word, which uses quota; otherwise only a list is read, which does not. */
  readonly deep: boolean
  /** Ends the probe at once; it then comes to `client-gone`. */
  readonly signal: AbortSignal
}

/** A list, or one word, needs no thinking: what takes longer says nothing about a key any more. */
const mostSeconds = 30

const mostBytes = 1_048_576

/**
 * One request that shows whether Google takes the key.
 * `GET /models?pageSize=1` costs no quota and needs no model. Vertex AI in express mode lists no models for a key: there
 * the tokens of one word are counted with the test model. An answer that Google would not give, such as the page of a
 * proxy with status 200, comes out as a refusal.
 */
export const probeKey =
  ({ send, watchdog, settings, testModel }: ProbeKeyOptions) =>
  async (key: ProbedKey, { deep, signal }: ProbeWish): Promise<AttemptOutcome> => {
    if (signal.aborted) return { kind: 'client-gone' }
    const controller = new AbortController()
    const abort = () => controller.abort()
    signal.addEventListener('abort', abort, { once: true })
    const milliseconds = Math.min(settings.TIME_OUT, mostSeconds) * 1000
    try {
      const call = callFor(key.kind, deep, settings, testModel())
      const body = call.body === null ? null : Buffer.from(JSON.stringify(call.body))
      const headers = headersForUpstream(new Headers(body === null ? {} : jsonType), settings.CUSTOM_HEADERS)
      const reply = await send(
        { url: call.url, method: body === null ? 'GET' : 'POST', headers, body, secret: key.secret, controller },
        { connectMilliseconds: settings.CONNECT_TIMEOUT_SECONDS * 1000, firstByteMilliseconds: milliseconds },
        key.keyId,
      )
      if (reply.kind === 'aborted') return { kind: 'client-gone' }
      if (reply.kind === 'timeout') return { kind: 'timeout', limit: reply.limit }
      if (reply.kind === 'unreachable') return { kind: 'unreachable', reason: reply.reason }
      const watch = watchdog.watch(milliseconds, abort)
      const text = await readText(reply.response, controller).finally(() => watch.stop())
      if (text === null) return signal.aborted ? { kind: 'client-gone' } : { kind: 'cut' }
      reply.release()
      return toOutcome(reply.response, text, call.answer)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

const jsonType = { 'content-type': 'application/json' }

type ExpectedAnswer = 'models' | 'totalTokens' | 'generated'

type Call = { readonly url: string; readonly body: object | null; readonly answer: ExpectedAnswer }

const callFor = (kind: KeyKind, deep: boolean, settings: ProbeSettings, testModel: string): Call => {
  const isVertex = kind === 'vertex-express'
  const base = (isVertex ? settings.VERTEX_EXPRESS_BASE_URL : settings.BASE_URL).replace(/\/$/, '')
  const model = `${base}/models/${encodeURIComponent(testModel.replace(/^models\//, ''))}`
  const contents = [{ role: 'user', parts: [{ text: 'Say hi.' }] }]
  if (deep) {
    const body = { contents, generationConfig: { maxOutputTokens: 16 } }
    return { url: `${model}:generateContent`, body, answer: 'generated' }
  }
  if (isVertex) return { url: `${model}:countTokens`, body: { contents }, answer: 'totalTokens' }
  return { url: `${base}/models?pageSize=1`, body: null, answer: 'models' }
}

/** @returns null when the body did not arrive whole, or is larger than anything Google says to this */
const readText = async (given: Response, controller: AbortController): Promise<string | null> => {
  const response = plainResponse(given)
  if (response === null) {
    controller.abort()
    return null
  }
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > mostBytes) {
        controller.abort()
        return null
      }
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  } catch {
    return null
  }
}

const toOutcome = ({ status, headers }: Response, body: string, expected: ExpectedAnswer): AttemptOutcome => {
  const refused: AttemptOutcome = { kind: 'refused', status, contentType: headers.get('content-type') ?? '', body }
  if (status !== 200) return refused
  try {
    const answer: unknown = JSON.parse(body)
    if (typeof answer !== 'object' || answer === null || 'error' in answer) return refused
    if (expected !== 'generated') return expected in answer ? { kind: 'answered', facts: null } : refused
    if (!generatedMembers.some(name => name in answer)) return refused
    return { kind: 'answered', facts: readWholeAnswer(Buffer.from(body)) }
  } catch {
    return refused
  }
}

/** An answer of a model has at least one of them. */
const generatedMembers = ['candidates', 'promptFeedback', 'usageMetadata']
