import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { htmxHeaders, makeDashboard, signedInVisitor, Visitor } from './_dashboard.ts'

const guestsMaySee = (route: { readonly method: string; readonly path: string }) =>
  route.path === '/' || route.path.startsWith('/assets/')

const routesOf = (dashboard: ReturnType<typeof makeDashboard>) =>
  dashboard.routes.map(({ method, path }) => ({ method, path }))

test('a guest who walks every route sees the sign-in page and the assets, and nothing else', async () => {
  const dashboard = makeDashboard()
  const routes = routesOf(dashboard)
  expect(routes).toContainEqual({ method: 'GET', path: '/keys' })
  expect(routes).toContainEqual({ method: 'POST', path: '/sign-out' })
  for (const { method, path } of routes) {
    const response = await dashboard.handle(new Request(`http://dashboard.test${path}`, { method }))
    const html = await response.text()
    expect([path, response.status === 200]).toEqual([path, guestsMaySee({ method, path })])
    expect(html).not.toContain('f00d0000')
  }
})

test('a guest is sent to the sign-in page, in a header when htmx asks', async () => {
  const guest = new Visitor(makeDashboard())
  const page = await guest.get('/keys?condition=dead')
  expect([page.status, page.headers.get('location')]).toEqual([303, '/'])
  const fragment = await guest.get('/keys', htmxHeaders)
  expect([fragment.status, fragment.headers.get('hx-redirect'), await fragment.text()]).toEqual([401, '/', ''])
})

test('a made-up session is a guest whose session has ended', async () => {
  const response = await new Visitor(makeDashboard()).get('/keys', { cookie: 'gemini_balance_session=AAAA' })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/?expired'])
})

test('everything carries the security headers, and no page is stored', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  for (const path of ['/', '/keys', '/assets/app.css']) {
    const { headers } = await visitor.get(path)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
  }
  expect((await visitor.get('/keys')).headers.get('cache-control')).toBe('no-store')
})

test('the guard and the headers stay inside the dashboard', async () => {
  const application = new Elysia().use(makeDashboard()).get('/v1/models', () => 'api')
  const response = await application.handle(new Request('http://dashboard.test/v1/models'))
  expect([response.status, await response.text()]).toEqual([200, 'api'])
  expect(response.headers.get('content-security-policy')).toBeNull()
  expect((await application.handle(new Request('http://dashboard.test/nowhere'))).status).toBe(404)
})

test('mounted under a sub-path, every link, form, asset and cookie stays below it', async () => {
  const application = new Elysia({ prefix: '/balance' }).use(makeDashboard({ basePath: '/balance/' }))
  const visitor = new Visitor(application)
  const signIn = await (await visitor.get('/balance')).text()
  expect(signIn).toContain('action="/balance/auth"')
  const signedIn = await visitor.post('/balance/auth', { auth_token: 'correct-horse-battery-staple' })
  expect(signedIn.headers.get('location')).toBe('/balance/keys')
  expect(signedIn.headers.get('set-cookie')).toContain('Path=/balance;')
  const page = await (await visitor.get('/balance/keys')).text()
  const addresses = [...page.matchAll(/ (?:href|src|action|hx-get)="([^"]*)"/g)].map(([, address]) => address)
  expect(addresses.length).toBeGreaterThan(8)
  expect(addresses.filter(address => address !== '#content' && !address?.startsWith('/balance/'))).toEqual([])
  for (const asset of addresses.filter(address => address?.includes('/assets/'))) {
    expect((await visitor.get(asset ?? '')).status).toBe(200)
  }
})
