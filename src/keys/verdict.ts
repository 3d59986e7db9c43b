import type { AnswerFacts } from '../protocols/gemini/answer-facts.ts'

/** One upstream attempt as it ended, before anybody has said what it means. */
export type AttemptOutcome =
  /** A whole answer, or a stream that came to its end. `facts` is null where nobody looks inside (countTokens, lists…). */
  | { readonly kind: 'answered'; readonly facts: AnswerFacts | null }
  /** An error status, or an error event in mid-stream; `body` is what upstream sent. */
  | { readonly kind: 'refused'; readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly limit: 'connect' | 'first-byte' }
  /** The stream ended without a finish reason, or the connection was lost. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'client-gone' }
  /** The gateway itself failed after the key was taken. */
  | { readonly kind: 'gateway-failed' }

export type VerdictName =
  | 'healthy'
  | 'quota-per-day'
  | 'quota-per-minute'
  | 'no-quota'
  | 'billing'
  | 'busy'
  | 'key-invalid'
  | 'key-suspended'
  | 'project-denied'
  | 'service-blocked'
  | 'routing'
  | 'forbidden'
  | 'model-not-found'
  | 'location'
  | 'bad-request'
  | 'bad-signature'
  | 'upstream-failing'
  | 'front-end-error'
  | 'blocked'
  | 'empty'
  | 'cut'
  | 'client-gone'
  | 'gateway-failed'
  /** Taken, and given back before anything was sent. */
  | 'unused'
  | 'unclassified'

export type Retry =
  | 'never'
  /** On a key of another project. */
  | 'other-owner'
  | 'other-key'
  /** Any key will do, after a pause. */
  | 'any-key'
  | 'other-egress'
  /** Only the project that owns the named file or cache can help. */
  | 'owner-of-resource'
  | 'without-signatures'

/** What the pool does about it. Durations are seconds. */
export type Effect =
  | { readonly kind: 'none' }
  | { readonly kind: 'healthy' }
  | {
      readonly kind: 'cool'
      readonly scope: 'owner' | 'key'
      readonly lasts: { readonly seconds: number } | 'until-pacific-midnight'
    }
  /** Every model of the owner. */
  | { readonly kind: 'cool-owner'; readonly seconds: number }
  | { readonly kind: 'kill'; readonly scope: 'owner' | 'key'; readonly remedy: string }
  | { readonly kind: 'throttle'; readonly target: 'egress' | 'model' }
  | { readonly kind: 'soft-failure' }

/** A limit Google told in `quotaValue`. */
export type LearnedLimit = {
  readonly quotaId: string
  readonly unit: 'requests' | 'input-tokens'
  readonly per: 'minute' | 'day'
  readonly value: number
}

/** What one upstream outcome says. Computed by `judge`, acted on by the pool and by the retry loop. */
export type Verdict = {
  readonly name: VerdictName
  readonly blames:
    | 'nobody'
    | 'key'
    | 'owner'
    | 'egress'
    | 'model'
    | 'client'
    | 'content'
    | 'routing'
    | 'luck'
    | 'gateway'
  readonly retry: Retry
  /** Further attempts that this verdict allows in one exchange, if `MAX_RETRIES` does not allow fewer. */
  readonly mostRetries?: number
  readonly effect: Effect
  /** The quota's own model name, where Google tells it; it is not always the requested one. */
  readonly bucket?: string
  /** `projects/123`, where Google tells whom the key belongs to. */
  readonly consumer?: string
  readonly limits?: readonly LearnedLimit[]
}
