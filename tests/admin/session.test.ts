import { expect, test } from 'bun:test'
import { Sessions } from '#src/admin/sessions.ts'
import { csrfTokenIn, htmxHeaders, makeDashboard, signedInVisitor, Visitor } from './_dashboard.ts'
import { afternoon } from './_fake-keys.ts'

const cookieName = 'gemini_balance_session'

test('a session lives as long as somebody uses it, and then its time after that', async () => {
  let now = afternoon
  const visitor = await signedInVisitor(makeDashboard({ now: () => now, sessionSeconds: () => 600 }))
  for (let visit = 1; visit <= 3; visit++) {
    now += 599_000
    const response = await visitor.get('/keys')
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toContain('Max-Age=600')
  }
  now += 600_000
  expect((await visitor.get('/keys')).status).toBe(303)
})

test('a page that refreshes itself does not keep its session alive', async () => {
  let now = afternoon
  const visitor = await signedInVisitor(makeDashboard({ now: () => now, sessionSeconds: () => 600 }))
  now += 590_000
  const refreshed = await visitor.refresh('/keys')
  expect([refreshed.status, refreshed.headers.get('set-cookie')]).toEqual([200, null])
  now += 10_000
  const ended = await visitor.refresh('/keys')
  expect([ended.status, ended.headers.get('hx-redirect')]).toEqual([401, '/?expired'])
})

test('a shorter session time holds for sessions that are already there', async () => {
  let now = afternoon
  let seconds = 3600
  const visitor = await signedInVisitor(makeDashboard({ now: () => now, sessionSeconds: () => seconds }))
  now += 301_000
  seconds = 300
  expect((await visitor.get('/keys')).status).toBe(303)
})

test('every session ends when the admin token changes', async () => {
  let token = 'correct-horse-battery-staple'
  const dashboard = makeDashboard({ adminToken: () => token })
  const visitors = [await signedInVisitor(dashboard), await signedInVisitor(dashboard)]
  token = 'a-new-admin-token'
  for (const visitor of visitors) expect((await visitor.get('/keys')).status).toBe(303)
})

test('signing out ends the session on the server, not only in the browser', async () => {
  const dashboard = makeDashboard()
  const visitor = await signedInVisitor(dashboard)
  const copied = visitor.cookie(cookieName) ?? ''
  const token = csrfTokenIn(await (await visitor.get('/keys')).text())
  const response = await visitor.post('/sign-out', { csrf_token: token })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
  expect(visitor.cookie(cookieName)).toBeUndefined()
  expect((await new Visitor(dashboard).get('/keys', { cookie: `${cookieName}=${copied}` })).status).toBe(303)
})

test('an unsafe request without the CSRF token of its own session changes nothing', async () => {
  const dashboard = makeDashboard()
  const visitor = await signedInVisitor(dashboard)
  const stranger = await signedInVisitor(dashboard)
  const strangersToken = csrfTokenIn(await (await stranger.get('/keys')).text())
  for (const fields of [{}, { csrf_token: '' }, { csrf_token: 'AAAA' }, { csrf_token: strangersToken }]) {
    const response = await visitor.post('/sign-out', fields as Record<string, string>)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('This form is out of date')
  }
  expect((await visitor.get('/keys')).status).toBe(200)
})

test('the right CSRF token from a foreign page changes nothing either', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  const token = csrfTokenIn(await (await visitor.get('/keys')).text())
  const response = await visitor.post('/sign-out', { csrf_token: token }, { 'sec-fetch-site': 'cross-site' })
  expect(response.status).toBe(403)
  expect((await visitor.get('/keys')).status).toBe(200)
})

test('htmx sends the CSRF token in a header, which the page hands it', async () => {
  const visitor = await signedInVisitor(makeDashboard())
  const page = await (await visitor.get('/keys')).text()
  const token = csrfTokenIn(page)
  expect(page).toContain(`hx-headers:inherited="{&#34;x-csrf-token&#34;:&#34;${token}&#34;}"`)
  const response = await visitor.post('/sign-out', {}, { ...htmxHeaders, 'x-csrf-token': token })
  expect(response.status).toBe(303)
})

test('beyond the limit, the session that was idle longest ends', () => {
  const sessions = new Sessions({ adminToken: () => 'a', sessionSeconds: () => 60, now: () => 0, limit: 2 })
  const [first, second] = [sessions.start(), sessions.start()]
  sessions.find(first, 'person')
  const third = sessions.start()
  expect([first, second, third].map(id => sessions.find(id, 'background') !== undefined)).toEqual([true, false, true])
})
