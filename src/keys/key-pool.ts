import type { KeyKind, KeyStateRecord } from '../storage/records.ts'
import { Accounting } from './accounting.ts'
import { BucketNames } from './bucket-names.ts'
import type { BucketTotals } from './bucket-totals.ts'
import { type Choice, makeChoice } from './choice.ts'
import { chooseOwner } from './choose-owner.ts'
import { Consequences } from './consequences.ts'
import { nowhere } from './key-index.ts'
import type { KeyPoolOptions } from './key-pool-options.ts'
import type { KeyRoster } from './key-roster.ts'
import { Lease, type Spent } from './lease.ts'
import { ownerEvents } from './owner-events.ts'
import type { PolicyName } from './policies.ts'
import { type KeyEntry, type PoolKey, takeTurn } from './pool-key.ts'
import { PoolMemory } from './pool-memory.ts'
import { ProjectBursts } from './project-bursts.ts'
import { Projects } from './projects.ts'
import { QuotaBook } from './quota-book.ts'
import { Readiness } from './readiness.ts'
import { replaceKeys } from './replace-keys.ts'
import { restoreKeys } from './restore-keys.ts'
import { soonestReturn } from './soonest-return.ts'
import type { Verdict } from './verdict.ts'
import type { Acquisition, PoolSnapshot, Wish } from './wish.ts'

/** Owners that are due and brought back with every lease; when nobody is ready, and when somebody looks at the pool. */
const wokenPerLease = 2
const wokenAtOnce = 64
const wokenPerLook = 2000

const noOne = { priority: null, cursor: -1, slot: -1 } as const

/** Hands out keys and learns from how it went. All in memory; the cost of a call does not grow with the number of keys. */
export class KeyPool {
  readonly #options: KeyPoolOptions
  readonly #keys = new Map<string, PoolKey>()
  readonly #names = new BucketNames()
  readonly #quotas = new QuotaBook()
  readonly #bursts = new ProjectBursts()
  readonly #readiness: Readiness
  readonly #consequences: Consequences
  readonly #projects: Projects
  readonly #accounting: Accounting
  readonly #memory: PoolMemory
  #inFlight = 0
  /** Told when a key may have come free. */
  onFree: (() => void) | undefined

