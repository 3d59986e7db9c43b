import type { Logger } from '../logging/logger.ts'
import type { KeyKind, KeyStateRecord } from '../storage/records.ts'
import { Calendar } from './calendar.ts'
import { assignOwners, emptyRoster, type KeyRoster, layOut } from './key-roster.ts'
import { readKeyState, writeKeyState } from './key-state.ts'
import { Lease } from './lease.ts'
import { nextPacificMidnight } from './pacific-day.ts'
import { type Cooling, isOpen, isUsable, type KeyEntry, type Owner, type PoolKey, takeTurn } from './pool-key.ts'
import type { Effect, Verdict } from './verdict.ts'

/** Where the pool's memory goes. Called with every change; must not wait. */
export type KeyStateSink = { readonly recordKeyState: (record: KeyStateRecord) => void }

export type KeyPoolOptions = {
  readonly sink: KeyStateSink
  readonly logger: Logger
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** 0 up to 1; spreads returns over time. */
  readonly random: () => number
  /** Requests one key may carry at once; 0 is no limit. */
  readonly mostInFlight: () => number
  /** Unexplained refusals in a row after which a key is taken out. */
  readonly mostSoftFailures: () => number
}

export type Wish = {
  readonly kind: KeyKind
  readonly model: string
  /** Names of owners that were tried already in this exchange. */
  readonly avoid?: ReadonlySet<string>
  /** Only this owner will do: it holds the file or cache the request names. */
  readonly owner?: string
}

export type Acquisition =
  | { readonly kind: 'leased'; readonly lease: Lease }
  /** Somebody will be back at `retryAt` (milliseconds since 1970 UTC). */
  | { readonly kind: 'cooling'; readonly retryAt: number }
  /** No key is alive. */
  | { readonly kind: 'none-alive' }

/** Buckets that may come from answers to model names which clients made up: a bound on what a hostile client can cost. */
const mostInventedBuckets = 1000
const mostAliases = 2000
const dayMilliseconds = 24 * 3_600_000

/** Hands out keys and learns from how it went. All in memory; the cost of a call does not grow with the number of keys. */
export class KeyPool {
  readonly #options: KeyPoolOptions
  readonly #keys = new Map<string, PoolKey>()
  /** Requested model → bucket, where Google told that they differ. */
  readonly #aliases = new Map<string, string>()
  readonly #alive = new Map<KeyKind, number>()
  #roster: KeyRoster = emptyRoster
  #calendar = new Calendar()
  #inFlight = 0

  constructor(options: KeyPoolOptions) {
    this.#options = options
  }

  /** Leases that are out right now, over all keys. */
  get inFlight(): number {
    return this.#inFlight
  }

  keys(): Iterable<PoolKey> {
    return this.#keys.values()
  }

  key(keyId: string): PoolKey | undefined {
    return this.#keys.get(keyId)
  }

  /** Makes these the keys of the pool. What is known of keys that stay is kept, and so is the place in the round. */
  replaceKeys(entries: readonly KeyEntry[]): void {
    this.#roster = layOut(assignOwners(entries, this.#keys, this.#roster.owners), this.#roster)
    this.#settleIn()
  }

  /** Takes over what was remembered before a restart; call it after the keys are there and before traffic. */
  restore(records: readonly KeyStateRecord[]): void {
    const now = this.#options.now()
    for (const { keyId, state: text } of records) {
      const key = this.#keys.get(keyId)
      const state = readKeyState(text, now)
      if (key === undefined || state === null) continue
      key.death = state.death
      key.owner.suspended = laterOf(key.owner.suspended, state.suspended)
      for (const [bucket, cooling] of Object.entries(state.cooling)) this.#keep(key.cooling, bucket, cooling)
      for (const [bucket, cooling] of Object.entries(state.ownerCooling)) this.#keep(key.owner.cooling, bucket, cooling)
    }
    this.#settleIn()
  }

