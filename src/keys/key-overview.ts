import { forecast } from './forecast.ts'
import { conditionOf } from './key-index.ts'
import type { KeyPool } from './key-pool.ts'
import { projectOf } from './key-roster.ts'
import type { BucketView, KeyCounts, KeyOverview, KeyView } from './key-view.ts'
import type { PacificDay } from './pacific-day.ts'
import type { PoolKey } from './pool-key.ts'
import type { QuotaView } from './quota-use.ts'

/** The pool as people may see it. */
export const createKeyOverview = (pool: KeyPool, now: () => number): KeyOverview => {
  const counts = (): KeyCounts => {
    const { index } = pool
    return {
      total: index.count(),
      ready: index.count('ready'),
      cooling: index.count('cooling'),
      dead: index.count('dead'),
      disabled: index.count('disabled'),
    }
  }
  return {
    counts,
    page: ({ offset, limit, condition }) => {
      const { index } = pool
      const moment = now()
      const day = pool.dayOf(moment)
      return {
        rows: index.page(condition, offset, limit).map(key => toView(key, conditionOf(key), moment, day)),
        matching: index.count(condition),
        counts: counts(),
      }
    },
    capacity: () => {
      const moment = now()
      const day = pool.dayOf(moment)
      return pool.totals.map(totals =>
        forecast(totals, { readyOwners: pool.readyOwners(totals.kind), now: moment, day }),
      )
    },
  }
}

const toView = (key: PoolKey, condition: KeyView['condition'], now: number, day: PacificDay): KeyView => ({
  keyId: key.entry.keyId,
  fingerprint: key.entry.fingerprint,
  kind: key.entry.kind,
  source: key.entry.source,
  project: projectOf(key),
  projectIs: key.entry.project !== null ? 'set' : (key.found?.how ?? 'unknown'),
  priority: key.entry.priority,
  condition,
  reason: key.death?.remedy ?? null,
  verdict: key.death?.reason ?? null,
  deadSince: key.death?.since ?? null,
  checkedAt: key.checkedAt,
  cooling: [
    ...(key.owner.suspended === null ? [] : [{ bucket: '*', ...key.owner.suspended }]),
    ...[...key.owner.cooling, ...key.cooling].map(([bucket, cooling]) => ({ bucket, ...cooling })),
  ]
    .filter(({ until }) => until > now)
    .map(({ bucket, until, reason }) => ({ bucket, until, reason })),
  buckets: [...key.owner.uses].map(([bucket, use]) => toBucketView(bucket, use.view(now, day))),
  inFlight: key.inFlight,
  served: key.served,
  failed: key.failed,
  lastUsedAt: key.lastUsedAt,
})

const toBucketView = (bucket: string, view: QuotaView): BucketView => ({
  bucket,
  ...view,
  requestsLeftThisMinute: leftOf(view.limits?.requestsPerMinute, view.requestsThisMinute),
  requestsLeftToday: leftOf(view.limits?.requestsPerDay, view.requestsToday),
})

const leftOf = (limit: number | null | undefined, used: number) => (limit == null ? null : Math.max(0, limit - used))
