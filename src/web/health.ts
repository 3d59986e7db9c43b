import { Elysia } from 'elysia'
import type { KeyCounts } from '../keys/key-view.ts'

export type HealthDependencies = {
  readonly isDraining: () => boolean
  readonly counts: () => KeyCounts
  /** Whether a key is alive that could serve. */
  readonly isServing: () => boolean
  /** Whether the database answers within a time, milliseconds. */
  readonly ping: (limitMs: number) => Promise<boolean>
  readonly version: string
}

const databaseMilliseconds = 1000

/**
 * `/health`: the process is alive, nothing else is looked at. `/ready`: it can serve: the database answers, a key is
 * alive, and no stop is under way. A load balancer asks the second, a supervisor the first.
 */
export const healthRoutes = ({ isDraining, counts, isServing, ping, version }: HealthDependencies) =>
  new Elysia({ name: 'health' })
    .get('/health', () => Response.json({ status: 'healthy', version }))
    .get('/ready', async () => {
      const database = (await ping(databaseMilliseconds)) ? 'ok' : 'unreachable'
      const { total, ready, cooling, dead, disabled } = counts()
      const isReady = database === 'ok' && isServing() && !isDraining()
      const status = isDraining() ? 'draining' : isReady ? 'ready' : 'not-ready'
      return Response.json(
        { status, database, keys: { total, ready, cooling, dead, disabled } },
        { status: isReady ? 200 : 503 },
      )
    })
