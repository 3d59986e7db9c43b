import { forcedQuota } from '../keys/forced-quota.ts'
import type { KeyBehaviour } from '../keys/key-behaviour.ts'
import { invalidKey, modelNotFound, type RefusedCall, refusalOf } from '../keys/key-refusals.ts'
import type { KeyRing, KeyState } from '../keys/key-ring.ts'
import type { QuotaLedger } from '../keys/quota-ledger.ts'
import { findModel, type Model, supports } from '../models/catalogue.ts'
import { listModels } from '../models/list-models.ts'
import { foreignResource, GoogleError } from '../wire/google-error.ts'
import { readJsonText } from '../wire/json-text.ts'
import { readMessage } from '../wire/message-reader.ts'
import { readBearer, readCredential } from './credentials.ts'
import { type Delays, delayed, delaysFor } from './delays.ts'
import type { EmbedUsage } from './embed.ts'
import { meantCall } from './meant-call.ts'
import { modelMethodNamed } from './model-methods.ts'
import { answerOpenAi } from './openai-routes.ts'
import { checkQuery, pagingOf, wantsEvents, wantsPretty } from './query-parameters.ts'
import { htmlReply, jsonReply, notFoundPage, type Reply } from './reply.ts'
import { type KnownRoute, type Route, routeOf } from './route.ts'

export type ReceivedRequest = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly bodyText: string
}

export type GoogleSide = {
  readonly keys: KeyRing
  readonly quotas: QuotaLedger
  readonly delays: Delays
  readonly embedUsage: EmbedUsage
}

/** What Google would do with the request. Never throws: a refusal is a reply, and so is a mistake of the emulator. */
export const answerRequest = (side: GoogleSide, request: ReceivedRequest): Reply => {
  const route = routeOf(request.method, request.url.pathname)
  if (route.kind === 'unknown') return notFoundPage(request.url.pathname)
  try {
    return answerRoute(side, request, route)
  } catch (error) {
    return errorReply(toGoogleError(error), route, request.url.searchParams)
  }
}

/** A stream that is no event stream is an array, and so is an error before its first chunk; the OpenAI layer always so. */
const errorReply = (error: GoogleError, route: KnownRoute, query: URLSearchParams): Reply => {
  const isArray =
    route.kind === 'openai' ||
    (route.kind === 'call-model' && route.method === 'streamGenerateContent' && !wantsEvents(query))
  const body = error.toBody()
  return jsonReply(isArray ? [body] : body, { status: error.httpStatus, pretty: wantsPretty(query) })
}

const toGoogleError = (error: unknown): GoogleError =>
  error instanceof GoogleError
    ? error
    : new GoogleError(500, 'INTERNAL', `The emulator itself failed: ${error instanceof Error ? error.stack : error}`)

const answerRoute = (side: GoogleSide, request: ReceivedRequest, route: KnownRoute): Reply => {
  const query = request.url.searchParams
  const secret = (route.kind === 'openai' ? readBearer : readCredential)(request.headers, query)
  const key = side.keys.find(secret)
  if (key === undefined) throw invalidKey()
  checkQuery(query, route.kind === 'list-models' || route.kind === 'list-empty')
  const meant = meantCall(route, request.bodyText)
  const behaviour = side.keys.takeBehaviour(secret, meant.class)
  const broken = brokenReply(behaviour, meant.streamed)
  if (broken !== undefined) return broken
  const refusal = refusalOf(behaviour, key, meant) ?? quotaRefusal(behaviour, key, side.quotas, meant)
  if (refusal !== undefined) throw refusal
  const reply = answerKnown(side, request, route, key, behaviour, meant)
  return echoing(behaviour, key, delayed(behaviour, side.delays, reply))
}

