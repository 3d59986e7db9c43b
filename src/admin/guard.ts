import { Elysia } from 'elysia'
import { equalSecrets } from '#src/security/secret.ts'
import { htmlResponse, seeOther } from '#src/web/html-response.ts'
import { readForm } from '#src/web/read-form.ts'
import { cameFromOwnPage } from '#src/web/request-origin.ts'
import { type ErrorKind, ErrorPage } from '#templates/error.tsx'
import type { MakeFrame } from './frames.ts'
import { isBackground, isHtmx } from './htmx-request.ts'
import { type CookieScope, sessionCookie, sessionIdOf } from './session-cookie.ts'
import type { Session, Sessions } from './sessions.ts'

type GuardDependencies = CookieScope & {
  readonly sessions: Sessions
  readonly makeFrame: MakeFrame
  /** Keys the comparison of CSRF tokens. */
  readonly comparisonKey: Uint8Array
}

export type Guard = ReturnType<typeof createGuard>

type Admission =
  | { readonly kind: 'admitted'; readonly session: Session; readonly form: URLSearchParams }
  | { readonly kind: 'refused'; readonly response: Response }

/**
 * Lets nobody through without a session, and no unsafe method without the session's CSRF token. Hooks reach only the
 * routes registered after them, so the guard is used first; `scoped` carries it one level up, into the instance that
 * uses it. Behind it, handlers have the `session`, and the `form` of an unsafe request.
 */
export const createGuard = (dependencies: GuardDependencies) =>
  new Elysia({ name: 'dashboard-guard' }).resolve({ as: 'scoped' }, async ({ request, set, status }) => {
    const admission = await admit(request, dependencies)
    if (admission.kind === 'refused') return status(admission.response.status, admission.response)
    const id = sessionIdOf(request)
    if (id !== undefined && isSafe(request) && !isBackground(request))
      set.headers['set-cookie'] = [set.headers['set-cookie'] ?? [], sessionCookie(request, id, dependencies)].flat()
    return { session: admission.session, form: admission.form }
  })

const admit = async (request: Request, dependencies: GuardDependencies): Promise<Admission> => {
  const id = sessionIdOf(request)
  const session = id && dependencies.sessions.find(id, isBackground(request) ? 'background' : 'person')
  if (!session) return { kind: 'refused', response: toSignIn(request, dependencies.basePath) }
  if (isSafe(request)) return { kind: 'admitted', session, form: new URLSearchParams() }

  const refuse = async (status: number, error: ErrorKind): Promise<Admission> => {
    const page = ErrorPage({ frame: dependencies.makeFrame(request, '/keys', session), error })
    return { kind: 'refused', response: await htmlResponse(page, { status }) }
  }
  const reading = await readForm(request)
  if (reading.kind === 'refused') return refuse(reading.status, { kind: 'bad-form' })
  const token = request.headers.get('x-csrf-token') ?? reading.fields.get('csrf_token') ?? ''
  const genuine =
    cameFromOwnPage(request, dependencies.trustProxyHeaders()) &&
    equalSecrets(token, session.csrfToken, dependencies.comparisonKey)
  return genuine ? { kind: 'admitted', session, form: reading.fields } : refuse(403, { kind: 'refused' })
}

/** htmx follows a redirect unseen and would put the sign-in page where the fragment stood; it is told in a header. */
const toSignIn = (request: Request, basePath: string): Response => {
  // The browser drops the cookie when it expires, but only a page of a member refreshes itself.
  const hadSession = sessionIdOf(request) !== undefined || isBackground(request)
  const address = `${basePath}/${hadSession ? '?expired' : ''}`
  if (!isHtmx(request)) return seeOther(address)
  return new Response(null, { status: 401, headers: { 'hx-redirect': address, 'cache-control': 'no-store' } })
}

const isSafe = ({ method }: Request) => method === 'GET' || method === 'HEAD'
