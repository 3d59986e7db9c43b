import type { Secret } from '../security/secret.ts'
import type { Choice } from './choice.ts'
import type { PoolKey } from './pool-key.ts'
import type { Verdict } from './verdict.ts'

/** What an attempt used, as far as it is known. */
export type Spent = {
  /** Input tokens that Google counted; 0 where it did not say. */
  readonly inputTokens: number
  /** Whether the request arrived at Google at all. */
  readonly reached: boolean
}

export type LeaseTerms = {
  readonly key: PoolKey
  /** The model the attempt is for, without suffixes. */
  readonly model: string
  readonly bucket: string
  /** Whether Google counts the call against the bucket's quota. */
  readonly isCounted: boolean
  readonly choice: Choice | null
  /** Milliseconds since 1970 UTC. */
  readonly lentAt: number
}

const reached: Spent = { inputTokens: 0, reached: true }

/** A key on loan for one upstream attempt. */
export class Lease {
  readonly key: PoolKey
  readonly model: string
  readonly bucket: string
  readonly isCounted: boolean
  readonly choice: Choice | null
  readonly lentAt: number
  readonly #onSettle: (lease: Lease, verdict: Verdict, spent: Spent) => void
  #isSettled = false

  constructor(terms: LeaseTerms, onSettle: (lease: Lease, verdict: Verdict, spent: Spent) => void) {
    this.key = terms.key
    this.model = terms.model
    this.bucket = terms.bucket
    this.isCounted = terms.isCounted
    this.choice = terms.choice
    this.lentAt = terms.lentAt
    this.#onSettle = onSettle
  }

  get keyId(): string {
    return this.key.entry.keyId
  }

  get fingerprint(): string {
    return this.key.entry.fingerprint
  }

  get secret(): Secret {
    return this.key.entry.secret
  }

  /** Gives the key back. The first verdict counts, a later one is ignored: an exchange may end in two places at once. */
  settle(verdict: Verdict, spent: Spent = reached): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#onSettle(this, verdict, spent)
  }
}
