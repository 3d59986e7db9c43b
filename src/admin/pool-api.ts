import { Elysia } from 'elysia'
import type { KeyPool } from '../keys/key-pool.ts'
import type { KeyOverview } from '../keys/key-view.ts'
import type { WaitingLine } from '../keys/waiting-line.ts'
import type { TokenBook } from '../security/token-book.ts'
import type { EgressPool } from '../upstream/egress-pool.ts'
import type { ModelBreakers } from '../upstream/model-breakers.ts'
import { isAdmin, refuseStranger } from './admin-request.ts'

export type PoolApiDependencies = {
  readonly pool: Pick<KeyPool, 'inFlight'>
  readonly line: Pick<WaitingLine, 'size'>
  readonly overview: Pick<KeyOverview, 'counts' | 'capacity'>
  readonly egresses: Pick<EgressPool, 'status'>
  readonly models: Pick<ModelBreakers, 'open'>
  readonly tokens: Pick<TokenBook, 'find'>
}

/**
 * `GET /api/pool`: how the pool stands, with the admin token as `Authorization: Bearer`. Keys by condition; for every
 * model that was used today what is used, left, and when it runs out; ways out; models that are failing. Times are
 * milliseconds since 1970 UTC. From memory, in the time that the answer is long.
 */
export const poolApi = ({ pool, line, overview, egresses, models, tokens }: PoolApiDependencies) =>
  new Elysia({ name: 'pool-api' }).get('/api/pool', ({ request }) =>
    isAdmin(request, tokens)
      ? Response.json(
          {
            keys: overview.counts(),
            inFlight: pool.inFlight,
            waiting: line.size,
            models: overview.capacity(),
            failingModels: models.open,
            egresses: egresses.status(),
          },
          { headers: { 'cache-control': 'no-store' } },
        )
      : refuseStranger(),
  )
