import { nextPacificMidnight, pacificDate } from '#src/keys/pacific-day.ts'
import type { KeyEntry, PoolKey } from '#src/keys/pool-key.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import type { Wish } from '#src/keys/wish.ts'
import { NaiveOwner, type NaiveRequest } from './_naive-owner.ts'

export type NaiveKey = {
  readonly keyId: string
  entry: KeyEntry
  found: PoolKey['found']
  isDead: boolean
  soft: number
  inFlight: number
  ownerName: string
  readonly cooling: Map<string, { readonly until: number; readonly reason: string }>
}

export type NaiveLease = {
  readonly key: NaiveKey
  readonly model: string
  readonly isCounted: boolean
  readonly lentAt: number
  readonly request: NaiveRequest | null
}

type NaiveOccasion = {
  readonly key: NaiveKey
  readonly model: string
  readonly bucket: string
  readonly isCounted: boolean
  readonly lentAt: number
}

/** What uses up nothing. */
const free = new Set(['model-not-found', 'quota-per-minute', 'quota-per-day', 'no-quota', 'billing', 'busy', 'unused'])

/** What the pool should be, in lists that are walked through from end to end. */
export class NaivePool {
  keys: NaiveKey[] = []
  owners = new Map<string, NaiveOwner>()
  /** Of all owners, those that are gone included. */
  requests: (NaiveRequest & { readonly kind: string })[] = []
  /** Which keys a model was refused: what three are refused is the model's affair. */
  refused = new Map<string, Set<NaiveKey>>()
  /** Whether counts may differ a little. */
  isAstray = false

  key(keyId: string): NaiveKey | undefined {
    return this.keys.find(key => key.keyId === keyId)
  }

  ownerOf(key: NaiveKey): NaiveOwner {
    const owner = this.owners.get(key.ownerName) ?? new NaiveOwner()
    this.owners.set(key.ownerName, owner)
    return owner
  }

  replaceKeys(entries: readonly KeyEntry[], now: number): void {
    this.keys = this.keys.filter(key => entries.some(({ keyId }) => keyId === key.keyId))
    this.#forgetOwners()
    for (const entry of entries) {
      const key = this.key(entry.keyId)
      if (key === undefined) this.keys.push(newKey(entry))
      else {
        key.entry = entry
        this.move(key, now)
      }
    }
  }

  /** Puts the key under whoever owns it now; the last key of an owner takes along what is known of it. */
  move(key: NaiveKey, now: number): void {
    const name = ownerName(key)
    if (name === key.ownerName) return
    const before = this.ownerOf(key)
    const former = key.ownerName
    key.ownerName = name
    const after = this.ownerOf(key)
    after.vagueUntil = now + 60_000
    before.vagueUntil = now + 60_000
    if (!this.keys.some(other => other.ownerName === former)) after.absorb(before, now)
    this.#forgetOwners()
  }

  /** By what Google said of it, not by what was counted. */
  isReady(key: NaiveKey, bucket: string, now: number, mostInFlight: number): boolean {
    const owner = this.ownerOf(key)
    const ends = [owner.suspended, owner.cooling.get(bucket) ?? 0, key.cooling.get(bucket)?.until ?? 0]
    const isFree = mostInFlight === 0 || key.inFlight < mostInFlight
    return key.entry.enabled && !key.isDead && isFree && ends.every(end => end <= now)
  }

  isWished({ kind, owner, avoid }: Wish, key: NaiveKey): boolean {
    if (key.entry.kind !== kind) return false
    return owner === undefined ? !(avoid?.has(key.ownerName) ?? false) : key.ownerName === owner
  }

  priorityOf({ ownerName }: NaiveKey): number {
    return Math.min(...this.keys.filter(key => key.ownerName === ownerName).map(({ entry }) => entry.priority))
  }

  isSure({ ownerName }: NaiveKey): boolean {
    return !this.keys.some(key => key.ownerName === ownerName && key.found?.how === 'inferred')
  }

  lend(key: NaiveKey, { model, isCounted = true }: Wish, bucket: string, now: number): NaiveLease {
    key.inFlight++
    if (!isCounted) return { key, model, isCounted, lentAt: now, request: null }
    const request = { at: now, bucket, kind: key.entry.kind }
    this.ownerOf(key).requests.push(request)
    this.requests.push(request)
    return { key, model, isCounted, lentAt: now, request }
  }

