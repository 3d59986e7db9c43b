import { cameOverHttps } from '#src/web/request-origin.ts'

const cookieName = 'gemini_balance_session'

/** What decides where and for how long a session cookie is sent. */
export type CookieScope = {
  /** Empty, or `/path` without a slash at the end. */
  readonly basePath: string
  readonly sessionSeconds: () => number
  readonly trustProxyHeaders: () => boolean
}

/** The session id a browser sent; undefined when it sent none. */
export const sessionIdOf = (request: Request): string | undefined =>
  new Bun.CookieMap(request.headers.get('cookie') ?? '').get(cookieName) ?? undefined

/** The header that hands a session id to the browser, for as long as the session lives without being used. */
export const sessionCookie = (request: Request, id: string, scope: CookieScope): string =>
  serialize(request, id, scope, scope.sessionSeconds())

/** The header that makes the browser forget its session id. */
export const endedSessionCookie = (request: Request, scope: CookieScope): string => serialize(request, '', scope, 0)

const serialize = (request: Request, value: string, scope: CookieScope, maxAge: number) =>
  new Bun.Cookie(cookieName, value, {
    httpOnly: true,
    sameSite: 'strict',
    path: scope.basePath === '' ? '/' : scope.basePath,
    secure: cameOverHttps(request, scope.trustProxyHeaders()),
    maxAge,
  }).serialize()
