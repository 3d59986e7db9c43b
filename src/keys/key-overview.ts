import type { KeyPool } from './key-pool.ts'
import type { KeyCondition, KeyCounts, KeyOverview, KeyView } from './key-view.ts'
import type { PoolKey } from './pool-key.ts'

/** How long counts are good for: refused requests read them, and they go over all keys. */
const countsMilliseconds = 250

/** The pool as people may see it. */
export const createKeyOverview = (pool: KeyPool, now: () => number): KeyOverview => {
  let counted: KeyCounts = { total: 0, ready: 0, cooling: 0, dead: 0, disabled: 0 }
  let countedAt = Number.NEGATIVE_INFINITY
  const counts = (): KeyCounts => {
    if (now() - countedAt < countsMilliseconds) return counted
    countedAt = now()
    const sums = { total: 0, ready: 0, cooling: 0, dead: 0, disabled: 0 }
    for (const key of pool.keys()) {
      sums.total++
      sums[conditionOf(key, countedAt)]++
    }
    counted = sums
    return counted
  }
  return {
    counts,
    page: ({ offset, limit, condition }) => {
      const moment = now()
      const rows: KeyView[] = []
      let matching = 0
      for (const key of pool.keys()) {
        if (condition !== undefined && conditionOf(key, moment) !== condition) continue
        if (matching >= offset && rows.length < limit) rows.push(toView(key, moment))
        matching++
      }
      return { rows, matching, counts: counts() }
    },
  }
}

const conditionOf = (key: PoolKey, now: number): KeyCondition => {
  if (!key.entry.enabled) return 'disabled'
  if (key.death !== null && key.death.until > now) return 'dead'
  const { suspended, cooling } = key.owner
  const isCooling = [suspended, ...cooling.values(), ...key.cooling.values()].some(one => (one?.until ?? 0) > now)
  return isCooling ? 'cooling' : 'ready'
}

const toView = (key: PoolKey, now: number): KeyView => ({
  keyId: key.entry.keyId,
  fingerprint: key.entry.fingerprint,
  kind: key.entry.kind,
  source: key.entry.source,
  project: key.entry.project,
  priority: key.entry.priority,
  condition: conditionOf(key, now),
  reason: key.death === null ? null : key.death.remedy,
  cooling: [
    ...(key.owner.suspended === null ? [] : [{ bucket: '*', ...key.owner.suspended }]),
    ...[...key.owner.cooling, ...key.cooling].map(([bucket, cooling]) => ({ bucket, ...cooling })),
  ]
    .filter(({ until }) => until > now)
    .map(({ bucket, until, reason }) => ({ bucket, until, reason })),
  inFlight: key.inFlight,
  served: key.served,
  failed: key.failed,
  lastUsedAt: key.lastUsedAt,
})
