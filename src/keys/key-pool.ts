import type { Logger } from '../logging/logger.ts'
import type { KeyKind, KeyStateRecord } from '../storage/records.ts'
import { DueQueue } from './due-queue.ts'
import { KeyGroup } from './key-group.ts'
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
  /** Owners that were tried already in this exchange. */
  readonly avoid?: ReadonlySet<Owner>
  /** Only this owner will do: it holds the file or cache the request names. */
  readonly owner?: string
}

export type Acquisition =
  | { readonly kind: 'leased'; readonly lease: Lease }
  /** Somebody will be back at `retryAt` (milliseconds since 1970 UTC). */
  | { readonly kind: 'cooling'; readonly retryAt: number }
  /** No key is alive. */
  | { readonly kind: 'none-alive' }

/** Buckets that may exist because of answers to model names clients made up; a bound on what a hostile client can cost. */
const mostBuckets = 1000
const mostAliases = 2000
const day = 24 * 3_600_000

/** Hands out keys and learns from how it went. All in memory; the cost of a call does not grow with the number of keys. */
export class KeyPool {
  readonly #options: KeyPoolOptions
  readonly #keys = new Map<string, PoolKey>()
  readonly #aliases = new Map<string, string>()
  readonly #buckets = new Map<string, DueQueue<Owner>>()
  #owners: readonly Owner[] = []
  #groups: ReadonlyMap<KeyKind, readonly KeyGroup[]> = new Map()
  #groupOf = new Map<Owner, KeyGroup>()
  #returns = new DueQueue<Owner>()
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
    const next = new Map(entries.map(entry => [entry.keyId, entry]))
    for (const keyId of this.#keys.keys()) if (!next.has(keyId)) this.#keys.delete(keyId)
    const owners = new Map<string, Owner>(
      this.#owners.map(owner => [owner.name, { ...owner, keys: [], turn: owner.turn }]),
    )
    const used = new Set<Owner>()
    for (const entry of next.values()) {
      const name = entry.project === null ? entry.keyId : `${entry.kind} ${entry.project}`
      const owner = owners.get(name) ?? newOwner(name, entry.kind)
      owners.set(name, owner)
      const key = this.#keys.get(entry.keyId) ?? newKey(entry, owner)
      key.entry = entry
      key.owner = owner
      owner.keys.push(key)
      used.add(owner)
      this.#keys.set(entry.keyId, key)
    }
    this.#arrange([...used])
  }

  /** Takes over what was remembered before a restart; call it after the keys are there and before traffic. */
  restore(records: readonly KeyStateRecord[]): void {
    const now = this.#options.now()
    for (const record of records) {
      const key = this.#keys.get(record.keyId)
      const state = readKeyState(record.state, now)
      if (key === undefined || state === null) continue
      key.death = state.death
      key.owner.suspended = later(key.owner.suspended, state.suspended)
      for (const [bucket, cooling] of Object.entries(state.cooling)) this.#cool(key, key.cooling, bucket, cooling)
      for (const [bucket, cooling] of Object.entries(state.ownerCooling)) {
        this.#cool(key, key.owner.cooling, bucket, cooling)
      }
      if (key.death !== null) this.#returns.add(key.death.until, key.owner)
      if (key.owner.suspended !== null) this.#returns.add(key.owner.suspended.until, key.owner)
      this.#refresh(key.owner)
    }
  }

