import type { Readiness } from './readiness.ts'
import type { Wish } from './wish.ts'

/** A key that is only busy is free again in no time; when, nobody knows. */
const busyMilliseconds = 1000

export type SoonestReturn = { readonly retryAt: number; readonly isExpected: boolean }

/** When somebody may be ready for the wish again, as far as it can be told. Milliseconds since 1970 UTC. */
export const soonestReturn = (
  { owner: name }: Wish,
  bucket: string,
  now: number,
  readiness: Readiness,
): SoonestReturn => {
  const owner = name === undefined ? undefined : readiness.roster.owner(name)
  const known =
    owner === undefined
      ? readiness.soonest(bucket)
      : Math.max(owner.suspended?.until ?? 0, owner.cooling.get(bucket)?.until ?? 0)
  const busy = readiness.isAnyBusy(bucket) ? now + busyMilliseconds : undefined
  // One that is past is nobody's: the keys of the owner are dead, or switched off.
  const expected = known === undefined || known <= now ? undefined : known
  if (busy === undefined && expected === undefined) return { retryAt: now + busyMilliseconds, isExpected: false }
  return { retryAt: Math.min(busy ?? Number.POSITIVE_INFINITY, expected ?? Number.POSITIVE_INFINITY), isExpected: true }
}
