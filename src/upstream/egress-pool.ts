import type { Logger } from '../logging/logger.ts'
import { type CheckResult, type CheckTarget, checkWayOut } from './check-way-out.ts'
import { Egress, type EgressPass, type EgressStatus } from './egress.ts'
import { EgressWatch } from './egress-watch.ts'
import { type ProxyAddress, parseProxyAddress } from './proxy-address.ts'
import { refusalWords } from './refusal-words.ts'
import { hashOf, scoreOf } from './rendezvous.ts'
import { type BridgeRoute, SocksBridge } from './socks-bridge.ts'
import type { WayOut } from './way-out.ts'

/** The settings this reads, live. */
export type EgressSettings = {
  readonly BASE_URL: string
  readonly CONNECT_TIMEOUT_SECONDS: number
  readonly PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: boolean
  readonly PROXY_FAILOVER: boolean
}

export type EgressPoolOptions = {
  readonly settings: EgressSettings
  readonly logger: Logger
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  readonly random: () => number
}

export type EgressChoice =
  | { readonly kind: 'go'; readonly pass: EgressPass }
  /** The one caller who tries whether a broken way is back: waits this long, at most two seconds, then goes. */
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly pass: EgressPass }
  /** `reason` is a sentence for the client; `retryAt` is in milliseconds since 1970 UTC. */
  | {
      readonly kind: 'refuse'
      readonly cause: 'broken' | 'throttled'
      readonly retryAt: number
      readonly reason: string
    }

/** The ways out to Google: the proxies of PROXIES or, when there are none, one without. */
export class EgressPool {
  readonly #options: EgressPoolOptions
  readonly #bridge = new SocksBridge()
  readonly #watch: EgressWatch
  readonly #direct: Egress
  #members: ReadonlyMap<string, Member> = new Map()
  #egresses: readonly Egress[]

