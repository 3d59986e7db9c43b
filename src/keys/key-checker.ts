import type { Logger } from '../logging/logger.ts'
import { type CheckResult, type CheckVerdict, readFinding } from './check-result.ts'
import { judge } from './judge.ts'
import type { KeyPool } from './key-pool.ts'
import type { KeyEntry } from './pool-key.ts'
import type { AttemptOutcome } from './verdict.ts'

/** Asks Google about one key; ends with `client-gone` when the signal is aborted. */
export type Probe = (
  key: KeyEntry,
  wish: { readonly deep: boolean; readonly signal: AbortSignal },
) => Promise<AttemptOutcome>

export type KeyCheckerOptions = {
  readonly pool: Pick<KeyPool, 'key' | 'report'>
  readonly probe: Probe
  readonly logger: Logger
  /** The model that a deep check asks. */
  readonly testModel: () => string
}

export type CheckWish = {
  /** Asks the test model for a word: this uses quota. */
  readonly deep: boolean
  /** Requests at once; 8 by default. */
  readonly concurrency?: number
  /** Called with every result as it comes; what it returns is waited for, so that a slow reader slows the run. */
  readonly onResult?: (result: CheckResult) => void | Promise<void>
  /** Stops the run; results so far hold. */
  readonly signal?: AbortSignal
}

export type CheckSummary = Readonly<Record<CheckVerdict, number>> & {
  /** False when the run was stopped before its end. */
  readonly isComplete: boolean
}

/** A check under way: the result, or null when it was stopped. */
type Running = { readonly deep: boolean; readonly ended: Promise<CheckResult | null> }

/**
 * Asks Google whether keys are good, and tells the pool. The one thing that brings a dead key back. Runs may overlap:
 * a key is never asked about twice at once, the second run takes the result of the first.
 */
export class KeyChecker {
  readonly #options: KeyCheckerOptions
  readonly #running = new Map<string, Running>()
  readonly #runs = new Map<AbortController, Promise<unknown>>()
  #isStopped = false

  constructor(options: KeyCheckerOptions) {
    this.#options = options
  }

  /**
   * Checks the keys, a few at once; ids that are not in the pool are passed over. Holds no more than what is under way,
   * however many keys there are. Never throws for the network.
   */
  async check(keyIds: Iterable<string>, wish: CheckWish): Promise<CheckSummary> {
    const counts = { healthy: 0, dead: 0, unknown: 0 }
    const controller = new AbortController()
    const { signal } = controller
    const stop = () => controller.abort()
    if (this.#isStopped || wish.signal?.aborted) stop()
    wish.signal?.addEventListener('abort', stop, { once: true })
    const queue = keyIds[Symbol.iterator]()
    const lane = async () => {
      for (let next = queue.next(); !next.done && !signal.aborted; next = queue.next()) {
        const result = await this.#checkOne(next.value, wish.deep, signal)
        if (result === null) continue
        counts[result.verdict]++
        const taken = wish.onResult?.(result)
        if (taken !== undefined) await unlessAborted(taken, signal)
      }
    }
    // One lane that fails, by its `onResult`, ends the others too.
    const lanes = Array.from({ length: wish.concurrency ?? defaultConcurrency }, () => lane().catch(rethrowAfter(stop)))
    const run = Promise.all(lanes)
    this.#runs.set(controller, Promise.allSettled(lanes))
    try {
      await run
      return { ...counts, isComplete: !signal.aborted }
    } finally {
      wish.signal?.removeEventListener('abort', stop)
      this.#runs.delete(controller)
    }
  }

  /** Ends all runs and lets none begin; done when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const controller of this.#runs.keys()) controller.abort()
    await Promise.all(this.#runs.values())
  }

  async #checkOne(keyId: string, deep: boolean, signal: AbortSignal): Promise<CheckResult | null> {
    for (let other = this.#running.get(keyId); other !== undefined; other = this.#running.get(keyId)) {
      const result = await unlessAborted(other.ended, signal)
      if (signal.aborted) return null
      // The other run was stopped in the middle, or asked for less: then the key is asked about anew.
      if (result !== null && other.deep === deep) return result
    }
    const ended = this.#ask(keyId, deep, signal)
    this.#running.set(keyId, { deep, ended })
    try {
      return await ended
    } finally {
      this.#running.delete(keyId)
    }
  }

  async #ask(keyId: string, deep: boolean, signal: AbortSignal): Promise<CheckResult | null> {
    const { pool, probe, logger, testModel } = this.#options
    const entry = pool.key(keyId)?.entry
    if (entry === undefined) return null
    const outcome = await probe(entry, { deep, signal }).catch((error: unknown): AttemptOutcome => {
      logger.error('a key could not be checked', { key: entry.fingerprint, error })
      return { kind: 'gateway-failed' }
    })
    if (outcome.kind === 'client-gone') return null
    const { report, ...finding } = readFinding(outcome, judge(outcome), deep)
    if (report !== null) pool.report(keyId, report, deep ? testModel() : '')
    return { keyId, fingerprint: entry.fingerprint, ...finding }
  }
}

const defaultConcurrency = 8

const rethrowAfter = (stop: () => void) => (error: unknown) => {
  stop()
  throw error
}

/** The value of the promise, or null as soon as the signal is aborted. */
const unlessAborted = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | null> => {
  const { promise: aborted, resolve } = Promise.withResolvers<null>()
  const onAbort = () => resolve(null)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
