import { expect, test } from 'bun:test'
import { createLogger } from '#src/logging/logger.ts'
import { adminToken, makeDashboard, Visitor } from './_dashboard.ts'
import { afternoon } from './_fake-keys.ts'

test('the right token opens a session and leads to the keys', async () => {
  const visitor = new Visitor(makeDashboard())
  const response = await visitor.signIn()
  expect([response.status, response.headers.get('location')]).toEqual([303, '/keys'])
  expect(response.headers.get('set-cookie')).toMatch(
    /^gemini_balance_session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Strict$/,
  )
  expect((await visitor.get('/keys')).status).toBe(200)
  expect((await visitor.get('/')).headers.get('location')).toBe('/keys')
})

test('spaces around a pasted token do not matter', async () => {
  expect((await new Visitor(makeDashboard()).signIn(` ${adminToken}\n`)).status).toBe(303)
})

test.each(['wrong', '', `${adminToken}x`])(
  'the token "%s" is refused with a message, without a cookie, and is not repeated',
  async token => {
    const response = await new Visitor(makeDashboard()).signIn(token)
    const html = await response.text()
    expect(response.status).toBe(401)
    expect(html).toContain('That is not the admin token.')
    expect(html).not.toContain('battery')
    expect(response.headers.getSetCookie()).toEqual([])
  },
)

test('while there is no admin token, the empty token does not sign in', async () => {
  expect((await new Visitor(makeDashboard({ adminToken: () => '' })).signIn('')).status).toBe(401)
})

test('the cookie is only for TLS when the browser came over TLS, which a trusted proxy alone can say', async () => {
  const cookieOf = async (visitor: Visitor) =>
    (await visitor.signIn(adminToken, { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')
  expect(await cookieOf(new Visitor(makeDashboard(), 'https://dashboard.test'))).toContain('; Secure')
  expect(await cookieOf(new Visitor(makeDashboard({ trustProxyHeaders: () => true })))).toContain('; Secure')
  expect(await cookieOf(new Visitor(makeDashboard()))).not.toContain('Secure')
})

test.each([
  [{ 'sec-fetch-site': 'same-origin' }, 303],
  [{ 'sec-fetch-site': 'none' }, 303],
  [{ 'sec-fetch-site': 'same-site' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ origin: 'http://dashboard.test' }, 303],
  [{ origin: 'http://evil.test' }, 403],
  [{ origin: 'null' }, 403],
  [{ origin: 'http://dashboard.test', 'sec-fetch-site': 'cross-site' }, 403],
])('a sign-in with %p is answered with %d', async (headers, status) => {
  const visitor = new Visitor(makeDashboard())
  expect((await visitor.signIn(adminToken, headers as Record<string, string>)).status).toBe(status)
})

test('behind a proxy that rewrites Host, its X-Forwarded-Host counts when it is trusted', async () => {
  const headers = { origin: 'https://balance.example', 'x-forwarded-host': 'balance.example' }
  expect((await new Visitor(makeDashboard()).signIn(adminToken, headers)).status).toBe(403)
  const trusting = makeDashboard({ trustProxyHeaders: () => true })
  expect((await new Visitor(trusting).signIn(adminToken, headers)).status).toBe(303)
})

test('after five failures an address waits a minute, even with the right token; others do not', async () => {
  let now = afternoon
  const dashboard = makeDashboard({ trustProxyHeaders: () => true, now: () => now })
  const from = (address: string, token: string) =>
    new Visitor(dashboard).signIn(token, { 'x-forwarded-for': `203.0.113.99, ${address}` })
  for (let failure = 1; failure <= 5; failure++) expect((await from('198.51.100.7', 'wrong')).status).toBe(401)
  now += 20_000
  const refused = await from('198.51.100.7', adminToken)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40'])
  expect(await refused.text()).toContain('Try again in 40s.')
  expect((await from('198.51.100.8', adminToken)).status).toBe(303)
  now += 40_000
  expect((await from('198.51.100.7', adminToken)).status).toBe(303)
})

test('an X-Forwarded-For from nowhere does not give a guesser a new address each time', async () => {
  const dashboard = makeDashboard()
  const statuses: number[] = []
  for (let attempt = 1; attempt <= 6; attempt++) {
    const response = await new Visitor(dashboard).signIn('wrong', { 'x-forwarded-for': `198.51.100.${attempt}` })
    statuses.push(response.status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
})

test('attempts made at the same time are counted like attempts made in turn', async () => {
  const dashboard = makeDashboard()
  const attempts = Array.from({ length: 20 }, () => new Visitor(dashboard).signIn('wrong'))
  const statuses = (await Promise.all(attempts)).map(response => response.status)
  expect(statuses.filter(status => status === 401)).toHaveLength(5)
})

test('over real sockets the address of the socket is what is counted', async () => {
  const dashboard = makeDashboard().listen({ port: 0, hostname: '127.0.0.1' })
  try {
    const attempt = (address: string) =>
      fetch(`http://127.0.0.1:${dashboard.server?.port}/auth`, {
        method: 'POST',
        body: new URLSearchParams({ auth_token: 'wrong' }),
        headers: { 'x-forwarded-for': address },
      })
    const statuses: number[] = []
    for (let count = 1; count <= 6; count++) statuses.push((await attempt(`198.51.100.${count}`)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
  } finally {
    await dashboard.stop(true)
  }
})

test.each([
  ['a form of more than 16 kB', 413, 'application/x-www-form-urlencoded', `auth_token=${'x'.repeat(17_000)}`],
  ['a form that is JSON', 415, 'application/json', `{"auth_token":"${adminToken}"}`],
])('%s is refused with %d', async (_what, status, type, body) => {
  const request = new Request('http://dashboard.test/auth', { method: 'POST', body, headers: { 'content-type': type } })
  expect((await makeDashboard().handle(request)).status).toBe(status)
})

test('an endless form is given up at the limit, whatever length it announced', async () => {
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1024
      controller.enqueue(new Uint8Array(1024).fill(120))
    },
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = new Request('http://dashboard.test/auth', { method: 'POST', body, headers })
  expect((await makeDashboard().handle(request)).status).toBe(413)
  expect(sent).toBeLessThan(32_768)
})

test('the log names the address of a failed sign-in and never the token', async () => {
  const lines: string[] = []
  const logger = createLogger({ level: () => 'debug', format: 'json', write: line => lines.push(line) })
  const visitor = new Visitor(makeDashboard({ logger, trustProxyHeaders: () => true }))
  await visitor.signIn('guess-4711', { 'x-forwarded-for': '2001:db8:0:7::1:2' })
  await visitor.signIn()
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { level: 'warn', message: 'sign-in to the dashboard refused', address: '2001:db8:0:7::/64' },
    { level: 'info', message: 'signed in to the dashboard', address: 'unknown' },
  ])
  expect(lines.join('')).not.toContain('guess-4711')
  expect(lines.join('')).not.toContain(adminToken)
})

test('somebody whose page outlived its session is told so', async () => {
  const visitor = new Visitor(makeDashboard())
  const sentAway = await visitor.refresh('/keys')
  const html = await (await visitor.get(sentAway.headers.get('hx-redirect') ?? '')).text()
  expect(html).toContain('Your session has ended.')
  expect(await (await visitor.get('/')).text()).not.toContain('Your session has ended.')
})