  constructor(options: EgressPoolOptions) {
    this.#options = options
    this.#watch = new EgressWatch({
      now: options.now,
      check: (egress, signal) => checkWayOut(egress, this.#target(), signal),
    })
    this.#direct = this.#toEgress('direct', 'direct', null)
    this.#egresses = [this.#direct]
  }

  /** Begins to check proxies, all of them once and broken ones again and again. */
  start(): void {
    this.#watch.start()
  }

  /** Ends the checks, and what goes through SOCKS proxies. */
  close(): void {
    this.#watch.stop()
    this.#bridge.close()
  }

  /**
   * Takes a new list of PROXIES. What is known of proxies that stay is kept; requests under way are not disturbed.
   * @throws Error when an entry is no address of a proxy: nothing goes out directly because of a slip of the pen
   */
  replace(addresses: readonly string[]): void {
    const parsed = addresses.map((address, index) => {
      const proxy = parseProxyAddress(address)
      if (proxy === null) throw new Error(`Entry ${index + 1} of PROXIES is no address of a proxy.`)
      return proxy
    })
    const before = this.#members
    const members = new Map<string, Member>()
    for (const proxy of parsed) {
      const address = proxy.secret.reveal()
      if (!members.has(address))
        members.set(address, before.get(address) ?? this.#toMember(proxy, [...members.values()]))
    }
    this.#members = members
    this.#egresses = members.size === 0 ? [this.#direct] : [...members.values()].map(({ egress }) => egress)
    for (const [address, { route }] of before) if (!members.has(address)) route?.close()
    this.#watch.replace(this.#egresses)
  }

  /**
   * The way for one attempt; the pass must be settled once.
   * @param avoid ways that failed in this exchange; used all the same when no other is open
   */
  choose(keyId: string, avoid: readonly WayOut[] = none): EgressChoice {
    const now = this.#options.now()
    if (this.#egresses.length === 1) return this.#admit(this.#egresses, now, false)
    const { PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: isPinned, PROXY_FAILOVER: mayFailOver } = this.#options.settings
    const score = isPinned ? scoresOf(keyId) : this.#options.random
    if (isPinned && !mayFailOver) {
      const pinned = highest(this.#egresses, score, () => true)
      // A key without a way is passed over for one that has it; who waits here would try for all of them.
      if (pinned === null || !pinned.isOpen(now) || avoid.includes(pinned)) {
        return this.#refuse(pinned === null ? [] : [pinned], now, true)
      }
      return this.#admit([pinned], now, true)
    }
    const open =
      highest(this.#egresses, score, egress => egress.isOpen(now) && !avoid.includes(egress)) ??
      highest(this.#egresses, score, egress => egress.isOpen(now))
    return this.#admit(open === null ? inOrder(this.#egresses, score, avoid) : [open], now, false)
  }

  /** Tries an address that need not be one of PROXIES. */
  async check(address: string): Promise<CheckResult> {
    const proxy = parseProxyAddress(address)
    if (proxy === null) return { kind: 'fails', reason: 'no-address', milliseconds: 0 }
    const route = proxy.socks === null ? null : this.#bridge.open(proxy.socks)
    try {
      return await checkWayOut({ name: proxy.name, proxy: route?.proxy ?? proxy.secret }, this.#target())
    } finally {
      route?.close()
    }
  }

  status(): readonly EgressStatus[] {
    const now = this.#options.now()
    return this.#egresses.map(egress => egress.status(now))
  }

  /** The first of these that lets the caller through. */
  #admit(egresses: readonly Egress[], now: number, isPinned: boolean): EgressChoice {
    for (const egress of egresses) {
      const admittance = egress.admit(now)
      if (admittance.kind !== 'refuse') return admittance
    }
    return this.#refuse(egresses, now, isPinned)
  }

  #refuse(egresses: readonly Egress[], now: number, isPinned: boolean): EgressChoice {
    const statuses = egresses.map(egress => egress.status(now))
    return {
      kind: 'refuse',
      cause: statuses.every(({ state }) => state === 'throttled') ? 'throttled' : 'broken',
      retryAt: Math.max(now, Math.min(...statuses.map(({ until }) => until ?? now + shortestRetry))),
      reason: refusalWords(statuses, isPinned),
    }
  }

  #target(): CheckTarget {
    const { BASE_URL, CONNECT_TIMEOUT_SECONDS } = this.#options.settings
    return { url: BASE_URL, limitMilliseconds: CONNECT_TIMEOUT_SECONDS * 1000 }
  }

  #toMember(proxy: ProxyAddress, others: readonly Member[]): Member {
    const route = proxy.socks === null ? null : this.#bridge.open(proxy.socks)
    const taken = new Set(others.map(({ egress }) => egress.name))
    let name = proxy.name
    for (let count = 2; taken.has(name); count++) name = `${proxy.name} #${count}`
    return { egress: this.#toEgress(proxy.secret.reveal(), name, route?.proxy ?? proxy.secret), route }
  }

  #toEgress(address: string, name: string, proxy: Egress['proxy']): Egress {
    const { logger, now, random } = this.#options
    return new Egress(address, {
      name,
      proxy,
      now,
      random,
      onBroken: (egress, reason) => {
        logger.warn('a way out to Google is broken', { egress: name, reason })
        this.#watch.broken(egress)
      },
      onBack: (egress, milliseconds) => {
        logger.info('a way out to Google is back', { egress: name, brokenSeconds: Math.round(milliseconds / 1000) })
        this.#watch.back(egress)
      },
      onThrottled: (_egress, milliseconds) =>
        logger.info('a way out to Google rests: too many requests', { egress: name, seconds: milliseconds / 1000 }),
      onDoubt: egress => this.#watch.suspect(egress),
    })
  }
}

const none: readonly WayOut[] = []
const shortestRetry = 1000

type Member = { readonly egress: Egress; readonly route: BridgeRoute | null }

type Score = (egress: Egress) => number

const scoresOf = (keyId: string): Score => {
  const hash = hashOf(keyId)
  return egress => scoreOf(hash, egress.hash)
}

const highest = (egresses: readonly Egress[], score: Score, fits: (egress: Egress) => boolean): Egress | null => {
  let best: Egress | null = null
  let bestScore = -1
  for (const egress of egresses) {
    const own = fits(egress) ? score(egress) : -1
    if (own <= bestScore) continue
    best = egress
    bestScore = own
  }
  return best
}

const beyondScores = 2 ** 33

/** All of them, those to avoid last. */
const inOrder = (egresses: readonly Egress[], score: Score, avoid: readonly WayOut[]): readonly Egress[] =>
  egresses
    .map(egress => ({ egress, rank: score(egress) - (avoid.includes(egress) ? beyondScores : 0) }))
    .sort((left, right) => right.rank - left.rank)
    .map(({ egress }) => egress)
