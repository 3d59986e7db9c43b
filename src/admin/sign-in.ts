import { Elysia } from 'elysia'
import type { Logger } from '#src/logging/logger.ts'
import { equalSecrets } from '#src/security/secret.ts'
import { clientAddressOf } from '#src/web/client-address.ts'
import { htmlResponse, seeOther } from '#src/web/html-response.ts'
import { readForm } from '#src/web/read-form.ts'
import { cameFromOwnPage } from '#src/web/request-origin.ts'
import { ErrorPage } from '#templates/error.tsx'
import { type SignInNotice, SignInPage } from '#templates/sign-in.tsx'
import type { MakeFrame } from './frames.ts'
import { type CookieScope, sessionCookie, sessionIdOf } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'
import type { SignInLimit } from './sign-in-limit.ts'

type SignInDependencies = CookieScope & {
  readonly sessions: Sessions
  readonly limit: SignInLimit
  readonly makeFrame: MakeFrame
  readonly adminToken: () => string
  readonly logger: Logger
  /** Keys the comparison of tokens. */
  readonly comparisonKey: Uint8Array
}

/** The form a guest sees, and where it is sent. These two routes stand outside the guard. */
export const createSignIn = (dependencies: SignInDependencies) => {
  const { sessions, limit, makeFrame, adminToken, logger, comparisonKey, basePath } = dependencies

  const page = (request: Request, notice: SignInNotice, status = 200, headers: Readonly<Record<string, string>> = {}) =>
    htmlResponse(SignInPage({ frame: makeFrame(request, '/'), notice }), { status, headers })

  const isAdminToken = (token: string) => {
    const expected = adminToken()
    return expected !== '' && equalSecrets(token, expected, comparisonKey)
  }

  return new Elysia({ name: 'dashboard-sign-in' })
    .get('/', ({ request }) => {
      const id = sessionIdOf(request)
      if (id !== undefined && sessions.find(id, 'person') !== undefined) return seeOther(`${basePath}/keys`)
      return page(request, { kind: new URL(request.url).searchParams.has('expired') ? 'expired' : 'none' })
    })
    .post(
      '/auth',
      async ({ request, server }) => {
        const trustProxyHeaders = dependencies.trustProxyHeaders()
        if (!cameFromOwnPage(request, trustProxyHeaders)) return page(request, { kind: 'foreign-page' }, 403)
        const reading = await readForm(request)
        if (reading.kind === 'refused') {
          const error = { kind: 'bad-form' } as const
          return htmlResponse(ErrorPage({ frame: makeFrame(request, '/'), error }), { status: reading.status })
        }
        // Nothing is awaited between the look at the limit and the count, so parallel attempts cannot slip through.
        const address = clientAddressOf(request, server, trustProxyHeaders)
        const waitSeconds = limit.waitSeconds(address)
        if (waitSeconds > 0)
          return page(request, { kind: 'too-many', waitSeconds }, 429, { 'retry-after': String(waitSeconds) })
        if (!isAdminToken((reading.fields.get('auth_token') ?? '').trim())) {
          limit.recordFailure(address)
          logger.warn('sign-in to the dashboard refused', { address })
          return page(request, { kind: 'wrong-token' }, 401)
        }
        limit.forget(address)
        logger.info('signed in to the dashboard', { address })
        const response = seeOther(`${basePath}/keys`)
        response.headers.append('set-cookie', sessionCookie(request, sessions.start(), dependencies))
        return response
      },
      { parse: 'none' },
    )
}
