import type { Readiness } from './readiness.ts'
import type { Wish } from './wish.ts'

/** A key that is only busy is free again in no time; when, nobody knows. */
const busyMilliseconds = 1000

/** When somebody may be ready for the wish again, as far as it can be told. Milliseconds since 1970 UTC. */
export const soonestReturn = ({ owner: name }: Wish, bucket: string, now: number, readiness: Readiness): number => {
  const owner = name === undefined ? undefined : readiness.roster.owner(name)
  const expected =
    owner === undefined
      ? readiness.soonest(bucket)
      : Math.max(owner.suspended?.until ?? 0, owner.cooling.get(bucket)?.until ?? 0) || undefined
  // One that is past is nobody's: the keys of the owner are dead, or switched off.
  const soonest = expected === undefined || expected <= now ? now + busyMilliseconds : expected
  return readiness.isAnyBusy(bucket) ? Math.min(soonest, now + busyMilliseconds) : soonest
}