  /** Takes the next key for the wish: lower priority groups first, round robin over the owners within a group. */
  acquire(wish: Wish): Acquisition {
    const now = this.#options.now()
    const bucket = this.#aliases.get(wish.model) ?? wish.model
    const mostInFlight = this.#options.mostInFlight()
    this.#wake(now, bucket)
    for (const group of this.#roster.groups.get(wish.kind) ?? []) {
      const slot = group.rotation(bucket).take(candidate => this.#suits(candidate, wish))
      const owner = this.#roster.owners[slot]
      const key = owner && takeTurn(owner, bucket, mostInFlight)
      if (key === undefined) continue
      key.inFlight++
      key.lastUsedAt = now
      this.#inFlight++
      if (key.inFlight === mostInFlight) this.#refresh(key.owner)
      return { kind: 'leased', lease: new Lease(key, wish.model, bucket, this.#settle) }
    }
    if ((this.#alive.get(wish.kind) ?? 0) === 0) return { kind: 'none-alive' }
    return { kind: 'cooling', retryAt: this.#calendar.soonest(bucket) ?? now + 1000 }
  }

  #suits(slot: number, wish: Wish): boolean {
    const name = this.#roster.owners[slot]?.name
    if (name === undefined || (wish.owner !== undefined && name !== wish.owner)) return false
    return wish.avoid === undefined || !wish.avoid.has(name)
  }

  readonly #settle = (lease: Lease, verdict: Verdict): void => {
    const { key } = lease
    key.inFlight--
    this.#inFlight--
    if (verdict.name === 'healthy') key.served++
    else if (verdict.blames === 'key' || verdict.blames === 'owner') key.failed++
    const isChanged = this.#apply(verdict.effect, lease, verdict)
    if (isChanged || this.#options.mostInFlight() > 0) this.#refresh(key.owner)
    if (isChanged) this.#remember(key)
  }

  /** @returns whether something changed that must be remembered */
  #apply(effect: Effect, lease: Lease, verdict: Verdict): boolean {
    const { key } = lease
    switch (effect.kind) {
      case 'none':
      case 'throttle':
        return false
      case 'healthy':
        key.softFailures = 0
        return false
      case 'cool':
        return this.#cool(effect, lease, verdict)
      case 'cool-owner':
        key.owner.suspended = this.#coolingFor(effect.seconds * 1000, lease, verdict)
        this.#calendar.noteEverywhere(key.owner.suspended.until, key.owner)
        return true
      case 'kill':
        for (const victim of effect.scope === 'owner' ? key.owner.keys : [key])
          this.#kill(victim, verdict, effect.remedy)
        return true
      case 'soft-failure':
        key.softFailures++
        if (key.softFailures < this.#options.mostSoftFailures()) return false
        this.#kill(key, verdict, `${key.softFailures} refusals in a row that fit no known reason; see the error log.`)
        return true
    }
  }

  #cool(effect: Extract<Effect, { kind: 'cool' }>, lease: Lease, verdict: Verdict): boolean {
    const { key } = lease
    const now = this.#options.now()
    const bucket = verdict.bucket ?? lease.bucket
    const isInvented = verdict.name === 'model-not-found' && !this.#calendar.has(bucket)
    if (isInvented && this.#calendar.bucketCount >= mostInventedBuckets) return false
    const milliseconds =
      effect.lasts === 'until-pacific-midnight'
        ? nextPacificMidnight(now) - now + this.#options.random() * 60_000
        : effect.lasts.seconds * 1000
    const coolings = effect.scope === 'owner' ? key.owner.cooling : key.cooling
    this.#keep(coolings, bucket, this.#coolingFor(milliseconds, lease, verdict))
    this.#open(bucket, coolings, key.owner)
    // Three different models refused for lack of permission are no accident: the key itself is at fault.
    if (verdict.name === 'forbidden' && [...key.cooling.values()].filter(isForbidden).length >= 3) {
      this.#kill(key, verdict, 'Google refuses this key three models for lack of permission. See its restrictions.')
    }
    return true
  }

  #coolingFor(milliseconds: number, lease: Lease, verdict: Verdict): Cooling {
    return { until: this.#options.now() + milliseconds, reason: verdict.name, model: lease.model }
  }

  /** Of two coolings the longer one holds. */
  #keep(coolings: Map<string, Cooling>, bucket: string, cooling: Cooling) {
    coolings.set(bucket, laterOf(coolings.get(bucket) ?? null, cooling) ?? cooling)
    if (bucket !== cooling.model && this.#aliases.size < mostAliases) this.#aliases.set(cooling.model, bucket)
  }

  /** Somebody cools in the bucket: from now on it has a rotation and a queue of its own. */
  #open(bucket: string, coolings: ReadonlyMap<string, Cooling>, owner: Owner) {
    const until = coolings.get(bucket)?.until
    if (until === undefined) return
    if (!this.#calendar.has(bucket)) for (const group of this.#allGroups()) group.open(bucket)
    this.#calendar.note(bucket, until, owner)
  }

  #kill(key: PoolKey, verdict: Verdict, remedy: string) {
    if (key.death !== null) return
    key.death = { until: this.#options.now() + dayMilliseconds, reason: verdict.name, remedy }
    this.#countAlive(key, -1)
    this.#calendar.noteEverywhere(key.death.until, key.owner)
    this.#options.logger.warn('a key is out of service', { key: key.entry.fingerprint, reason: verdict.name, remedy })
    this.#remember(key)
  }

  /** Brings back whoever has waited long enough, for all buckets and for this one. */
  #wake(now: number, bucket: string) {
    const calendar = this.#calendar
    for (let owner = calendar.takeDueEverywhere(now); owner; owner = calendar.takeDueEverywhere(now)) {
      if ((owner.suspended?.until ?? Number.POSITIVE_INFINITY) <= now) owner.suspended = null
      for (const key of owner.keys) {
        if ((key.death?.until ?? Number.POSITIVE_INFINITY) > now) continue
        key.death = null
        this.#countAlive(key, 1)
      }
      this.#refresh(owner)
    }
    for (let owner = calendar.takeDue(bucket, now); owner; owner = calendar.takeDue(bucket, now)) {
      for (const coolings of [owner.cooling, ...owner.keys.map(key => key.cooling)]) {
        if ((coolings.get(bucket)?.until ?? Number.POSITIVE_INFINITY) <= now) coolings.delete(bucket)
      }
      this.#refresh(owner)
    }
    if (calendar.closeIfEmpty(bucket)) for (const group of this.#allGroups()) group.close(bucket)
  }

  /** Sets the owner's marks in the rotations to what it can do now. */
  #refresh(owner: Owner) {
    if (this.#roster.owners[owner.slot] !== owner) return
    const mostInFlight = this.#options.mostInFlight()
    const isAwake = owner.suspended === null && owner.keys.some(key => isUsable(key, mostInFlight))
    this.#roster.groupOf.get(owner)?.refresh(owner, isAwake, bucket => isOpen(owner, bucket, mostInFlight))
  }

  /** Makes calendar, counts and rotations anew from what the keys and owners say. */
  #settleIn() {
    this.#calendar = new Calendar()
    this.#alive.clear()
    for (const key of this.#keys.values()) {
      if (key.death === null) this.#countAlive(key, 1)
      else this.#calendar.noteEverywhere(key.death.until, key.owner)
      for (const bucket of key.cooling.keys()) this.#open(bucket, key.cooling, key.owner)
    }
    for (const owner of this.#roster.owners) {
      if (owner.suspended !== null) this.#calendar.noteEverywhere(owner.suspended.until, owner)
      for (const bucket of owner.cooling.keys()) this.#open(bucket, owner.cooling, owner)
      this.#refresh(owner)
    }
    // A bucket may have been opened after owners before it were marked.
    for (const owner of this.#roster.owners) this.#refresh(owner)
  }

  #countAlive({ entry }: PoolKey, change: number) {
    if (entry.enabled) this.#alive.set(entry.kind, (this.#alive.get(entry.kind) ?? 0) + change)
  }

  #allGroups() {
    return [...this.#roster.groups.values()].flat()
  }

  #remember(key: PoolKey) {
    this.#options.sink.recordKeyState({
      keyId: key.entry.keyId,
      state: writeKeyState(key),
      updatedAt: this.#options.now(),
    })
  }
}

const isForbidden = ({ reason }: Cooling) => reason === 'forbidden'

const laterOf = (left: Cooling | null, right: Cooling | null): Cooling | null => {
  if (left === null || right === null) return left ?? right
  return left.until >= right.until ? left : right
}
