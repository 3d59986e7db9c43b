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

  settle({ key: { owner }, bucket, model }: Lease, verdict: Verdict, { inputTokens, reached }: Spent): void {
    const { quotas, now } = this.#options
    if (verdict.name === 'model-not-found') quotas.forget(owner, bucket, now())
    else if (!reached || uncounted.has(verdict.name)) {
      quotas.takeBack(owner, bucket, now())
      this.#letGo(owner, bucket)
    } else if (inputTokens > 0) {
      this.#holdBack(owner, bucket, model, quotas.addTokens(owner, bucket, inputTokens, now()))
    }
  }

  #holdBack(owner: Owner, bucket: string, model: string, until: number | null) {
    if (until === null) return
    const { readiness } = this.#options
    readiness.cool(owner, owner.cooling, bucket, { until, reason: 'limit-reached', model })
    readiness.refresh(owner)
  }

  /** What was held back may go again if the count allows it after all. */
  #letGo(owner: Owner, bucket: string) {
    const { readiness, quotas, now } = this.#options
    if (owner.cooling.get(bucket)?.reason !== 'limit-reached') return
    const use = quotas.use(owner, bucket)
    if (use.fullUntil(now(), quotas.dayOf(now()), owner.isSure) !== null) return
    owner.cooling.delete(bucket)
    readiness.refresh(owner)
  }
}
