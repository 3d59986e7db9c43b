/** How an exchange ended. */
export type Outcome = 'finished' | 'failed' | 'abandoned'

/** One client request, as it stands in `t_request_log`. Times are milliseconds since 1970 UTC or durations in milliseconds. */
export type RequestRecord = {
  readonly requestId: string
  readonly startedAt: number
  /** Which front door: `gemini`, `openai`, … */
  readonly protocol: string
  /** The upstream method: `generateContent`, `countTokens`, … */
  readonly method: string
  /** As the client asked for it, suffixes included. */
  readonly model: string
  readonly stream: boolean
  /** Fingerprint of the client token; null when the caller was refused before it was known. */
  readonly token: string | null
  /** Stable id of the key of the last attempt; null when no key was taken. */
  readonly keyId: string | null
  readonly outcome: Outcome
  /** What the client was told; 499 when it left. */
  readonly statusCode: number
  /** Code from the error catalogue; null on success. */
  readonly errorCode: string | null
  /** The stage that failed; null unless outcome is `failed`. */
  readonly failedStage: string | null
  readonly attempts: number
  readonly latencyMs: number
  readonly firstByteMs: number | null
  readonly promptTokens: number | null
  readonly outputTokens: number | null
  readonly thoughtTokens: number | null
  readonly cachedTokens: number | null
  /** Why the key was chosen and what each attempt came to, compact JSON. */
  readonly trace: string | null
}

/** One failed attempt or refused request, as it stands in `t_error_logs`. */
export type ErrorRecord = {
  readonly requestId: string
  readonly occurredAt: number
  readonly keyId: string | null
  readonly model: string
  /** Kind of failure: a code of the error catalogue or a verdict's name. */
  readonly kind: string
  readonly statusCode: number
  /** Redacted text of what happened, at most 8,000 characters. */
  readonly text: string
  /** The request body, only when the administrator asked for it; redacted. */
  readonly requestBody: string | null
}

/** What is remembered about a key over a restart. One row per key, replaced as a whole. */
export type KeyStateRecord = {
  readonly keyId: string
  /** The pool's own JSON; storage does not look inside. */
  readonly state: string
  readonly updatedAt: number
}

export type KeyKind = 'gemini' | 'vertex-express'

/** A key kept in the database, or what a person said of one that the settings hold. */
export type KeyRecord = {
  readonly keyId: string
  /** In clear only in memory; encrypted in the row. Empty where the settings hold it, and in a tombstone. */
  readonly secret: string
  readonly kind: KeyKind
  readonly project: string | null
  readonly priority: number
  readonly tags: readonly string[]
  readonly note: string
  readonly enabled: boolean
  /** True: a person deleted it, and it stays deleted even if the environment still names it. */
  readonly deleted: boolean
  readonly createdAt: number
}
