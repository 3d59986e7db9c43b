import { createDashboard, type DashboardDependencies } from '#src/admin/dashboard.ts'
import { silentLogger } from '#src/logging/logger.ts'
import { afternoon, mixedKeys, overviewOf } from './_fake-keys.ts'

export const adminToken = 'correct-horse-battery-staple'

/** A dashboard over the mixed keys, its clock standing still; a test says what is different about its own. */
export const makeDashboard = (different: Partial<DashboardDependencies> = {}) =>
  createDashboard({
    keys: overviewOf(() => mixedKeys),
    adminToken: () => adminToken,
    sessionSeconds: () => 3600,
    basePath: '',
    trustProxyHeaders: () => false,
    logger: silentLogger,
    storageStatus: () => ({ healthy: true, pending: 0, dropped: 0 }),
    version: '1.2.3',
    now: () => afternoon,
    ...different,
  })

type Handler = { readonly handle: (request: Request) => Promise<Response> }

/** A browser without a window: it keeps cookies and follows nothing. */
export class Visitor {
  readonly #application: Handler
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(application: Handler, origin = 'http://dashboard.test') {
    this.#application = application
    this.#origin = origin
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#send(path, { headers })
  }

  post(path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(fields), headers })
  }

  signIn(token = adminToken, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.post('/auth', { auth_token: token }, headers)
  }

  /** What htmx sends when a page refreshes itself. */
  refresh(path: string): Promise<Response> {
    return this.get(path, { ...htmxHeaders, 'x-background': 'true' })
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  async #send(path: string, init: RequestInit & { readonly headers: Readonly<Record<string, string>> }) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const response = await this.#application.handle(new Request(this.#origin + path, { ...init, headers }))
    for (const line of response.headers.getSetCookie()) {
      const { name, value, maxAge } = Bun.Cookie.parse(line)
      if (maxAge === 0) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }
}

export const htmxHeaders = { 'hx-request': 'true', 'hx-request-type': 'partial' }

/** A visitor who has signed in. */
export const signedInVisitor = async (application: Handler): Promise<Visitor> => {
  const visitor = new Visitor(application)
  await visitor.signIn()
  return visitor
}

/** The hidden field every form of a signed-in page carries. */
export const csrfTokenIn = (html: string): string => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
