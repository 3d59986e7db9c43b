import type { KeyKind } from '../storage/records.ts'
import { Calendar } from './calendar.ts'
import { KeyIndex } from './key-index.ts'
import { isKnown, KeyRoster } from './key-roster.ts'
import { type Cooling, type Death, isOpen, isUsable, type Owner, type PoolKey } from './pool-key.ts'

export type ReadinessOptions = {
  /** Requests one key may carry at once; 0 is no limit. */
  readonly mostInFlight: () => number
  /** An owner's own cooling for a bucket is over. */
  readonly onReturn: (owner: Owner, bucket: string) => void
  /** An owner's suspension is over. */
  readonly onResume: (owner: Owner) => void
  /** The key belonged to `from` before. */
  readonly onMove: (key: PoolKey, from: Owner) => void
  /** `from` has a key less; it may have been the last. */
  readonly onLeave: (from: Owner) => void
}

/**
 * Who is ready for what, right now. Keeps the rotations, the calendar of returns and the index true to what keys and
 * owners say of themselves; every change of theirs that takes somebody out or brings somebody back goes through here.
 */
export class Readiness {
  readonly #calendar = new Calendar()
  readonly roster = new KeyRoster(group => {
    for (const bucket of this.#calendar.buckets) group.open(bucket)
  })
  readonly index = new KeyIndex()
  /** Keys that carry as many requests as they may. */
  readonly #full = new Set<PoolKey>()
  readonly #options: ReadinessOptions
  readonly #alive = new Map<KeyKind, number>()

  constructor(options: ReadinessOptions) {
    this.#options = options
  }

  /** A lease of the key was handed out. */
  noteLent(key: PoolKey): void {
    if (key.inFlight !== this.#options.mostInFlight()) return
    this.#full.add(key)
    this.refresh(key.owner)
  }

  /** A lease of the key came back. */
  noteReturned(key: PoolKey): void {
    this.#full.delete(key)
    if (this.#options.mostInFlight() > 0) this.refresh(key.owner)
  }

  /** Whether a key could be used for the bucket if it did not carry as many requests as it may already. */
  isAnyBusy(bucket: string): boolean {
    for (const key of this.#full) {
      const { owner, cooling } = key
      if (isUsable(key, 0) && owner.suspended === null && !owner.cooling.has(bucket) && !cooling.has(bucket))
        return true
    }
    return false
  }

  aliveCount(kind: KeyKind): number {
    return this.#alive.get(kind) ?? 0
  }

  isAnyReady(kind: KeyKind, bucket: string): boolean {
    return this.roster.groups(kind).some(group => group.rotation(bucket).ready.size > 0)
  }

  /** Buckets in which somebody cools. */
  get bucketCount(): number {
    return this.#calendar.bucketCount
  }

  hasBucket(bucket: string): boolean {
    return this.#calendar.has(bucket)
  }

  /** The soonest return for the bucket of somebody who is alive; undefined when nobody is expected. */
  soonest(bucket: string): number | undefined {
    return this.#calendar.soonest(bucket, (owner, at) => this.#returnOf(owner, bucket, at))
  }

  /** Takes a key into the pool. */
  add(key: PoolKey): void {
    this.#countAlive(key, 1)
    const owner = this.roster.enter(key)
    this.index.add(key)
    // It may be the first living one of its owner, see `revive`.
    if (!owner.keys.some(other => other !== key && isUsable(other, 0))) this.#noteAll(owner)
    this.refresh(owner)
  }

  remove(key: PoolKey): void {
    this.#countAlive(key, -1)
    this.index.remove(key)
    this.#full.delete(key)
    this.roster.leave(key)
    this.refresh(key.owner)
    this.#options.onLeave(key.owner)
  }

  /** Changes something of the key that decides where it belongs: its entry, or the project that was found. */
  change(key: PoolKey, apply: () => void): void {
    const before = key.owner
    this.#countAlive(key, -1)
    this.roster.leave(key)
    apply()
    this.#countAlive(key, 1)
    const owner = this.roster.enter(key)
    before.isSure = isKnown(before)
    owner.isSure = isKnown(owner)
    if (before !== owner) {
      this.#options.onMove(key, before)
      this.#options.onLeave(before)
      this.refresh(before)
    }
    this.#noteAll(owner)
    this.refresh(owner)
  }

  /** Takes an owner, or one key of it, out of one bucket. Of two coolings the longer one holds. */
  cool(owner: Owner, coolings: Map<string, Cooling>, bucket: string, cooling: Cooling): void {
    const longer = laterOf(coolings.get(bucket) ?? null, cooling) ?? cooling
    coolings.set(bucket, longer)
    this.#note(bucket, longer.until, owner)
  }

  /** Takes an owner out of all buckets. */
  suspend(owner: Owner, cooling: Cooling): void {
    const longer = laterOf(owner.suspended, cooling) ?? cooling
    owner.suspended = longer
    this.#calendar.noteSuspension(longer.until, owner)
  }

  /** Takes a key out of service, or changes the reason why it is. */
  bury(key: PoolKey, death: Death): void {
    this.#countAlive(key, -1)
    key.death = death
    this.#countAlive(key, 1)
    this.refresh(key.owner)
  }

  revive(key: PoolKey): void {
    this.#countAlive(key, -1)
    key.death = null
    this.#countAlive(key, 1)
    // Entries of owners without a living key are thrown away when somebody asks for the soonest return.
    this.#noteAll(key.owner)
    this.refresh(key.owner)
  }

  /**
   * Brings back who has waited long enough, for all buckets or for this one: `most` owners at most, so that midnight,
   * when all come back at once, is not one request's to pay for.
   * @returns whether there may be more
   */
  wake(now: number, bucket: string, most: number): boolean {
    for (let left = most; left > 0; left--) {
      const suspended = this.#calendar.takeDueEverywhere(now)
      const owner = suspended ?? this.#calendar.takeDue(bucket, now)
      if (owner === undefined) {
        if (this.#calendar.closeIfEmpty(bucket)) for (const group of this.roster.allGroups) group.close(bucket)
        return false
      }
      if (suspended === undefined) this.#returnTo(owner, bucket, now)
      else if (isOver(owner.suspended, now)) this.#resume(owner)
      this.refresh(owner)
    }
    return true
  }

  /** The same for every bucket; for whoever wants to see the pool as it is. */
  wakeAll(now: number, most: number): void {
    // Suspensions end along with any bucket; that of no model is always there.
    for (const bucket of new Set(['', ...this.#calendar.buckets])) this.wake(now, bucket, most)
  }

  /** Sets the owner's marks to what it can do now. */
  refresh(owner: Owner): void {
    if (!this.roster.holds(owner)) return
    const mostInFlight = this.#options.mostInFlight()
    const isAwake = owner.suspended === null && owner.keys.some(key => isUsable(key, mostInFlight))
    this.roster.groupOf(owner)?.refresh(owner.slot, isAwake, bucket => isOpen(owner, bucket, mostInFlight))
    for (const key of owner.keys) this.index.update(key)
  }

  #resume(owner: Owner) {
    owner.suspended = null
    this.#options.onResume(owner)
  }

  #returnTo(owner: Owner, bucket: string, now: number) {
    const own = owner.cooling.get(bucket)
    if (own !== undefined && own.until <= now) {
      owner.cooling.delete(bucket)
      this.#options.onReturn(owner, bucket)
    }
    for (const { cooling } of owner.keys) if (isOver(cooling.get(bucket) ?? null, now)) cooling.delete(bucket)
  }

  /** Somebody cools in the bucket: from now on it has a rotation and a queue of its own. */
  #note(bucket: string, until: number, owner: Owner) {
    if (!this.#calendar.has(bucket)) for (const group of this.roster.allGroups) group.open(bucket)
    this.#calendar.note(bucket, until, owner)
  }

  #noteAll(owner: Owner) {
    if (owner.suspended !== null) this.#calendar.noteSuspension(owner.suspended.until, owner)
    for (const coolings of [owner.cooling, ...owner.keys.map(key => key.cooling)]) {
      for (const [bucket, { until }] of coolings) this.#note(bucket, until, owner)
    }
  }

  /** When the owner is back for the bucket; null when it is not waited for at that moment any more. */
  #returnOf(owner: Owner, bucket: string, at: number): number | null {
    if (!this.roster.holds(owner)) return null
    const whole = Math.max(owner.suspended?.until ?? 0, owner.cooling.get(bucket)?.until ?? 0)
    let isAwaited = owner.suspended?.until === at || owner.cooling.get(bucket)?.until === at
    let soonest = Number.POSITIVE_INFINITY
    for (const key of owner.keys) {
      if (!isUsable(key, 0)) continue
      const own = key.cooling.get(bucket)?.until ?? 0
      isAwaited = isAwaited || own === at
      soonest = Math.min(soonest, Math.max(whole, own))
    }
    return isAwaited && soonest !== Number.POSITIVE_INFINITY ? soonest : null
  }

  #countAlive({ entry, death }: PoolKey, change: number) {
    if (!entry.enabled || death !== null) return
    this.#alive.set(entry.kind, (this.#alive.get(entry.kind) ?? 0) + change)
  }
}

const isOver = (moment: { readonly until: number } | null, now: number) => moment !== null && moment.until <= now

/** Of two coolings the longer one holds. The pool's own count may change its mind: what Google said is kept beneath it. */
export const laterOf = (left: Cooling | null, right: Cooling | null): Cooling | null => {
  if (left === null || right === null) return left ?? right
  const longer = left.until >= right.until ? left : right
  const refused = longest(
    [left, right].map(cooling => (cooling.reason === 'limit-reached' ? cooling.beneath : cooling)),
  )
  if (longer.reason !== 'limit-reached' || refused === undefined) return longer
  return refused.until === longer.until ? refused : { ...longer, beneath: refused }
}

const longest = (coolings: readonly (Cooling | undefined)[]): Cooling | undefined =>
  coolings.reduce((best, one) => ((one?.until ?? 0) > (best?.until ?? 0) ? one : best), undefined)
