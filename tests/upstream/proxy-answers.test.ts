import { afterEach, expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import { Secret } from '#src/security/secret.ts'
import { parseProxyAddress } from '#src/upstream/proxy-address.ts'
import { UpstreamClient } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import { directly, type WayOut } from '#src/upstream/way-out.ts'

const cleanUp: (() => void)[] = []
afterEach(() => {
  for (const task of cleanUp.splice(0)) task()
})

/** Answers every head it gets with the same bytes, or does what it is told. */
const proxyThat = async (answers: string | ((socket: Socket) => void)): Promise<WayOut> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket
      .on('error', () => {})
      .on('data', () => {
        if (typeof answers === 'string') socket.end(answers)
        else answers(socket)
      })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { name: 'a proxy', proxy: new Secret(`http://someone:planted-password@127.0.0.1:${port}`) }
}

const send = (wayOut: WayOut, url: string) =>
  new UpstreamClient(new Watchdog()).send(
    {
      url,
      method: 'POST',
      headers: {},
      body: Buffer.from('x'),
      secret: new Secret('the-key'),
      controller: new AbortController(),
    },
    { connectMilliseconds: 300, firstByteMilliseconds: 5000 },
    wayOut,
  )

const page = (status: string, header = '') => `HTTP/1.1 ${status}\r\n${header}Content-Length: 5\r\n\r\n<htm>`

// What the proxy does, the reason without TLS, the reason with TLS. Null: taken as the upstream's own answer.
const rows: readonly (readonly [string, string, string | null, string])[] = [
  ['wants a password', page('407 No'), 'proxy-authentication', 'proxy-authentication'],
  [
    'refuses a password in the way of Tinyproxy',
    page('401 No', 'Server: tinyproxy/1.11\r\n'),
    'proxy-authentication',
    'proxy-authentication',
  ],
  ['cannot reach the upstream', page('502 No', 'Server: tinyproxy/1.11\r\n'), 'proxy-status-502', 'proxy-status-502'],
  [
    'cannot reach the upstream and has Squid’s words for it',
    page('503 No', 'X-Squid-Error: ERR_DNS_FAIL 0\r\n'),
    'proxy-status-503',
    'proxy-status-503',
  ],
  [
    'says why in the header made for it',
    page('504 No', 'Proxy-Status: p; error=dns_timeout\r\n'),
    'dns_timeout',
    'dns_timeout',
  ],
  [
    'says why with something that is no code',
    page('504 No', 'Proxy-Status: p; error="10.0.0.1 is down"\r\n'),
    null,
    'proxy-status-504',
  ],
  ['fails without saying who it is', page('503 No'), null, 'proxy-status-503'],
  ['forbids the address', page('403 No'), null, 'proxy-status-403'],
  ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'Malformed_HTTP_Response', 'Malformed_HTTP_Response'],
  ['hangs up', '', 'ECONNRESET', 'ECONNRESET'],
]

test.each(rows)('a proxy that %s', async (_name, answer, plain, encrypted) => {
  const wayOut = await proxyThat(answer)
  const overHttp = await send(wayOut, 'http://127.0.0.1:1/v1beta/x')
  expect(overHttp.kind === 'unreachable' ? overHttp.reason : null).toBe(plain)
  const overHttps = await send(wayOut, 'https://127.0.0.1:1/v1beta/x')
  expect(overHttps).toMatchObject({ kind: 'unreachable', reason: encrypted })
  expect(Bun.inspect([overHttp, overHttps])).not.toMatch(/planted|the-key/)
})

test('a proxy that takes the connection and says nothing is a connection that did not come about', async () => {
  const wayOut = await proxyThat(() => {})
  expect(await send(wayOut, 'https://127.0.0.1:1/x')).toMatchObject({ kind: 'timeout', limit: 'connect' })
})

test('a tunnel to something that speaks no TLS is told by its code', async () => {
  const wayOut = await proxyThat(socket => socket.write('HTTP/1.1 200 OK\r\n\r\nthis is no TLS at all'))
  expect(await send(wayOut, 'https://127.0.0.1:1/x')).toMatchObject({ kind: 'unreachable', reason: 'EPROTO' })
})

test('the same words of an upstream that is asked directly are its answer', async () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => new Response('no', { status: 407, headers: { server: 'squid/6' } }),
  })
  cleanUp.push(() => server.stop(true))
  expect(await send(directly, `http://127.0.0.1:${server.port}/`)).toMatchObject({ kind: 'response' })
})

test.each([
  ['http://Proxy.Example:3128/', 'http://proxy.example:3128'],
  ['HTTPS://user:p%40ss@proxy.example', 'https://proxy.example:443'],
  ['http://proxy.example', 'http://proxy.example:80'],
  ['socks5://user:pw@10.0.0.1', 'socks5://10.0.0.1:1080'],
  ['socks5h://user:pw@[2001:db8::1]:9050', 'socks5h://[2001:db8::1]:9050'],
])('%s is shown as %s', (address, name) => {
  expect(parseProxyAddress(address)?.name).toBe(name)
})

test('user and password of a SOCKS proxy are decoded, and a lone % stands for itself', () => {
  const { socks } = parseProxyAddress('socks5://me%40work:p%3Aw@[::1]:1080') ?? {}
  expect([socks?.host, socks?.user, socks?.password.reveal()]).toEqual(['::1', 'me@work', 'p:w'])
  expect(parseProxyAddress('socks5://me:100%@h')?.socks?.password.reveal()).toBe('100%')
})

test.each(['', 'proxy.example:3128', 'ftp://h:1', 'socks4://h:1', 'http://'])(
  '%p is no address of a proxy',
  address => {
    expect(parseProxyAddress(address)).toBeNull()
  },
)
