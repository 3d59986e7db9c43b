import type { Logger } from '../logging/logger.ts'
import { isInferred } from './key-roster.ts'
import type { FoundProject, Owner, PoolKey } from './pool-key.ts'
import type { ProjectBursts } from './project-bursts.ts'
import type { QuotaBook } from './quota-book.ts'
import type { Readiness } from './readiness.ts'

export type ProjectsOptions = {
  readonly readiness: Readiness
  readonly quotas: QuotaBook
  readonly bursts: ProjectBursts
  readonly logger: Logger
  readonly now: () => number
  readonly onChange: (key: PoolKey) => void
}

/** As in `metadata.consumer`. Anything else, such as `api_key:…`, may hold the key itself. */
const consumerName = /^projects\/[\w-]{1,100}$/
/** Served beyond the quota by so much, and the quota is not shared. */
const beyondShare = 1.05

/** Finds out which keys share a project, from what Google says and from what happens to them together. */
export class Projects {
  readonly #options: ProjectsOptions

  constructor(options: ProjectsOptions) {
    this.#options = options
  }

  /** Google named the project of the key; a project that a person set stays. */
  learn(key: PoolKey, consumer: string): void {
    if (key.entry.project !== null || !consumerName.test(consumer)) return
    if (key.found?.name === consumer && key.found.how === 'consumer') return
    const siblings = key.found?.how === 'inferred' ? key.owner.keys.filter(other => other !== key) : []
    this.#assign(key, { name: consumer, how: 'consumer' })
    for (const sibling of siblings) {
      if (sibling.found?.how === 'inferred') this.#assign(sibling, { name: consumer, how: 'inferred' })
    }
  }

  /** Acts on bursts of refusals that are over. */
  inferFrom(bursts: ProjectBursts): void {
    const { now, readiness } = this.#options
    for (const keys of bursts.judge(now(), kind => readiness.aliveCount(kind))) this.#join(keys)
  }

  /** A request was served: more than the quota of the supposed project allows means that it is not one. */
  noteServed(owner: Owner, bucket: string): void {
    if (!owner.keys.some(isInferred)) return
    const { quotas, now, logger, bursts } = this.#options
    const use = quotas.use(owner, bucket)
    const limit = use.limits?.requestsPerDay ?? null
    if (limit === null || use.requestsToday(now(), quotas.dayOf(now())) <= limit * beyondShare + 2) return
    const keys = owner.keys.filter(isInferred)
    bursts.keepApart(keys)
    quotas.drop(owner, now())
    for (const [cooled, { reason }] of owner.cooling) if (reason === 'limit-reached') owner.cooling.delete(cooled)
    for (const key of keys) this.#assign(key, null)
    logger.info('keys that were taken for one project are not', { keys: keys.map(key => key.entry.fingerprint) })
  }

  #join(keys: readonly PoolKey[]) {
    const [first] = keys
    if (first === undefined) return
    const name = keys.find(key => key.found !== null)?.found?.name ?? `inferred-${first.entry.fingerprint}`
    for (const key of keys) if (key.found?.name !== name) this.#assign(key, { name, how: 'inferred' })
    this.#options.logger.info('keys seem to share a project', { keys: keys.map(key => key.entry.fingerprint) })
  }

  #assign(key: PoolKey, found: FoundProject | null) {
    const { readiness, quotas, now, onChange } = this.#options
    const before = key.owner
    readiness.change(key, () => {
      key.found = found
    })
    quotas.restateAll(before, now())
    quotas.restateAll(key.owner, now())
    onChange(key)
  }
}
