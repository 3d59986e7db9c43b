import { forecast } from './forecast.ts'
import { conditionOf } from './key-index.ts'
import type { KeyPool } from './key-pool.ts'
import { projectOf } from './key-roster.ts'
import type { BucketView, CoolingView, KeyCounts, KeyOverview, KeyView, OwnerView } from './key-view.ts'
import type { PacificDay } from './pacific-day.ts'
import { isUsable, type Owner, type PoolKey } from './pool-key.ts'

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
        at: moment,
      }
    },
    rows: keyIds => {
      const moment = now()
      const day = pool.dayOf(moment)
      return keyIds.flatMap(keyId => {
        const key = pool.key(keyId)
        return key === undefined ? [] : [toView(key, conditionOf(key), moment, day)]
      })
    },
    owners: ({ offset, limit }) => {
      const { roster } = pool
      const moment = now()
      const day = pool.dayOf(moment)
      return { rows: roster.page(offset, limit).map(owner => toOwnerView(owner, moment, day)), matching: roster.size }
    },
    capacity: () => {
      const moment = now()
      const day = pool.dayOf(moment)
      return pool.totals.map(totals =>
        forecast(totals, { readyOwners: pool.roster.readyCount(totals.kind), now: moment, day }),
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
  projectIs: projectIs(key),
  priority: key.entry.priority,
  condition,
  reason: key.death?.remedy ?? null,
  verdict: key.death?.reason ?? null,
  deadSince: key.death?.since ?? null,
  checkedAt: key.checkedAt,
  cooling: coolingsOf(key.owner, key.cooling, now),
  buckets: bucketsOf(key.owner, now, day),
  inFlight: key.inFlight,
  served: key.served,
  failed: key.failed,
  lastUsedAt: key.lastUsedAt,
})

const mostShownKeys = 100

const toOwnerView = (owner: Owner, now: number, day: PacificDay): OwnerView => {
  const [first] = owner.keys
  return {
    project: first === undefined ? null : projectOf(first),
    projectIs: first === undefined ? 'unknown' : projectIs(first),
    kind: owner.kind,
    keys: owner.keys.slice(0, mostShownKeys).map(key => key.entry.fingerprint),
    keyCount: owner.keys.length,
    aliveCount: owner.keys.filter(key => isUsable(key, 0)).length,
    cooling: coolingsOf(owner, new Map(), now),
    buckets: bucketsOf(owner, now, day),
  }
}

const projectIs = ({ entry, found }: PoolKey): KeyView['projectIs'] =>
  entry.project !== null ? 'set' : (found?.how ?? 'unknown')

const coolingsOf = (owner: Owner, ofKey: PoolKey['cooling'], now: number): readonly CoolingView[] =>
  [
    ...(owner.suspended === null ? [] : [{ bucket: '*', ...owner.suspended }]),
    ...[...owner.cooling, ...ofKey].map(([bucket, cooling]) => ({ bucket, ...cooling })),
  ]
    .filter(({ until }) => until > now)
    .map(({ bucket, until, reason }) => ({ bucket, until, reason }))

const bucketsOf = (owner: Owner, now: number, day: PacificDay): readonly BucketView[] =>
  [...owner.uses].map(([bucket, use]) => {
    // Google said that nothing is left, whatever was counted here.
    const isOut = (owner.cooling.get(bucket)?.until ?? 0) >= day.end
    const view = use.view(now, day)
    return {
      bucket,
      ...view,
      requestsLeftThisMinute: leftOf(view.limits?.requestsPerMinute, view.requestsThisMinute),
      requestsLeftToday: isOut ? 0 : leftOf(view.limits?.requestsPerDay, view.requestsToday),
    }
  })

const leftOf = (limit: number | null | undefined, used: number) => (limit == null ? null : Math.max(0, limit - used))
