import type { Secret } from '../security/secret.ts'
import type { PoolKey } from './pool-key.ts'
import type { Verdict } from './verdict.ts'

/** A key on loan for one upstream attempt. */
export class Lease {
  readonly key: PoolKey
  /** The model the attempt is for, without suffixes. */
  readonly model: string
  readonly bucket: string
  readonly #settle: (lease: Lease, verdict: Verdict) => void
  #isSettled = false

  constructor(key: PoolKey, model: string, bucket: string, settle: (lease: Lease, verdict: Verdict) => void) {
    this.key = key
    this.model = model
    this.bucket = bucket
    this.#settle = settle
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
  settle(verdict: Verdict): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#settle(this, verdict)
  }
}