const answerKnown = (
  side: GoogleSide,
  request: ReceivedRequest,
  route: KnownRoute,
  key: KeyState,
  behaviour: KeyBehaviour,
  call: RefusedCall,
): Reply => {
  if (route.kind === 'call-model') return callModel(side, request, route, key, behaviour)
  if (route.kind !== 'openai') return readResource(route, request.url.searchParams)
  return answerOpenAi({
    operation: route.operation,
    call,
    bodyText: request.bodyText,
    behaviour,
    betweenChunksMs: delaysFor(behaviour, side.delays).betweenChunks,
    embedUsage: side.embedUsage,
    book: (family, model, tokens) => side.quotas.book(key, family, model.bucket, tokens),
  })
}

/** The fates that show no answer of the API at all. A reset of a stream comes later, in its middle. */
const brokenReply = (behaviour: KeyBehaviour, streamed: boolean): Reply | undefined => {
  if (behaviour === 'silent') return { kind: 'silence' }
  if (behaviour === 'html-error')
    return htmlReply(
      502,
      'The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.',
      'Server Error',
    )
  if (behaviour === 'html-forbidden') return htmlReply(403, automatedQueries, 'Forbidden')
  if (behaviour === 'reset' && !streamed) return { kind: 'steps', status: 200, headers: {}, steps: [{ do: 'reset' }] }
  return undefined
}

const automatedQueries =
  'We’re sorry, but your computer or network may be sending automated queries. To protect our users, we can’t process your request right now.'

const quotaRefusal = (behaviour: KeyBehaviour, key: KeyState, quotas: QuotaLedger, { model, method }: RefusedCall) =>
  forcedQuota(behaviour, key.limits, {
    tier: key.tier,
    family: modelMethodNamed(method)?.class === 'embed' ? 'embed' : 'generate',
    bucket: findModel(model)?.bucket ?? model,
    retryAfterMs: quotas.untilNextMinute(),
  })

const readResource = (route: Exclude<KnownRoute, { kind: 'call-model' | 'openai' }>, query: URLSearchParams): Reply => {
  const pretty = wantsPretty(query)
  if (route.kind === 'list-empty') return jsonReply({}, { pretty })
  if (route.kind === 'foreign-resource') throw foreignResource(route.collection, route.id)
  if (route.kind === 'list-models') {
    const { pageSize, pageToken } = pagingOf(query)
    return jsonReply(listModels(pageSize, pageToken), { pretty })
  }
  const model = findModel(route.model)
  if (model === undefined) throw modelNotFound(meantCall(route, ''))
  return jsonReply(model.listed, { pretty })
}

const callModel = (
  side: GoogleSide,
  request: ReceivedRequest,
  route: Extract<Route, { kind: 'call-model' }>,
  key: KeyState,
  behaviour: KeyBehaviour,
): Reply => {
  const query = request.url.searchParams
  const method = modelMethodNamed(route.method)
  if (method === undefined) throw modelNotFound(meantCall(route, ''))
  const message = readMessage(method.message, readJsonText(request.bodyText), route.version)
  const model = modelFor(route)
  if (method.class !== 'count') side.quotas.book(key, method.class, model.bucket, method.inputTokens(message))
  const streamForm = wantsEvents(query) ? 'events' : 'array'
  return method.answer(message, model, {
    behaviour,
    form: route.method === 'streamGenerateContent' ? streamForm : 'unary',
    pretty: wantsPretty(query),
    betweenChunksMs: delaysFor(behaviour, side.delays).betweenChunks,
    embedUsage: side.embedUsage,
  })
}

const modelFor = (route: Extract<Route, { kind: 'call-model' }>): Model => {
  const model = findModel(route.model)
  if (model === undefined || !supports(model, route.method)) throw modelNotFound(meantCall(route, ''))
  return model
}

/** An upstream, or a proxy before it, that repeats the credential where nobody expects it. */
const echoing = (behaviour: KeyBehaviour, key: KeyState, reply: Reply): Reply =>
  behaviour === 'echo-key-in-header' && reply.kind !== 'silence'
    ? {
        ...reply,
        headers: {
          ...reply.headers,
          'x-goog-api-key': key.secret,
          'x-debug-request': `https://generativelanguage.googleapis.com/?key=${key.secret}`,
        },
      }
    : reply
