import type { AnswerFacts } from '../protocols/gemini/answer-facts.ts'
import { type GoogleError, readGoogleError } from '../protocols/gemini/google-error.ts'
import { judgeQuota } from './judge-quota.ts'
import type { AttemptOutcome, Effect, Verdict } from './verdict.ts'

/**
 * What one upstream outcome says: who is to blame, whether another attempt can help, and what the pool does.
 * Pure; one test row per line of what it knows (`tests/keys/judge.test.ts`).
 */
export const judge = (outcome: AttemptOutcome): Verdict => {
  switch (outcome.kind) {
    case 'answered':
      return outcome.facts === null ? healthy : judgeAnswer(outcome.facts)
    case 'refused':
      return judgeRefusal(outcome.status, outcome.contentType, outcome.body)
    case 'unreachable':
    case 'timeout':
      return upstreamFailing
    case 'cut':
    case 'stalled':
      return { name: 'cut', blames: 'luck', retry: 'any-key', mostRetries: 2, effect: none }
    case 'client-gone':
      return { name: 'client-gone', blames: 'nobody', retry: 'never', effect: none }
    case 'gateway-failed':
      return { name: 'gateway-failed', blames: 'gateway', retry: 'never', effect: none }
  }
}

const none: Effect = { kind: 'none' }

const healthy: Verdict = { name: 'healthy', blames: 'nobody', retry: 'never', effect: { kind: 'healthy' } }

const upstreamFailing: Verdict = {
  name: 'upstream-failing',
  blames: 'model',
  retry: 'any-key',
  effect: { kind: 'throttle', target: 'model' },
}

/** Ends that are the content's own doing; another key would say the same. */
const blockingReasons = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'NO_IMAGE',
])

const judgeAnswer = (facts: AnswerFacts): Verdict => {
  if (facts.visible) return healthy
  if (facts.blockReason !== null || (facts.finishReason !== null && blockingReasons.has(facts.finishReason))) {
    return { name: 'blocked', blames: 'content', retry: 'never', effect: none }
  }
  // A budget eaten up by thinking, or a long answer to be continued, is an answer.
  if (facts.finishReason === 'MAX_TOKENS' || facts.finishReason === 'CONTINUATION') return healthy
  return { name: 'empty', blames: 'luck', retry: 'any-key', mostRetries: 2, effect: none }
}

const judgeRefusal = (status: number, contentType: string, body: string): Verdict => {
  const error = readGoogleError(body)
  if (error === null) return judgeFrontEnd(status, contentType)
  const verdict = judgeGoogleError(status, error)
  return error.consumer === null ? verdict : { ...verdict, consumer: error.consumer }
}

/** No error of the API itself: HTML, a mirror's own page, an empty body. A page that is not there is the caller's mistake. */
const judgeFrontEnd = (status: number, contentType: string): Verdict => {
  if (status >= 500 || status === 429 || (contentType.includes('html') && status !== 404 && status !== 405)) {
    return {
      name: 'front-end-error',
      blames: 'egress',
      retry: 'any-key',
      effect: { kind: 'throttle', target: 'egress' },
    }
  }
  return { name: 'unclassified', blames: 'client', retry: 'never', effect: none }
}

const judgeGoogleError = (status: number, error: GoogleError): Verdict => {
  switch (status) {
    case 402:
    case 429:
      return judgeQuota(status, error)
    case 400:
      return judgeBadRequest(error)
    case 401:
      return killKey('key-invalid', 'Google does not accept this key. Make a new one in AI Studio.')
    case 403:
      return judgeForbidden(error)
    case 404:
      return judgeNotFound(error)
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
      return upstreamFailing
    case 405:
    case 409:
    case 410:
    case 411:
    case 412:
    case 413:
    case 415:
    case 416:
    case 422:
    case 499:
      return { name: 'bad-request', blames: 'client', retry: 'never', effect: none }
    default:
      return status >= 500
        ? upstreamFailing
        : { name: 'unclassified', blames: 'key', retry: 'never', effect: { kind: 'soft-failure' } }
  }
}

const judgeBadRequest = (error: GoogleError): Verdict => {
  if (error.reason === 'API_KEY_INVALID' || /^API key (not valid|expired|not found)/i.test(error.message)) {
    return killKey('key-invalid', 'Google says the key is not valid or has expired. Make a new one in AI Studio.')
  }
  if (/user location is not supported/i.test(error.message)) {
    return {
      name: 'location',
      blames: 'egress',
      retry: 'other-egress',
      effect: { kind: 'throttle', target: 'egress' },
    }
  }
  if (/(corrupted|invalid) thought.?signature/i.test(error.message)) {
    return { name: 'bad-signature', blames: 'client', retry: 'without-signatures', mostRetries: 1, effect: none }
  }
  return { name: 'bad-request', blames: 'client', retry: 'never', effect: none }
}

const judgeForbidden = (error: GoogleError): Verdict => {
  if (error.reason === 'CONSUMER_SUSPENDED' || /has been suspended/i.test(error.message)) {
    return killKey('key-suspended', 'Google has suspended the owner of this key. See the project in AI Studio.')
  }
  if (/reported as leaked/i.test(error.message)) {
    return killKey('key-suspended', 'The key was reported as leaked and is blocked for good. Make a new one.')
  }
  if (error.reason === 'API_KEY_SERVICE_BLOCKED') {
    return killKey('service-blocked', 'The restrictions of this key forbid the Gemini API. Change them in the console.')
  }
  if (error.reason === 'SERVICE_DISABLED') {
    return killOwner('The Generative Language API is not enabled in this project. Enable it in the console.')
  }
  if (/project has been denied access/i.test(error.message)) {
    return killOwner('Google has denied this project access. Contact its support.')
  }
  if (/permission to access the File|CachedContent not found/i.test(error.message)) {
    return { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none }
  }
  return {
    name: 'forbidden',
    blames: 'key',
    retry: 'other-key',
    effect: { kind: 'cool', scope: 'key', lasts: { seconds: sixHours } },
  }
}

/**
 * "No longer available" is said per project, so this key rests for the model. "Not found … or is not supported for X"
 * says the same of a model that nobody has and of a method that a good model lacks: whoever called it wrongly must not
 * take the model out of service for everybody.
 */
const judgeNotFound = (error: GoogleError): Verdict => {
  const retry = { retry: 'other-owner', mostRetries: 2 } as const
  if (/no longer available/i.test(error.message)) {
    const effect: Effect = { kind: 'cool', scope: 'key', lasts: { seconds: sixHours } }
    return { name: 'model-not-found', blames: 'key', effect, ...retry }
  }
  if (/^(models|tunedModels)\//i.test(error.message)) {
    return { name: 'model-not-found', blames: 'client', effect: none, ...retry }
  }
  return { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none }
}

const sixHours = 6 * 3600

const killKey = (name: 'key-invalid' | 'key-suspended' | 'service-blocked', remedy: string): Verdict => ({
  name,
  blames: 'key',
  retry: 'other-key',
  effect: { kind: 'kill', scope: 'key', remedy },
})

const killOwner = (remedy: string): Verdict => ({
  name: 'project-denied',
  blames: 'owner',
  retry: 'other-owner',
  effect: { kind: 'kill', scope: 'owner', remedy },
})
