import type { AnswerFacts } from '../protocols/gemini/answer-facts.ts'
import { type GoogleError, readGoogleError } from '../protocols/gemini/google-error.ts'
import { judgeQuota } from './judge-quota.ts'
import { badRequest, callersMistakes, findRule, upstreamFailing } from './refusal-rules.ts'
import type { AttemptOutcome, Effect, Verdict } from './verdict.ts'

/**
 * What one upstream outcome says: who is to blame, whether another attempt can help, and what the pool does.
 * Pure; one test row per line of what it knows (`tests/keys/judge*.test.ts`).
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
  // The older way to refuse a call without its signature: as wrong as the 400, and as lasting.
  if (facts.finishReason === 'MISSING_THOUGHT_SIGNATURE') return badRequest
  return { name: 'empty', blames: 'luck', retry: 'any-key', mostRetries: 2, effect: none }
}

const judgeRefusal = (status: number, contentType: string, body: string): Verdict => {
  const error = readGoogleError(body)
  if (error === null) return judgeFrontEnd(status, contentType)
  const verdict = judgeGoogleError(status, error)
  return error.consumer === null ? verdict : { ...verdict, consumer: error.consumer }
}

/** No error of the API itself: HTML, a mirror's own words, an empty body. */
const judgeFrontEnd = (status: number, contentType: string): Verdict => {
  if (status === 400 || status === 404 || callersMistakes.includes(status)) return callersOwn
  if (status < 500 && status !== 429 && contentType.includes('json')) return judgeMirror(status)
  return {
    name: 'front-end-error',
    blames: 'egress',
    retry: 'any-key',
    effect: { kind: 'throttle', target: 'egress' },
  }
}

/** A program of somebody else's. Only credentials are the key's affair for certain: a 403 may be about the content. */
const judgeMirror = (status: number): Verdict => (status === 401 ? unclassified('other-key') : callersOwn)

const callersOwn: Verdict = { name: 'unclassified', blames: 'client', retry: 'never', effect: none }

const unclassified = (retry: 'never' | 'other-key'): Verdict => ({
  name: 'unclassified',
  blames: 'key',
  retry,
  effect: { kind: 'soft-failure' },
})

const judgeGoogleError = (status: number, error: GoogleError): Verdict => {
  if (status === 402 || status === 429) return judgeQuota(status, error)
  return findRule(status, error)?.verdict ?? (status >= 500 ? upstreamFailing : unclassified('never'))
}
