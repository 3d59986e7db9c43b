import { GatewayError } from '#src/errors/gateway-error.ts'
import type { KeyPool } from '#src/keys/key-pool.ts'
import type { KeyCounts } from '#src/keys/key-view.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { PolicyName } from '#src/keys/policies.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import type { Waiting, WaitingLine } from '#src/keys/waiting-line.ts'
import type { Acquisition, Wish } from '#src/keys/wish.ts'
import { openingOf } from '#src/protocols/gemini/conversation-opening.ts'
import type { Built } from '../exchange.ts'
import type { Refinements } from '../refine.ts'

/** Takes a key for one attempt, now or after some waiting. @throws GatewayError `keys-cooling`, `no-key`, `model-not-found` */
export type AcquireKey = (known: Built, tried: ReadonlySet<string>, mayWait: boolean) => Lease | Promise<Lease>

export type AcquireKeyOptions = {
  readonly pool: KeyPool
  readonly line: WaitingLine
  readonly counts: () => KeyCounts
  readonly refinements: Refinements
  readonly settings: { readonly KEY_POLICY: PolicyName; readonly KEY_WAIT_MAX_SECONDS: number }
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

export const acquireKey = (options: AcquireKeyOptions): AcquireKey => {
  const { line, refinements, settings } = options
  return (known, tried, mayWait) => {
    const startedAt = performance.now()
    const wish = refinements.refine('key', wishOf(known, tried, settings.KEY_POLICY), known)
    // Over all attempts together.
    const taken = line.take(wish, mayWait ? settings.KEY_WAIT_MAX_SECONDS * 1000 - known.stopwatch.key : 0)
    if (taken.kind === 'waiting') return waitInLine(taken, wish, known, options, startedAt)
    known.stopwatch.key += performance.now() - startedAt
    return leaseOf(taken, wish, known, options)
  }
}

/** Seconds until a key is ready for what is asked, whole; 0 if one is. */
export const secondsUntilReady =
  ({ pool, now }: Pick<AcquireKeyOptions, 'pool' | 'now'>) =>
  ({ ask, target }: Built): number =>
    Math.ceil(
      Math.max(0, pool.readyAt({ kind: 'gemini', model: target?.model ?? '', isCounted: isCounted(ask) }) - now()) /
        1000,
    )

/** countTokens has a quota of its own, so generous that nobody counts; what is no POST uses none of a model's. */
const isCounted = ({ method, verb }: Built['ask']) => verb === 'POST' && method !== 'countTokens'

const wishOf = (known: Built, tried: ReadonlySet<string>, policy: PolicyName): Wish => {
  const { ask, target, caller } = known
  const wish: Wish = { kind: 'gemini', model: target?.model ?? '', isCounted: isCounted(ask), avoid: tried }
  if (policy !== 'affinity' || ask.body.kind !== 'payload') return wish
  const opening = openingOf(ask.body.payload)
  if (opening === undefined) return wish
  const ofClient = Bun.hash.xxHash32(caller.fingerprint)
  return { ...wish, affinity: opening.reduce((seed, bytes) => Bun.hash.xxHash32(bytes, seed), ofClient) }
}

/** Taken, and given back before anything was sent. */
export const unused: Verdict = { name: 'unused', blames: 'nobody', retry: 'never', effect: { kind: 'none' } }

const waitInLine = async (
  { acquisition, leave }: Waiting,
  wish: Wish,
  known: Built,
  options: AcquireKeyOptions,
  startedAt: number,
): Promise<Lease> => {
  const gone = Promise.withResolvers<undefined>()
  known.scope.defer(() => {
    leave()
    gone.resolve(undefined)
  })
  const taken = await Promise.race([acquisition, gone.promise])
  known.stopwatch.key += performance.now() - startedAt
  if (known.scope.ending === undefined && taken !== undefined) return leaseOf(taken, wish, known, options)
  // It was handed out in the very moment the client left.
  acquisition.then(late => late.kind === 'leased' && late.lease.settle(unused))
  throw new GatewayError('client-gone', 'The client went away.')
}

const leaseOf = (taken: Acquisition, wish: Wish, known: Built, options: AcquireKeyOptions): Lease => {
  if (taken.kind === 'leased') return taken.lease
  const { pool, counts, now } = options
  const { total, cooling, dead } = counts()
  if (isUnmet(known)) pool.noteMissed(wish)
  if (taken.kind === 'none-alive') {
    throw new GatewayError(
      'no-key',
      `No key is alive: ${dead} of ${total} keys are dead. Ask the administrator of this gateway.`,
    )
  }
  known.journal.refusal = taken.choice
  if (isOfferedToNobody(pool, wish)) throw notFound(known.ask, wish.model)
  const retryAfterSeconds = Math.max(1, Math.ceil((taken.retryAt - now()) / 1000))
  const until = new Date(taken.retryAt).toISOString()
  throw new GatewayError(
    'keys-cooling',
    `All keys that could serve ${wish.model === '' ? 'this request' : wish.model} are cooling down; the first is back at ${until}. ` +
      `(${cooling} of ${total} keys cooling, ${dead} dead.)`,
    { retryAfterSeconds },
  )
}

/** Whether quota is what the request lacks: no key was ready, or Google refused those that seemed to be. */
const isUnmet = ({ journal: { attempts } }: Built): boolean => {
  const last = attempts.at(-1)?.verdict
  return last === undefined || last === 'billing' || last.includes('quota')
}

/** Whether every living key rests because Google said that there is no such model: waiting would not help. */
const isOfferedToNobody = (pool: KeyPool, { kind, model }: Wish): boolean => {
  for (const { entry, death, cooling } of pool.keys()) {
    if (entry.kind !== kind || !entry.enabled || death !== null) continue
    if (cooling.get(model)?.reason !== 'model-not-found') return false
  }
  return true
}

/** What Google said when it was asked, in its words. */
const notFound = ({ method, version, verb }: Built['ask'], model: string) =>
  new GatewayError(
    'model-not-found',
    `models/${model} is not found for API version ${version}, or is not supported for ${verb === 'GET' ? 'getModel' : method}. ` +
      'Call ModelService.ListModels to see the list of available models and their supported methods.',
  )
