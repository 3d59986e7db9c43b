import type { KeyKind } from '../storage/records.ts'
import type { BucketTotals } from './bucket-totals.ts'
import type { PacificDay } from './pacific-day.ts'

/** How a bucket stands today, over all keys of a kind, and how the day will go on if it goes on as it did. */
export type BucketForecast = {
  readonly kind: KeyKind
  readonly bucket: string
  readonly requestsToday: number
  /** Requests that found no key today. */
  readonly missedToday: number
  /** Projects (or keys that stand for themselves) whose daily limit is known, and what they may use and have left. */
  readonly knownOwners: number
  readonly knownLimit: number
  readonly knownLeft: number
  /** Ready ones whose limit nobody knows yet, because Google has had no reason to tell. */
  readonly unknownOwners: number
  /** What is left, those of unknown limit taken for as large as the known ones are on average; null while none is known. */
  readonly leftToday: number | null
  /** Requests an hour since midnight Pacific, those that found no key included. */
  readonly perHour: number
  /** When nothing will be left; null if not before midnight Pacific, or while no limit is known. Milliseconds since 1970 UTC. */
  readonly runsOutAt: number | null
  /** Requests by midnight that nothing will be left for. */
  readonly shortBy: number
  /** How many more projects like the known ones it would take to serve them. */
  readonly projectsNeeded: number
  /** Midnight Pacific, when the quotas begin anew. */
  readonly resetsAt: number
}

const hour = 3_600_000

/** Too little has passed before: one request in the first second is no rate. */
const shortestElapsed = hour / 4

/** @param readyOwners owners of the kind that are ready for whatever nobody cools in */
export const forecast = (
  totals: BucketTotals,
  { readyOwners, now, day }: { readonly readyOwners: number; readonly now: number; readonly day: PacificDay },
): BucketForecast => {
  const { kind, bucket, requestsToday, missedToday, knownOwners, limit, left } = totals
  const unknownOwners = Math.max(0, readyOwners - knownOwners)
  const typical = knownOwners === 0 ? 0 : limit / knownOwners
  const usedByKnown = Math.max(0, limit - left)
  const usedByUnknown = Math.max(0, requestsToday - usedByKnown)
  const leftToday = knownOwners === 0 ? null : Math.round(left + Math.max(0, unknownOwners * typical - usedByUnknown))
  const perHour = ((requestsToday + missedToday) / Math.max(shortestElapsed, now - day.start)) * hour
  const wanted = (perHour * (day.end - now)) / hour
  const shortBy = leftToday === null ? 0 : Math.max(0, Math.round(wanted - leftToday))
  return {
    kind,
    bucket,
    requestsToday,
    missedToday,
    knownOwners,
    knownLimit: limit,
    knownLeft: left,
    unknownOwners,
    leftToday,
    perHour,
    runsOutAt: leftToday === null || shortBy === 0 ? null : Math.round(now + (leftToday / perHour) * hour),
    shortBy,
    projectsNeeded: shortBy === 0 || typical === 0 ? 0 : Math.ceil((shortBy + missedToday) / typical),
    resetsAt: day.end,
  }
}