  /** Takes the next key for the wish: lower priority groups first, round robin over the owners within a group. */
  acquire(wish: Wish): Acquisition {
    const now = this.#options.now()
    const bucket = this.#aliases.get(wish.model) ?? wish.model
    const mostInFlight = this.#options.mostInFlight()
    this.#wake(now, bucket)
    for (const group of this.#groups.get(wish.kind) ?? []) {
      const slot = group.rotation(bucket).take(candidate => this.#suits(candidate, wish))
      const owner = this.#owners[slot]
      const key = owner && takeTurn(owner, bucket, mostInFlight)
      if (key === undefined) continue
      key.inFlight++
      key.lastUsedAt = now
      this.#inFlight++
      if (key.inFlight === mostInFlight) this.#refresh(key.owner)
      return {
        kind: 'leased',
        lease: new Lease(key, wish.model, bucket, (lease, verdict) => this.#settle(lease, verdict)),
      }
    }
    return this.#refuse(wish.kind, bucket, now)
  }

  #suits(slot: number, wish: Wish): boolean {
    const owner = this.#owners[slot]
    if (owner === undefined) return false
    if (wish.owner !== undefined && owner.name !== wish.owner) return false
    return wish.avoid === undefined || !wish.avoid.has(owner)
  }

  #refuse(kind: KeyKind, bucket: string, now: number): Acquisition {
    const isAnyAlive = this.#owners.some(
      owner => owner.kind === kind && owner.keys.some(key => key.entry.enabled && key.death === null),
    )
    if (!isAnyAlive) return { kind: 'none-alive' }
    const soonest = Math.min(
      this.#buckets.get(bucket)?.soonest ?? Number.POSITIVE_INFINITY,
      this.#returns.soonest ?? Number.POSITIVE_INFINITY,
    )
    return { kind: 'cooling', retryAt: Number.isFinite(soonest) ? soonest : now + 1000 }
  }

  #settle(lease: Lease, verdict: Verdict): void {
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
    const now = this.#options.now()
    switch (effect.kind) {
      case 'none':
      case 'throttle':
        return false
      case 'healthy':
        key.softFailures = 0
        return false
      case 'cool': {
        const until =
          effect.lasts === 'until-pacific-midnight'
            ? nextPacificMidnight(now) + this.#options.random() * 60_000
            : now + effect.lasts.seconds * 1000
        const cooling = { until, reason: verdict.name, model: lease.model }
        return this.#cool(
          key,
          effect.scope === 'owner' ? key.owner.cooling : key.cooling,
          verdict.bucket ?? lease.bucket,
          cooling,
        )
      }
      case 'cool-owner':
        key.owner.suspended = { until: now + effect.seconds * 1000, reason: verdict.name, model: lease.model }
        this.#returns.add(key.owner.suspended.until, key.owner)
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

  #kill(key: PoolKey, verdict: Verdict, remedy: string): void {
    if (key.death !== null) return
    key.death = { until: this.#options.now() + day, reason: verdict.name, remedy }
    this.#returns.add(key.death.until, key.owner)
    this.#options.logger.warn('a key is out of service', { key: key.entry.fingerprint, reason: verdict.name, remedy })
    this.#remember(key)
  }

  /** Three different buckets refused by permission are no accident: the key itself is at fault. */
  #isForbiddenEverywhere(key: PoolKey): boolean {
    return [...key.cooling.values()].filter(cooling => cooling.reason === 'forbidden').length >= 3
  }

  #cool(key: PoolKey, coolings: Map<string, Cooling>, bucket: string, cooling: Cooling): boolean {
    const queue = this.#buckets.get(bucket) ?? new DueQueue<Owner>()
    if (!this.#buckets.has(bucket)) {
      if (this.#buckets.size >= mostBuckets && cooling.reason === 'model-not-found') return false
      this.#buckets.set(bucket, queue)
      for (const group of new Set(this.#groupOf.values())) group.open(bucket)
    }
    if (bucket !== cooling.model && this.#aliases.size < mostAliases) this.#aliases.set(cooling.model, bucket)
    coolings.set(bucket, later(coolings.get(bucket) ?? null, cooling) ?? cooling)
    queue.add(cooling.until, key.owner)
    if (key.death === null && this.#isForbiddenEverywhere(key)) {
      key.death = {
        until: this.#options.now() + day,
        reason: 'forbidden',
        remedy: 'Google refuses this key three different models for lack of permission. See its restrictions.',
      }
      this.#returns.add(key.death.until, key.owner)
    }
    return true
  }

  /** Brings back whoever has waited long enough, for this bucket and for all. */
  #wake(now: number, bucket: string): void {
    for (let owner = this.#returns.takeDue(now); owner !== undefined; owner = this.#returns.takeDue(now)) {
      if (owner.suspended !== null && owner.suspended.until <= now) owner.suspended = null
      for (const key of owner.keys) if (key.death !== null && key.death.until <= now) key.death = null
      this.#refresh(owner)
    }
    const queue = this.#buckets.get(bucket)
    if (queue === undefined) return
    for (let owner = queue.takeDue(now); owner !== undefined; owner = queue.takeDue(now)) {
      for (const coolings of [owner.cooling, ...owner.keys.map(key => key.cooling)]) {
        if ((coolings.get(bucket)?.until ?? Number.POSITIVE_INFINITY) <= now) coolings.delete(bucket)
      }
      this.#refresh(owner)
    }
    if (queue.size > 0) return
    this.#buckets.delete(bucket)
    for (const group of new Set(this.#groupOf.values())) group.close(bucket)
  }

  #refresh(owner: Owner): void {
    if (this.#owners[owner.slot] !== owner) return
    const mostInFlight = this.#options.mostInFlight()
    const isAwake = owner.suspended === null && owner.keys.some(key => isUsable(key, mostInFlight))
    this.#groupOf.get(owner)?.refresh(owner, isAwake, bucket => isOpen(owner, bucket, mostInFlight))
  }

  #remember(key: PoolKey): void {
    this.#options.sink.recordKeyState({
      keyId: key.entry.keyId,
      state: writeKeyState(key),
      updatedAt: this.#options.now(),
    })
  }

  /** Lays the bitmaps anew after the set of keys has changed. */
  #arrange(owners: readonly Owner[]): void {
    const places = new Map([...this.#groupOf].map(([owner, group]) => [groupName(owner), group.cursor]))
    const oldNames = this.#owners.map(owner => owner.name)
    const slots = new Map(owners.map((owner, slot) => [owner.name, slot]))
    const groups = new Map<string, KeyGroup>()
    this.#owners = owners
    this.#groupOf = new Map()
    this.#returns = new DueQueue()
    this.#buckets.clear()
    for (const [slot, owner] of owners.entries()) {
      owner.slot = slot
      const cursor = places.get(groupName(owner)) ?? 0
      const stays = oldNames.slice(cursor).find(name => slots.has(name))
      const group =
        groups.get(groupName(owner)) ??
        new KeyGroup(priorityOf(owner), owners.length, stays === undefined ? 0 : (slots.get(stays) ?? 0))
      groups.set(groupName(owner), group)
      this.#groupOf.set(owner, group)
    }
    const kinds = new Map<KeyKind, KeyGroup[]>()
    for (const [owner, group] of this.#groupOf) {
      const list = kinds.get(owner.kind) ?? []
      if (!list.includes(group)) list.push(group)
      kinds.set(owner.kind, list)
    }
    for (const list of kinds.values()) list.sort((left, right) => left.priority - right.priority)
    this.#groups = kinds
    for (const owner of owners) this.#requeue(owner)
  }

  #requeue(owner: Owner): void {
    if (owner.suspended !== null) this.#returns.add(owner.suspended.until, owner)
    for (const key of owner.keys) {
      if (key.death !== null) this.#returns.add(key.death.until, owner)
      for (const [bucket, cooling] of key.cooling) this.#cool(key, key.cooling, bucket, cooling)
      for (const [bucket, cooling] of owner.cooling) this.#cool(key, owner.cooling, bucket, cooling)
    }
    this.#refresh(owner)
  }
}

const newOwner = (name: string, kind: KeyKind): Owner => ({
  name,
  kind,
  keys: [],
  slot: -1,
  turn: 0,
  cooling: new Map(),
  suspended: null,
})

const newKey = (entry: KeyEntry, owner: Owner): PoolKey => ({
  entry,
  owner,
  death: null,
  cooling: new Map(),
  inFlight: 0,
  served: 0,
  failed: 0,
  softFailures: 0,
  lastUsedAt: null,
})

/** A project whose keys have different priorities goes by the lowest: its quota is one. */
const priorityOf = (owner: Owner) => Math.min(...owner.keys.map(key => key.entry.priority))

const groupName = (owner: Owner) => `${owner.kind} ${priorityOf(owner)}`

const later = (left: Cooling | null, right: Cooling | null): Cooling | null => {
  if (left === null || right === null) return left ?? right
  return left.until >= right.until ? left : right
}
