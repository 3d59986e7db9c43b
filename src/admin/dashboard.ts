import { randomBytes, randomUUID } from 'node:crypto'
import { Elysia } from 'elysia'
import type { KeyOverview } from '#src/keys/key-view.ts'
import type { Logger } from '#src/logging/logger.ts'
import { assetRoutes } from '#src/web/assets.ts'
import { htmlResponse } from '#src/web/html-response.ts'
import { securityHeaders } from '#src/web/security-headers.ts'
import { ErrorPage } from '#templates/error.tsx'
import type { StorageStatus } from '#templates/storage-banner.tsx'
import { createFrames } from './frames.ts'
import { createGuard } from './guard.ts'
import { createKeys } from './keys.ts'
import { Sessions } from './sessions.ts'
import { createSignIn } from './sign-in.ts'
import { SignInLimit } from './sign-in-limit.ts'
import { createSignOut } from './sign-out.ts'
import { languageCookie } from './visitor-language.ts'

export type DashboardDependencies = {
  readonly keys: KeyOverview
  /** Read at every sign-in and every request; while it is empty nobody signs in. */
  readonly adminToken: () => string
  readonly sessionSeconds: () => number
  /** Where the server stands for browsers: empty, `/` or `/path`. Links start with it; routes do not. */
  readonly basePath: string
  /** Whether `X-Forwarded-For`, `-Proto` and `-Host` come from a proxy that is ours. */
  readonly trustProxyHeaders: () => boolean
  readonly logger: Logger
  readonly storageStatus: () => StorageStatus
  readonly version: string
  /** Milliseconds since 1970 UTC. */
  readonly now?: () => number
}

/**
 * The dashboard: every route of it, to be mounted at the root or under a prefix. Use it before the application's own
 * error hook: Elysia runs the outer hook first, and the dashboard's errors would be answered in an API's dialect.
 */
export const createDashboard = (dependencies: DashboardDependencies) => {
  const { adminToken, sessionSeconds, trustProxyHeaders, logger } = dependencies
  const now = dependencies.now ?? Date.now
  const basePath = dependencies.basePath.replace(/\/+$/, '')
  const comparisonKey = randomBytes(32)
  const sessions = new Sessions({ adminToken, sessionSeconds, now })
  const limit = new SignInLimit({ now })
  const makeFrame = createFrames({ basePath, version: dependencies.version })
  const scope = { basePath, sessionSeconds, trustProxyHeaders }
  const guard = createGuard({ ...scope, sessions, makeFrame, comparisonKey })

  /** Whatever is used in here is closed to guests, also where it forgets to ask for the guard itself. */
  const members = new Elysia({ name: 'dashboard-members' })
    .use(guard)
    .use(createSignOut({ ...scope, guard, sessions }))
    .use(createKeys({ guard, makeFrame, keys: dependencies.keys, storageStatus: dependencies.storageStatus }))

  return new Elysia({ name: 'dashboard' })
    .onBeforeHandle(({ request, set }) => {
      Object.assign(set.headers, securityHeaders)
      const cookie = languageCookie(request, basePath)
      if (cookie !== undefined) set.headers['set-cookie'] = [cookie]
    })
    .onError(({ code, request, error }) => {
      // An address nobody has is the application's to answer.
      if (code === 'NOT_FOUND') return
      const errorId = randomUUID().slice(0, 8)
      logger.error('a page of the dashboard failed', { errorId, path: new URL(request.url).pathname, error })
      const page = ErrorPage({ frame: makeFrame(request, '/keys'), error: { kind: 'broken', errorId } })
      return htmlResponse(page, { status: 500 })
    })
    .use(assetRoutes)
    .use(createSignIn({ ...scope, sessions, limit, makeFrame, adminToken, logger, comparisonKey }))
    .use(members)
}
