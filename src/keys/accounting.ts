import type { Lease, Spent } from './lease.ts'
import type { Owner } from './pool-key.ts'
import type { QuotaBook } from './quota-book.ts'
import type { Readiness } from './readiness.ts'
import type { Verdict, VerdictName } from './verdict.ts'

export type AccountingOptions = {
  readonly readiness: Readiness
  readonly quotas: QuotaBook
  readonly now: () => number
}

/** Refusals that use up nothing; other failed calls count against the quota (Gemini API, rate limits). */
const uncounted = new Set<VerdictName>(['quota-per-minute', 'quota-per-day', 'no-quota', 'billing', 'busy', 'unused'])

/** Books what leases use, and holds owners back who have used what they may, before Google has to say so. */
export class Accounting {
  readonly #options: AccountingOptions

  constructor(options: AccountingOptions) {
    this.#options = options
  }

  lend(owner: Owner, bucket: string, model: string): void {
    const { quotas, now } = this.#options
    this.#holdBack(owner, bucket, model, quotas.count(owner, bucket, now()))
  }

  /** @param bucket as the model's is called now; it may have had another name when the lease was taken */
  settle(lease: Lease, bucket: string, verdict: Verdict, { inputTokens, reached }: Spent): void {
    const { quotas, now } = this.#options
    const { model, lentAt } = lease
    const { owner } = lease.key
    if (verdict.name === 'model-not-found' || !reached || uncounted.has(verdict.name)) {
      quotas.takeBack(owner, bucket, lentAt, now())
      this.#letGo(owner, bucket)
      if (verdict.name === 'model-not-found') quotas.forget(owner, bucket, now())
    } else if (inputTokens > 0) {
      this.#holdBack(owner, bucket, model, quotas.addTokens(owner, bucket, inputTokens, now()))
    }
  }

  /** Holds the owner back where it has used what it may: its counts are other ones than before. */
  review(owner: Owner): void {
    const { quotas, now } = this.#options
    for (const bucket of owner.uses.keys())
      this.#holdBack(owner, bucket, bucket, quotas.fullUntil(owner, bucket, now()))
  }

  #holdBack(owner: Owner, bucket: string, model: string, until: number | null) {
    if (until === null) return
    const { readiness, quotas, now } = this.#options
    readiness.cool(owner, owner.cooling, bucket, { until, reason: 'limit-reached', model })
    readiness.refresh(owner)
    quotas.restate(owner, bucket, now())
  }

  /** What was held back may go again if the count allows it after all. */
  #letGo(owner: Owner, bucket: string) {
    const { readiness, quotas, now } = this.#options
    const cooling = owner.cooling.get(bucket)
    if (cooling?.reason !== 'limit-reached') return
    if (quotas.fullUntil(owner, bucket, now()) !== null) return
    owner.cooling.delete(bucket)
    const { beneath } = cooling
    if (beneath !== undefined && beneath.until > now()) readiness.cool(owner, owner.cooling, bucket, beneath)
    readiness.refresh(owner)
    quotas.restate(owner, bucket, now())
  }
}
