import type { KeyKind } from '../storage/records.ts'
import { Calendar } from './calendar.ts'
import type { KeyGroup } from './key-group.ts'
import { assignOwners, emptyRoster, type KeyRoster, layOut } from './key-roster.ts'
import { type Cooling, type Death, isOpen, isUsable, type KeyEntry, type Owner, type PoolKey } from './pool-key.ts'

/**
 * Who is ready for what, right now. Keeps the rotations, the calendar of returns and the counts true to what keys and
 * owners say of themselves; every change of theirs that takes somebody out or brings somebody back goes through here.
 */
export class Readiness {
  readonly #mostInFlight: () => number
  readonly #alive = new Map<KeyKind, number>()
  #roster: KeyRoster = emptyRoster
  #calendar = new Calendar()

  constructor(mostInFlight: () => number) {
    this.#mostInFlight = mostInFlight
  }

  /** Lower priority first. */
  groups(kind: KeyKind): readonly KeyGroup[] {
    return this.#roster.groups.get(kind) ?? []
  }

  ownerAt(slot: number): Owner | undefined {
    return this.#roster.owners[slot]
  }

  isAnyAlive(kind: KeyKind): boolean {
    return (this.#alive.get(kind) ?? 0) > 0
  }

  /** Buckets in which somebody cools. */
  get bucketCount(): number {
    return this.#calendar.bucketCount
  }

  hasBucket(bucket: string): boolean {
    return this.#calendar.has(bucket)
  }

  /** The soonest return for the bucket; undefined when nobody is expected. */
  soonest(bucket: string): number | undefined {
    return this.#calendar.soonest(bucket)
  }

  /** Makes these the keys; `keys` is changed to hold exactly them. */
  replaceKeys(entries: readonly KeyEntry[], keys: Map<string, PoolKey>): void {
    this.#roster = layOut(assignOwners(entries, keys, this.#roster.owners), this.#roster)
    this.readAnew(keys.values())
  }

  /** Makes calendar, counts and rotations anew from what the keys and owners say. */
  readAnew(keys: Iterable<PoolKey>): void {
    this.#calendar = new Calendar()
    this.#alive.clear()
    for (const key of keys) {
      if (key.death === null) this.#countAlive(key, 1)
      else this.#calendar.noteDeath(key.death.until, key.owner)
      for (const [bucket, { until }] of key.cooling) this.#note(bucket, until, key.owner)
    }
    for (const owner of this.#roster.owners) {
      if (owner.suspended !== null) this.#calendar.noteSuspension(owner.suspended.until, owner)
      for (const [bucket, { until }] of owner.cooling) this.#note(bucket, until, owner)
    }
    for (const owner of this.#roster.owners) this.refresh(owner)
  }

  /** Takes an owner, or one key of it, out of one bucket. Of two coolings the longer one holds. */
  cool(owner: Owner, coolings: Map<string, Cooling>, bucket: string, cooling: Cooling): void {
    const longer = laterOf(coolings.get(bucket) ?? null, cooling) ?? cooling
    coolings.set(bucket, longer)
    this.#note(bucket, longer.until, owner)
  }

  /** Takes an owner out of all buckets. */
  suspend(owner: Owner, cooling: Cooling): void {
    owner.suspended = laterOf(owner.suspended, cooling)
    this.#calendar.noteSuspension(cooling.until, owner)
  }

  /** Takes a key out of service. */
  bury(key: PoolKey, death: Death): void {
    key.death = death
    this.#countAlive(key, -1)
    this.#calendar.noteDeath(death.until, key.owner)
  }

  /** Brings back whoever has waited long enough, for all buckets and for this one. */
  wake(now: number, bucket: string): void {
    const calendar = this.#calendar
    for (let owner = calendar.takeDueEverywhere(now); owner; owner = calendar.takeDueEverywhere(now)) {
      if (isOver(owner.suspended, now)) owner.suspended = null
      for (const key of owner.keys) {
        if (!isOver(key.death, now)) continue
        key.death = null
        this.#countAlive(key, 1)
      }
      this.refresh(owner)
    }
    for (let owner = calendar.takeDue(bucket, now); owner; owner = calendar.takeDue(bucket, now)) {
      for (const coolings of [owner.cooling, ...owner.keys.map(key => key.cooling)]) {
        if (isOver(coolings.get(bucket) ?? null, now)) coolings.delete(bucket)
      }
      this.refresh(owner)
    }
    if (calendar.closeIfEmpty(bucket)) for (const group of this.#allGroups()) group.close(bucket)
  }

  /** Sets the owner's marks in the rotations to what it can do now. */
  refresh(owner: Owner): void {
    if (this.#roster.owners[owner.slot] !== owner) return
    const mostInFlight = this.#mostInFlight()
    const isAwake = owner.suspended === null && owner.keys.some(key => isUsable(key, mostInFlight))
    this.#roster.groupOf.get(owner)?.refresh(owner, isAwake, bucket => isOpen(owner, bucket, mostInFlight))
  }

  /** Somebody cools in the bucket: from now on it has a rotation and a queue of its own. */
  #note(bucket: string, until: number, owner: Owner) {
    if (!this.#calendar.has(bucket)) for (const group of this.#allGroups()) group.open(bucket)
    this.#calendar.note(bucket, until, owner)
  }

  #countAlive({ entry }: PoolKey, change: number) {
    if (entry.enabled) this.#alive.set(entry.kind, (this.#alive.get(entry.kind) ?? 0) + change)
  }

  #allGroups() {
    return [...this.#roster.groups.values()].flat()
  }
}

const isOver = (moment: { readonly until: number } | null, now: number) => moment !== null && moment.until <= now

/** Of two coolings the longer one holds. */
export const laterOf = (left: Cooling | null, right: Cooling | null): Cooling | null => {
  if (left === null || right === null) return left ?? right
  return left.until >= right.until ? left : right
}
