import type { KeyPool } from '#src/keys/key-pool.ts'
import type { Owner } from '#src/keys/pool-key.ts'
import { limitLifeMilliseconds } from '#src/keys/quota-use.ts'
import { must } from './_pool-checks.ts'

/** After a restart every key stands as it stood before. */
export const compareAfterRestart = (before: KeyPool, after: KeyPool, now: number) => {
  const ahead = (coolings: PoolCoolings) => [...coolings].filter(([, { until }]) => until > now).sort()
  const describe = (pool: KeyPool) =>
    [...pool.keys()]
      .map(({ entry: { keyId }, death, softFailures, cooling, owner }) => ({
        keyId,
        death,
        softFailures,
        owner: owner.name,
        isSure: owner.isSure,
        cooling: ahead(cooling),
        ownerCooling: owner.keys.length > 1 ? [] : ahead(owner.cooling),
        suspended: (owner.suspended?.until ?? 0) > now ? owner.suspended : null,
        limits: owner.keys.length > 1 ? [] : limitsOf(owner, now),
      }))
      .sort((left, right) => (left.keyId < right.keyId ? -1 : 1))
  const [then, afterwards] = [describe(before), describe(after)]
  for (const [index, one] of then.entries()) {
    const [left, right] = [JSON.stringify(one), JSON.stringify(afterwards[index])]
    must(left === right, `before the restart ${left}, then ${right}`)
  }
}

type PoolCoolings = Iterable<readonly [string, { readonly until: number }]>

/** Those that are young enough to go by. With several keys each remembers what was known when it was used last. */
const limitsOf = ({ uses }: Owner, now: number) =>
  [...uses]
    .map(([bucket, { limits }]) => ({ bucket, limits }))
    .filter(({ limits }) => limits !== null && now - limits.learnedAt <= limitLifeMilliseconds)
    .sort((left, right) => (left.bucket < right.bucket ? -1 : 1))