  constructor(options: KeyPoolOptions) {
    this.#options = options
    const { now, mostInFlight } = options
    const followers = () => ({ quotas: this.#quotas, accounting: this.#accounting, memory: this.#memory, now })
    this.#readiness = new Readiness({ mostInFlight, ...ownerEvents(followers) })
    const parts = { ...options, readiness: this.#readiness, quotas: this.#quotas, bursts: this.#bursts }
    this.#memory = new PoolMemory(options.sink, this.#names, now)
    const onChange = (key: PoolKey) => this.#memory.remember(key)
    this.#accounting = new Accounting(parts)
    this.#projects = new Projects({ ...parts, onChange })
    const [accounting, names] = [this.#accounting, this.#names]
    this.#consequences = new Consequences({ ...parts, accounting, names, onChange })
  }

  /** Leases that are out right now, over all keys. */
  get inFlight(): number {
    return this.#inFlight
  }

  readonly keys = (): Iterable<PoolKey> => this.#keys.values()

  readonly key = (keyId: string): PoolKey | undefined => this.#keys.get(keyId)

  /** The keys by condition, as it is now. */
  get index() {
    return this.#awake().index
  }

  /** Who the keys belong to, as it is now. */
  get roster(): Pick<KeyRoster, 'page' | 'size' | 'readyCount'> {
    return this.#awake().roster
  }

  /** What is used and left of every bucket today, over all owners. */
  get totals(): readonly BucketTotals[] {
    this.#awake()
    return this.#quotas.totals(this.#options.now())
  }

  dayOf(now: number) {
    return this.#quotas.dayOf(now)
  }

  /** Makes these the keys of the pool. What is known of keys that stay is kept, and so is the place in the round. */
  replaceKeys(entries: readonly KeyEntry[]): void {
    replaceKeys(entries, this.#keys, this.#readiness)
    const now = this.#options.now()
    for (const owner of this.#readiness.roster.owners) {
      // The limit of requests in flight may be another one, too.
      this.#readiness.refresh(owner)
      this.#quotas.restateAll(owner, now)
    }
    this.onFree?.()
  }

  /** Takes over what was remembered before a restart; call it after the keys are there and before traffic. */
  restore(records: readonly KeyStateRecord[]): void {
    const now = this.#options.now()
    const parts = { keys: this.#keys, readiness: this.#readiness, quotas: this.#quotas, names: this.#names }
    restoreKeys(records, { ...parts, now })
  }

  snapshot(): PoolSnapshot {
    return {
      states: [...this.#keys.values()].map(key => this.#memory.toRecord(key)),
      cursors: this.#readiness.roster.cursors,
      turns: Object.fromEntries([...this.#readiness.roster.owners].map(({ name, turn }) => [name, turn])),
    }
  }

  /** Makes a pool that has only its keys into the one of the snapshot. */
  resume({ states, cursors, turns }: PoolSnapshot): void {
    this.restore(states)
    this.#readiness.roster.turnTo(cursors)
    for (const owner of this.#readiness.roster.owners) owner.turn = turns[owner.name] ?? 0
  }

  /** The bucket whose quota the wish uses, as far as it is known. */
  bucketOf({ model, isCounted = true }: Pick<Wish, 'model' | 'isCounted'>): string {
    return isCounted || model === '' ? this.#names.of(model) : `${model} (not counted)`
  }

  /** Takes a key for the wish: lower priority groups first, by the policy within a group. */
  acquire(wish: Wish): Acquisition {
    const now = this.#options.now()
    this.#projects.inferFrom(this.#bursts)
    const bucket = this.bucketOf(wish)
    const policy = this.#options.policy()
    for (let most = wokenPerLease, isMore = true; isMore; most = wokenAtOnce) {
      isMore = this.#readiness.wake(now, bucket, most)
      const lease = this.#tryGroups(wish, bucket, policy, now)
      if (lease !== null) return { kind: 'leased', lease }
    }
    if (!this.isAnyAlive(wish.kind)) return { kind: 'none-alive' }
    const choice = makeChoice(wish, bucket, policy, this.#readiness, noOne)
    return { kind: 'cooling', ...soonestReturn(wish, bucket, now, this.#readiness), choice }
  }

  /** When a key is ready for the wish; now if one is. */
  readyAt(wish: Wish): number {
    const now = this.#options.now()
    const bucket = this.bucketOf(wish)
    this.#readiness.wake(now, bucket, wokenAtOnce)
    return this.#readiness.isAnyReady(wish.kind, bucket)
      ? now
      : soonestReturn(wish, bucket, now, this.#readiness).retryAt
  }

  /** Notes that a request was refused because no key was ready; the forecast counts it as demand. */
  noteMissed(wish: Wish): void {
    if (wish.isCounted !== false) this.#quotas.miss(wish.kind, this.bucketOf(wish), this.#options.now())
  }

  /** Whether a key of the kind is alive, be it that all are cooling. */
  readonly isAnyAlive = (kind: KeyKind): boolean => this.#readiness.aliveCount(kind) > 0

  /**
   * Tells the pool what a check found out about a key, outside of any lease. `healthy` brings a dead key back. Nothing
   * happens when the key is not there any more.
   */
  report(keyId: string, verdict: Verdict, model = ''): void {
    const key = this.#keys.get(keyId)
    if (key === undefined) return
    this.noteChecked(keyId)
    if (verdict.consumer !== undefined) this.#projects.learn(key, verdict.consumer)
    const occasion = { key, model, bucket: this.#names.of(model), isCounted: true, lentAt: this.#options.now() }
    this.#consequences.apply(occasion, verdict)
    if (verdict.name === 'healthy') this.#consequences.revive(key)
    this.onFree?.()
  }

  /** A check has asked Google about the key, whatever came of it. */
  noteChecked(keyId: string): void {
    const key = this.#keys.get(keyId)
    if (key === undefined) return
    key.checkedAt = this.#options.now()
    this.#memory.noteCount(key)
  }

  /** Has counts that changed remembered, of so many keys at most, and brings back who is due. To be called now and then. */
  tend(mostCounts = Number.POSITIVE_INFINITY): void {
    this.#memory.flush(mostCounts)
    this.#awake()
  }

  #awake(): Readiness {
    this.#readiness.wakeAll(this.#options.now(), wokenPerLook)
    return this.#readiness
  }

  #tryGroups(wish: Wish, bucket: string, policy: PolicyName, now: number): Lease | null {
    const { roster } = this.#readiness
    const chooser = { roster, policy, bucket, now, quotas: this.#quotas }
    for (const group of roster.groups(wish.kind)) {
      const { priority } = group
      const rotation = group.rotation(bucket)
      const { cursor } = rotation
      const owner = chooseOwner(wish, rotation, chooser)
      const key = owner && takeTurn(owner, bucket, this.#options.mostInFlight())
      if (owner === undefined || key === undefined) continue
      const choice = makeChoice(wish, bucket, policy, this.#readiness, { priority, cursor, slot: owner.slot })
      return this.#lend(key, wish, bucket, choice, now)
    }
    return null
  }

  #lend(key: PoolKey, { model, isCounted = true }: Wish, bucket: string, choice: Choice, now: number): Lease {
    key.inFlight++
    key.lastUsedAt = now
    this.#inFlight++
    if (isCounted) {
      this.#memory.noteCount(key)
      this.#accounting.lend(key.owner, bucket, model)
    }
    this.#readiness.noteLent(key)
    return new Lease({ key, model, bucket, isCounted, choice, lentAt: now }, this.#settle)
  }

  readonly #settle = (lease: Lease, verdict: Verdict, spent: Spent): void => {
    const { key } = lease
    key.inFlight--
    this.#inFlight--
    if (verdict.name === 'healthy') key.served++
    else if (verdict.blames === 'key' || verdict.blames === 'owner') key.failed++
    // A key that was removed meanwhile has nobody to tell.
    if (key.place !== nowhere) {
      if (verdict.consumer !== undefined) this.#projects.learn(key, verdict.consumer)
      // While the lease was out the model's bucket may have turned out to have another name.
      const bucket = this.bucketOf(lease)
      if (lease.isCounted) this.#accounting.settle(lease, bucket, verdict, spent)
      if (lease.isCounted && verdict.name === 'healthy') this.#projects.noteServed(key.owner, bucket)
      this.#memory.noteCount(key)
      this.#consequences.apply(
        { key, bucket, model: lease.model, isCounted: lease.isCounted, lentAt: lease.lentAt },
        verdict,
      )
      this.#readiness.noteReturned(key)
    }
    this.onFree?.()
  }
}
