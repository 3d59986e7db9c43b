import type { GoogleError } from '../protocols/gemini/google-error.ts'
import type { Effect, Verdict, VerdictName } from './verdict.ts'

/** One line of what is known about Google's refusals other than quotas. */
export type RefusalRule = {
  readonly status: readonly number[]
  /** `reason` of the ErrorInfo, one of these. Google's own word, which no client can put there. */
  readonly reasons?: readonly string[]
  /** How the message begins. Always from its start: further on it may quote the request. */
  readonly message?: RegExp
  readonly verdict: Verdict
}

/** The first rule that fits; a rule with neither reasons nor a message fits every error of its status. */
export const findRule = (status: number, { reason, message }: GoogleError): RefusalRule | undefined =>
  refusalRules.find(
    rule =>
      rule.status.includes(status) &&
      ((rule.reasons === undefined && rule.message === undefined) ||
        (reason !== null && rule.reasons?.includes(reason)) ||
        rule.message?.test(message)),
  )

const none: Effect = { kind: 'none' }

const killKey = (name: VerdictName, remedy: string): Verdict => ({
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

const coolKey: Effect = { kind: 'cool', scope: 'key', lasts: { seconds: 6 * 3600 } }

/** Nothing is paid for here; asked again every hour. */
export const billing: Verdict = {
  name: 'billing',
  blames: 'owner',
  retry: 'other-owner',
  effect: { kind: 'cool-owner', seconds: 3600 },
}

export const badRequest: Verdict = { name: 'bad-request', blames: 'client', retry: 'never', effect: none }

/** Besides 400 and 404, which have several meanings: a wrong method, too much of it, a method that is not there. */
export const callersMistakes = [405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 422, 431, 499, 501]

/** The model itself, or the way to it; never the key. */
export const upstreamFailing: Verdict = {
  name: 'upstream-failing',
  blames: 'model',
  retry: 'any-key',
  effect: { kind: 'throttle', target: 'model' },
}

/** Another project's file, cache or whatever else; only its owner can help. */
const routing: Verdict = { name: 'routing', blames: 'routing', retry: 'owner-of-resource', effect: none }

/**
 * What the reasons mean is Google's published `google.api.ErrorReason`; the messages are as recorded. Order counts where
 * a status has several rules: the one without conditions is last.
 */
const refusalRules: readonly RefusalRule[] = [
  { status: [400, 403], reasons: ['BILLING_DISABLED'], verdict: billing },

  {
    status: [400, 401],
    reasons: ['API_KEY_INVALID'],
    message: /^API key (not valid|expired|not found)/i,
    verdict: killKey('key-invalid', 'Google says the key is not valid or has expired. Make a new one in AI Studio.'),
  },
  {
    // Both depend on whether the project is paid for, so a paid one may well help.
    status: [400],
    message: /^(user location is not supported .*without a billing account|Gemini API free tier is not available)/i,
    verdict: billing,
  },
  {
    status: [400],
    message: /^user location is not supported/i,
    verdict: {
      name: 'location',
      blames: 'egress',
      retry: 'other-egress',
      effect: { kind: 'throttle', target: 'egress' },
    },
  },
  {
    // A signature that is not even base64 fails in the reader of the request, with the field's path.
    status: [400],
    message:
      /^(\*? ?[\w.[\]]+: |Unable to submit request because )?((corrupted|invalid) thought.?signature|thought.?signature is (not valid|invalid))|^Invalid value at '[^']*thought_?signature' \(TYPE_BYTES\)/i,
    verdict: { name: 'bad-signature', blames: 'client', retry: 'without-signatures', mostRetries: 1, effect: none },
  },
  { status: [400], verdict: badRequest },

  {
    status: [401],
    reasons: ['ACCESS_TOKEN_TYPE_UNSUPPORTED'],
    message: /^Request had invalid authentication credentials/i,
    verdict: killKey('key-invalid', 'Google does not accept this key. Make a new one in AI Studio.'),
  },
  {
    // Some methods take no API key at all. Whoever calls them must not take all keys out, one after the other.
    status: [401],
    reasons: ['CREDENTIALS_MISSING'],
    message: /^API keys are not supported by this API/i,
    verdict: badRequest,
  },
  {
    status: [401],
    verdict: { name: 'unclassified', blames: 'key', retry: 'other-key', effect: { kind: 'soft-failure' } },
  },

  {
    // Before all others of 403: the name in it is the client's.
    status: [403],
    message: /^(you do not have permission to access the \w+ |CachedContent not found)/i,
    verdict: routing,
  },
  {
    status: [403],
    reasons: ['CONSUMER_SUSPENDED'],
    message: /^Permission denied: Consumer \S+ has been suspended/i,
    verdict: killKey('key-suspended', 'Google has suspended the owner of this key. See the project in AI Studio.'),
  },
  {
    status: [403],
    message: /^Your API key was reported as leaked/i,
    verdict: killKey('key-suspended', 'The key was reported as leaked and is blocked for good. Make a new one.'),
  },
  {
    status: [403],
    reasons: ['SERVICE_DISABLED'],
    message: /^(Generative Language|Gemini) API has not been used in project/i,
    verdict: killOwner('The Generative Language API is not enabled in this project. Enable it in the console.'),
  },
  {
    status: [403],
    message: /^Your project has been denied access/i,
    verdict: killOwner('Google has denied this project access. Contact its support.'),
  },
  {
    status: [403],
    reasons: ['CONSUMER_INVALID'],
    verdict: killOwner('Google does not know the project of this key any more. Make a new key in another project.'),
  },
  {
    status: [403],
    reasons: ['API_KEY_SERVICE_BLOCKED'],
    message: /^Requests to this API \S+ method \S+ are blocked/i,
    verdict: killKey(
      'service-blocked',
      'The restrictions of this key forbid the Gemini API. Change them in the console.',
    ),
  },
  {
    status: [403],
    reasons: [
      'API_KEY_HTTP_REFERRER_BLOCKED',
      'API_KEY_IP_ADDRESS_BLOCKED',
      'API_KEY_ANDROID_APP_BLOCKED',
      'API_KEY_IOS_APP_BLOCKED',
    ],
    verdict: killKey(
      'service-blocked',
      'The key may only be used from certain addresses, sites or apps, and not from here. Change this in the console.',
    ),
  },
  {
    // No key arrived: whatever lost it on the way, the key is not at fault.
    status: [403],
    message: /^Method doesn't allow unregistered callers/i,
    verdict: { name: 'gateway-failed', blames: 'gateway', retry: 'never', effect: none },
  },
  { status: [403], verdict: { name: 'forbidden', blames: 'key', retry: 'other-key', effect: coolKey } },

  {
    // Said per project, so this key rests for the model.
    status: [404],
    message: /^This model \S+ is no longer available/i,
    verdict: { name: 'model-not-found', blames: 'key', retry: 'other-owner', mostRetries: 2, effect: coolKey },
  },
  {
    // Says the same of a model that nobody has and of a method that a good model lacks: whoever called it wrongly must
    // not take the model out of service for everybody.
    status: [404],
    message: /^((models|tunedModels)\/|Publisher Model )/i,
    verdict: { name: 'model-not-found', blames: 'client', retry: 'other-owner', mostRetries: 2, effect: none },
  },
  { status: [404], verdict: routing },

  { status: [408, 500, 502, 503, 504], verdict: upstreamFailing },
  { status: callersMistakes, verdict: badRequest },
]
