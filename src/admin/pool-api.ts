import { Elysia } from 'elysia'
import type { KeyPool } from '../keys/key-pool.ts'
import type { KeyOverview } from '../keys/key-view.ts'
import type { WaitingLine } from '../keys/waiting-line.ts'
import type { TokenBook } from '../security/token-book.ts'
import type { EgressPool } from '../upstream/egress-pool.ts'
import type { ModelBreakers } from '../upstream/model-breakers.ts'
import { isAdmin, refuseStranger, tell } from './admin-request.ts'
import { readPage } from './read-page.ts'

export type PoolApiDependencies = {
  readonly pool: Pick<KeyPool, 'inFlight'>
  readonly line: Pick<WaitingLine, 'size'>
  readonly overview: Pick<KeyOverview, 'counts' | 'capacity' | 'owners'>
  readonly egresses: Pick<EgressPool, 'status'>
  readonly models: Pick<ModelBreakers, 'open'>
  readonly tokens: Pick<TokenBook, 'find'>
}

const noStore = { headers: { 'cache-control': 'no-store' } } as const

/**
 * How the pool stands, with the admin token as `Authorization: Bearer`. Times are milliseconds since 1970 UTC. From
 * memory, in the time that the answer is long.
 *
 * - `GET /api/pool`: keys by condition; for every model that was used today what is used, left, and when it runs out; ways
 *   out; models that are failing
 * - `GET /api/projects?offset=0&limit=100`: what each project, or key without a known one, has used and has left
 */
export const poolApi = ({ pool, line, overview, egresses, models, tokens }: PoolApiDependencies) =>
  new Elysia({ name: 'pool-api' })
    .get('/api/pool', ({ request }) =>
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
            noStore,
          )
        : refuseStranger(),
    )
    .get('/api/projects', ({ request }) => {
      if (!isAdmin(request, tokens)) return refuseStranger()
      const page = readPage(new URL(request.url).searchParams)
      return typeof page === 'string' ? tell(400, page) : Response.json(overview.owners(page), noStore)
    })
