import { Elysia } from 'elysia'
import { seeOther } from '#src/web/html-response.ts'
import type { Guard } from './guard.ts'
import { type CookieScope, endedSessionCookie, sessionIdOf } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

type SignOutDependencies = CookieScope & { readonly guard: Guard; readonly sessions: Sessions }

/** Ends the session on the server, not only in the browser. */
export const createSignOut = (dependencies: SignOutDependencies) =>
  new Elysia({ name: 'dashboard-sign-out' }).use(dependencies.guard).post(
    '/sign-out',
    ({ request }) => {
      dependencies.sessions.end(sessionIdOf(request) ?? '')
      const response = seeOther(`${dependencies.basePath}/`)
      response.headers.append('set-cookie', endedSessionCookie(request, dependencies))
      return response
    },
    { parse: 'none' },
  )
