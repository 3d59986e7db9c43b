import type { Logger } from '../logging/logger.ts'
import type { KeyKind, KeyStateRecord } from '../storage/records.ts'
import { readKeyState, writeKeyState } from './key-state.ts'
import { Lease } from './lease.ts'
import { nextPacificMidnight } from './pacific-day.ts'
import { type Cooling, type KeyEntry, type PoolKey, takeTurn } from './pool-key.ts'
import { laterOf, Readiness } from './readiness.ts'
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
  readonly #readiness: Readiness
  readonly #keys = new Map<string, PoolKey>()
  /** Requested model → bucket, where Google told that they differ. */
  readonly #aliases = new Map<string, string>()
  #inFlight = 0

  constructor(options: KeyPoolOptions) {
    this.#options = options
    this.#readiness = new Readiness(options.mostInFlight)
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
    this.#readiness.replaceKeys(entries, this.#keys)
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
      for (const [bucket, cooling] of Object.entries(state.cooling)) this.#restoreCooling(key.cooling, bucket, cooling)
      for (const [bucket, cooling] of Object.entries(state.ownerCooling)) {
        this.#restoreCooling(key.owner.cooling, bucket, cooling)
      }
    }
    this.#readiness.readAnew(this.#keys.values())
  }

  /** Takes the next key for the wish: lower priority groups first, round robin over the owners within a group. */
  acquire(wish: Wish): Acquisition {
    const now = this.#options.now()
    const bucket = this.#aliases.get(wish.model) ?? wish.model
    const mostInFlight = this.#options.mostInFlight()
    this.#readiness.wake(now, bucket)
    for (const group of this.#readiness.groups(wish.kind)) {
      const slot = group.rotation(bucket).take(candidate => this.#suits(candidate, wish))
      const owner = this.#readiness.ownerAt(slot)
      const key = owner && takeTurn(owner, bucket, mostInFlight)
      if (key === undefined) continue
      key.inFlight++
      key.lastUsedAt = now
      this.#inFlight++
      if (key.inFlight === mostInFlight) this.#readiness.refresh(key.owner)
      return { kind: 'leased', lease: new Lease(key, wish.model, bucket, this.#settle) }
    }
    if (!this.isAnyAlive(wish.kind)) return { kind: 'none-alive' }
    return { kind: 'cooling', retryAt: this.#soonest(bucket, now) }
  }

  /** Whether a key of the kind is alive, be it that all are cooling. */
  isAnyAlive(kind: KeyKind): boolean {
    return this.#readiness.isAnyAlive(kind)
  }

  /** A key that is only busy is free again in no time; when, nobody knows. */
  #soonest(bucket: string, now: number): number {
    const soonest = this.#readiness.soonest(bucket) ?? now + 1000
    return this.#options.mostInFlight() > 0 ? Math.min(soonest, now + 1000) : soonest
  }

  #suits(slot: number, wish: Wish): boolean {
    const name = this.#readiness.ownerAt(slot)?.name
    if (name === undefined || (wish.owner !== undefined && name !== wish.owner)) return false
    return wish.avoid === undefined || !wish.avoid.has(name)
  }

  readonly #settle = (lease: Lease, verdict: Verdict): void => {
    const { key } = lease
    key.inFlight--
    this.#inFlight--
    if (verdict.name === 'healthy') key.served++
    else if (verdict.blames === 'key' || verdict.blames === 'owner') key.failed++
    // A key that was removed meanwhile has nobody to tell.
    const isChanged = this.#keys.get(key.entry.keyId) === key && this.#apply(verdict.effect, lease, verdict)
    if (isChanged || this.#options.mostInFlight() > 0) this.#readiness.refresh(key.owner)
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
        this.#readiness.suspend(key.owner, this.#coolingFor(effect.seconds * 1000, lease, verdict))
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
    // A call that names no model (a file, a list) shares its bucket with all others of the kind: one refusal says nothing.
    if (bucket === '' && effect.scope === 'key') return false
    const isInvented = verdict.name === 'model-not-found' && !this.#readiness.hasBucket(bucket)
    if (isInvented && this.#readiness.bucketCount >= mostInventedBuckets) return false
    const milliseconds =
      effect.lasts === 'until-pacific-midnight'
        ? nextPacificMidnight(now) - now + this.#options.random() * 60_000
        : effect.lasts.seconds * 1000
    const coolings = effect.scope === 'owner' ? key.owner.cooling : key.cooling
    this.#readiness.cool(key.owner, coolings, bucket, this.#coolingFor(milliseconds, lease, verdict))
    this.#learnAlias(lease.model, bucket)
    // Three different models refused for lack of permission are no accident: the key itself is at fault.
    if (
      verdict.name === 'forbidden' &&
      [...key.cooling.values()].filter(one => one.reason === 'forbidden' && one.until > now).length >= 3
    ) {
      this.#kill(key, verdict, 'Google refuses this key three models for lack of permission. See its restrictions.')
    }
    return true
  }

  #coolingFor(milliseconds: number, lease: Lease, verdict: Verdict): Cooling {
    return { until: this.#options.now() + milliseconds, reason: verdict.name, model: lease.model }
  }

  #restoreCooling(coolings: Map<string, Cooling>, bucket: string, cooling: Cooling) {
    coolings.set(bucket, laterOf(coolings.get(bucket) ?? null, cooling) ?? cooling)
    this.#learnAlias(cooling.model, bucket)
  }

  #learnAlias(model: string, bucket: string) {
    if (model !== bucket && this.#aliases.size < mostAliases) this.#aliases.set(model, bucket)
  }

  #kill(key: PoolKey, verdict: Verdict, remedy: string) {
    if (key.death !== null) return
    this.#readiness.bury(key, { until: this.#options.now() + dayMilliseconds, reason: verdict.name, remedy })
    this.#options.logger.warn('a key is out of service', { key: key.entry.fingerprint, reason: verdict.name, remedy })
    this.#remember(key)
  }

  #remember(key: PoolKey) {
    this.#options.sink.recordKeyState({
      keyId: key.entry.keyId,
      state: writeKeyState(key),
      updatedAt: this.#options.now(),
    })
  }
}
