import { GatewayError } from '#src/errors/gateway-error.ts'
import type { KeyPool, Wish } from '#src/keys/key-pool.ts'
import type { KeyCounts } from '#src/keys/key-view.ts'
import type { Lease } from '#src/keys/lease.ts'
import type { Built } from '../exchange.ts'
import type { Refinements } from '../refine.ts'

/** Takes a key for one attempt. @throws GatewayError `keys-cooling`, `no-key`, or `model-not-found` */
export type AcquireKey = (known: Built, tried: ReadonlySet<string>) => Lease

export type AcquireKeyOptions = {
  readonly pool: KeyPool
  readonly counts: () => KeyCounts
  readonly refinements: Refinements
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
}

export const acquireKey =
  ({ pool, counts, refinements, now }: AcquireKeyOptions): AcquireKey =>
  (known, tried) => {
    const startedAt = performance.now()
    const model = known.target?.model ?? ''
    const wish = refinements.refine('key', { kind: 'gemini', model, avoid: tried }, known)
    const acquisition = pool.acquire(wish)
    known.stopwatch.key += performance.now() - startedAt
    if (acquisition.kind === 'leased') return acquisition.lease
    const { total, cooling, dead } = counts()
    if (acquisition.kind === 'none-alive') {
      throw new GatewayError(
        'no-key',
        `No key is alive: ${dead} of ${total} keys are dead. Ask the administrator of this gateway.`,
      )
    }
    if (isOfferedToNobody(pool, wish)) throw notFound(known.ask, model)
    const retryAfterSeconds = Math.max(1, Math.ceil((acquisition.retryAt - now()) / 1000))
    const until = new Date(acquisition.retryAt).toISOString()
    throw new GatewayError(
      'keys-cooling',
      `All keys that could serve ${model === '' ? 'this request' : model} are cooling down; the first is back at ${until}. ` +
        `(${cooling} of ${total} keys cooling, ${dead} dead.)`,
      { retryAfterSeconds },
    )
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
