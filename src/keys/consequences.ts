import type { Logger } from '../logging/logger.ts'
import type { Accounting } from './accounting.ts'
import type { BucketNames } from './bucket-names.ts'
import { ForbiddenBuckets } from './forbidden-buckets.ts'
import type { Lease } from './lease.ts'
import type { Cooling, PoolKey } from './pool-key.ts'
import type { ProjectBursts } from './project-bursts.ts'
import type { QuotaBook } from './quota-book.ts'
import type { Readiness } from './readiness.ts'
import type { Verdict } from './verdict.ts'

export type ConsequencesOptions = {
  readonly readiness: Readiness
  readonly quotas: QuotaBook
  readonly names: BucketNames
  readonly bursts: ProjectBursts
  readonly accounting: Accounting
  readonly logger: Logger
  readonly now: () => number
  /** 0 up to 1; spreads returns over time. */
  readonly random: () => number
  readonly mostSoftFailures: () => number
  /** The key's state is other than what is stored. */
  readonly onChange: (key: PoolKey) => void
}

/** What a verdict is about: a lease, or a key that was checked outside of any. */
export type Occasion = Pick<Lease, 'key' | 'model' | 'bucket' | 'isCounted' | 'lentAt'>

/** Buckets that may come from answers to model names which clients made up: a bound on what a hostile client can cost. */
const mostInventedBuckets = 200
/** Google begins the new day for all at once; its clients should not. */
const jitterMilliseconds = 60_000
/** Three different models refused for lack of permission are no accident: the key itself is at fault. */
const mostForbidden = 3

/** Does to keys and owners what a verdict says. */
export class Consequences {
  readonly #options: ConsequencesOptions
  readonly #forbidden = new ForbiddenBuckets()

  constructor(options: ConsequencesOptions) {
    this.#options = options
  }

  apply(occasion: Occasion, verdict: Verdict): void {
    const { key } = occasion
    const { effect } = verdict
    switch (effect.kind) {
      case 'none':
      case 'throttle':
        return
      case 'healthy':
        if (key.softFailures === 0) return
        key.softFailures = 0
        this.#options.onChange(key)
        return
      case 'cool':
        this.#cool(occasion, verdict, effect)
        return
      case 'cool-owner': {
        const { readiness, quotas, now } = this.#options
        readiness.suspend(key.owner, this.#coolingFor(effect.seconds * 1000, occasion, verdict))
        readiness.refresh(key.owner)
        quotas.restateAll(key.owner, now())
        this.#options.onChange(key)
        return
      }
      case 'kill':
        for (const victim of effect.scope === 'owner' ? [...key.owner.keys] : [key]) {
          this.#kill(victim, verdict, effect.remedy)
        }
        return
      case 'soft-failure':
        key.softFailures++
        if (key.softFailures >= this.#options.mostSoftFailures()) {
          const remedy = `${key.softFailures} refusals in a row that fit no known reason; see the error log.`
          this.#kill(key, verdict, remedy)
        }
        this.#options.onChange(key)
        return
    }
  }

  /** A check found the key well. */
  revive(key: PoolKey): void {
    if (key.death === null) return
    const { readiness, quotas, logger, now, onChange } = this.#options
    const { reason } = key.death
    readiness.revive(key)
    quotas.restateAll(key.owner, now())
    logger.info('a key is back', { key: key.entry.fingerprint, was: reason })
    onChange(key)
  }

  #cool(occasion: Occasion, verdict: Verdict, effect: Extract<Verdict['effect'], { kind: 'cool' }>) {
    const { readiness, quotas, onChange, now: clock } = this.#options
    const { key } = occasion
    const now = clock()
    // What does not count against the model's quota has one of its own, which Google gives the same name.
    const bucket = (occasion.isCounted ? verdict.bucket : undefined) ?? occasion.bucket
    // A call that names no model (a file, a list) shares its bucket with all others of the kind: one refusal says nothing.
    if (bucket === '' && effect.scope === 'key') return
    const isInvented = effect.scope === 'key' && !readiness.hasBucket(bucket)
    if (isInvented && readiness.bucketCount >= mostInventedBuckets) return
    if (occasion.isCounted && verdict.bucket !== undefined) this.#learnName(occasion.model, bucket)
    const milliseconds =
      effect.lasts === 'until-pacific-midnight' ? this.#restOfDay(occasion, now) : effect.lasts.seconds * 1000
    const cooling = this.#coolingFor(milliseconds, occasion, verdict)
    if (effect.scope === 'owner' && occasion.isCounted) this.#learnQuota(occasion, verdict, bucket, cooling.until)
    readiness.cool(key.owner, effect.scope === 'owner' ? key.owner.cooling : key.cooling, bucket, cooling)
    readiness.refresh(key.owner)
    quotas.restate(key.owner, bucket, now)
    // A refusal of yesterday's request may tell a limit that today's have reached.
    if (occasion.lentAt < quotas.dayOf(now).start) this.#options.accounting.review(key.owner)
    if (verdict.name === 'forbidden') this.#forbidden.note(bucket, key)
    if (verdict.name === 'forbidden' && this.#forbidden.countOwn(key, now) >= mostForbidden) {
      this.#kill(key, verdict, 'Google refuses this key three models for lack of permission. See its restrictions.')
    }
    onChange(key)
  }

  /** A request of yesterday that is refused today met yesterday's quota. */
  #restOfDay({ lentAt }: Occasion, now: number): number {
    const { start, end } = this.#options.quotas.dayOf(now)
    const jitter = Math.floor(this.#options.random() * jitterMilliseconds)
    return lentAt < start ? jitter : end - now + jitter
  }

  /** The first time costs a look at every owner. */
  #learnName(model: string, bucket: string) {
    const { readiness, quotas, names, now } = this.#options
    if (names.of(model) === bucket) return
    names.learn(model, bucket)
    if (names.of(model) === bucket) quotas.rename(readiness.roster.owners, model, bucket, now())
  }

  #learnQuota({ key }: Occasion, verdict: Verdict, bucket: string, until: number) {
    const { quotas, bursts, now: clock } = this.#options
    const now = clock()
    const limits = verdict.limits ?? []
    const use = quotas.use(key.owner, bucket)
    if (verdict.name === 'quota-per-minute') use.alignMinute(until)
    const daily = limits.find(({ per, unit }) => per === 'day' && unit === 'requests')
    if (verdict.name === 'quota-per-day' && daily !== undefined) {
      const day = quotas.dayOf(now)
      const used = use.requestsToday(now, day)
      bursts.note({ key, bucket, quotaId: daily.quotaId, value: daily.value, used }, day.start, now)
    }
    if (limits.length > 0) quotas.learn(key.owner, bucket, limits, now)
  }

  #coolingFor(milliseconds: number, { model }: Occasion, { name }: Verdict): Cooling {
    return { until: this.#options.now() + milliseconds, reason: name, model }
  }

  #kill(key: PoolKey, { name }: Verdict, remedy: string) {
    const { readiness, quotas, logger, now, onChange } = this.#options
    if (key.death?.reason === name) return
    const since = key.death?.since ?? now()
    if (key.death === null) {
      logger.warn('a key is out of service', { key: key.entry.fingerprint, reason: name, remedy })
    }
    readiness.bury(key, { since, reason: name, remedy })
    quotas.restateAll(key.owner, now())
    onChange(key)
  }
}