  settle(
    lease: NaiveLease,
    verdict: Verdict,
    bucket: string,
    spent: { tokens: number; reached: boolean },
    now: number,
  ) {
    const { key, request } = lease
    key.inFlight--
    if (!this.keys.includes(key)) return
    if (request !== null) {
      const owner = this.ownerOf(key)
      if (!spent.reached || free.has(verdict.name)) {
        // Its key went from one project to another meanwhile: whose count goes down is the pool's own affair from now on.
        if (!owner.requests.includes(request)) this.isAstray = true
        owner.requests = owner.requests.filter(one => one !== request)
        this.requests = this.requests.filter(one => one !== request)
      } else if (spent.tokens > 0) owner.tokens.push({ at: now, bucket: request.bucket, tokens: spent.tokens })
    }
    this.apply({ key, model: lease.model, bucket, isCounted: lease.isCounted, lentAt: lease.lentAt }, verdict, now)
  }

  apply({ key, model, bucket: leased, isCounted, lentAt }: NaiveOccasion, verdict: Verdict, now: number): void {
    const { effect, name } = verdict
    const owner = this.ownerOf(key)
    if (effect.kind === 'healthy') key.soft = 0
    if (effect.kind === 'kill') {
      for (const victim of effect.scope === 'key' ? [key] : this.keys.filter(one => one.ownerName === key.ownerName)) {
        victim.isDead = true
      }
    }
    if (effect.kind === 'soft-failure' && ++key.soft >= 3) key.isDead = true
    if (effect.kind === 'cool-owner') owner.suspended = Math.max(owner.suspended, now + effect.seconds * 1000)
    if (effect.kind !== 'cool') return
    const bucket = (isCounted ? verdict.bucket : undefined) ?? leased
    if (bucket === '' && effect.scope === 'key') return
    if (isCounted && verdict.bucket !== undefined && model !== '') this.#rename(model, verdict.bucket)
    const isOfYesterday = lentAt < now && pacificDate(lentAt) !== pacificDate(now)
    const midnight = isOfYesterday ? now : nextPacificMidnight(now)
    const until = effect.lasts === 'until-pacific-midnight' ? midnight : now + effect.lasts.seconds * 1000
    if (effect.scope === 'owner') {
      owner.cool(bucket, until)
      if (isCounted && name === 'quota-per-minute') owner.phases.set(bucket, until)
      if (isCounted) owner.learn(bucket, verdict.limits ?? [], now)
    } else if (until > (key.cooling.get(bucket)?.until ?? 0)) key.cooling.set(bucket, { until, reason: name })
    if (name !== 'forbidden') return
    this.refused.set(bucket, (this.refused.get(bucket) ?? new Set()).add(key))
    const own = [...key.cooling].filter(([name, { reason, until: end }]) => {
      return reason === 'forbidden' && end > now && (this.refused.get(name)?.size ?? 0) < 3
    })
    if (own.length >= 3) key.isDead = true
  }

  requestsToday(kind: string, bucket: string, now: number): number {
    const isOfToday = ({ at }: NaiveRequest) => pacificDate(at) === pacificDate(now)
    return this.requests.filter(one => one.kind === kind && one.bucket === bucket && isOfToday(one)).length
  }

  /** A new process: nothing is in flight, minutes are not remembered, and neither are owners that are gone. */
  restart(now: number): void {
    for (const key of this.keys) key.inFlight = 0
    this.refused.clear()
    for (const owner of this.owners.values()) {
      owner.vagueUntil = now + 60_000
      owner.phases.clear()
    }
    const kept = new Set([...this.owners.values()].flatMap(({ requests }) => requests))
    this.requests = this.requests.filter(request => kept.has(request))
  }

  /** Keys of one owner are remembered at different moments; of what they remember of a day the highest count holds. */
  adopt(key: NaiveKey, bucket: string, counted: number, now: number): void {
    const owner = this.ownerOf(key)
    if (this.keys.filter(({ ownerName }) => ownerName === key.ownerName).length < 2) return
    for (let missing = counted - owner.requestsToday(bucket, now); missing > 0; missing--) {
      const request = { at: now, bucket, kind: key.entry.kind }
      owner.requests.push(request)
      this.requests.push(request)
    }
  }

  #rename(model: string, bucket: string) {
    for (const request of [...this.requests, ...[...this.owners.values()].flatMap(({ tokens }) => tokens)]) {
      if (request.bucket === model) request.bucket = bucket
    }
  }

  #forgetOwners() {
    for (const name of this.owners.keys()) {
      if (!this.keys.some(key => key.ownerName === name)) this.owners.delete(name)
    }
  }
}

const ownerName = ({ entry, found }: Pick<NaiveKey, 'entry' | 'found'>): string => {
  const project = entry.project ?? found?.name
  return project === undefined ? entry.keyId : `${entry.kind} ${project}`
}

const newKey = (entry: KeyEntry): NaiveKey => ({
  keyId: entry.keyId,
  entry,
  found: null,
  isDead: false,
  soft: 0,
  inFlight: 0,
  ownerName: ownerName({ entry, found: null }),
  cooling: new Map(),
})
