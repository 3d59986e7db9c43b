import { afterEach, expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { Secret } from '#src/security/secret.ts'
import { SocksBridge } from '#src/upstream/socks-bridge.ts'
import { describeWithProxies, proxyPassword, proxyUser, startProxy } from './_proxies.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task()
})

const open = async () => {
  const proxy = await startProxy('microsocks')
  cleanUp.push(proxy.remove)
  const bridge = new SocksBridge()
  cleanUp.push(() => bridge.close())
  const { port } = new URL(proxy.address)
  const socks = { host: '127.0.0.1', port: Number(port), user: proxyUser, password: new Secret(proxyPassword) }
  return { proxy, bridge, socks, route: bridge.open(socks) }
}

const serve = (answer: (request: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 0, fetch: answer })
  cleanUp.push(() => server.stop(true))
  return `http://127.0.0.1:${server.port}/`
}

/** What a raw connection to the bridge gets back for a text. */
const say = (port: number, text: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = ''
    connect({ port, host: '127.0.0.1' })
      .on('data', chunk => {
        answer += chunk
      })
      .on('close', () => resolve(answer))
      // Who sends far too much may be cut off before reading why; `close` follows.
      .on('error', error => 'code' in error && error.code === 'ECONNREFUSED' && reject(error))
      .write(text)
  })

const portOf = (route: { readonly proxy: Secret }) => Number(new URL(route.proxy.reveal()).port)

describeWithProxies('the bridge to SOCKS proxies', () => {
  test('nobody who does not know the token of this process gets through', async () => {
    const { route, proxy } = await open()
    const url = serve(() => new Response('fine'))
    const { username, password } = new URL(route.proxy.reveal())
    const wrong = [
      '',
      'Proxy-Authorization: Basic\r\n',
      `Proxy-Authorization: Basic ${btoa(`${username}:${'0'.repeat(password.length)}`)}\r\n`,
      `Proxy-Authorization: Basic ${btoa(`route-99:${password}`)}\r\n`,
      `Proxy-Authorization: Bearer ${password}\r\n`,
    ]
    for (const header of wrong) {
      for (const line of [`GET ${url} HTTP/1.1`, `CONNECT ${new URL(url).host} HTTP/1.1`]) {
        expect(await say(portOf(route), `${line}\r\n${header}\r\n`)).toStartWith('HTTP/1.1 407 ')
      }
    }
    expect(await proxy.connections()).toBe(0)
  })

  test('it listens on the loopback address only, and only while there is a route', async () => {
    const { route, bridge, socks } = await open()
    const port = portOf(route)
    const second = bridge.open(socks)
    expect(portOf(second)).toBe(port)
    route.close()
    expect(await say(port, 'CONNECT x:1 HTTP/1.1\r\n\r\n')).toStartWith('HTTP/1.1 407 ')
    second.close()
    expect(say(port, 'CONNECT x:1 HTTP/1.1\r\n\r\n')).rejects.toThrow('ECONNREFUSED')
  })

  test('what it cannot read is refused', async () => {
    const { route } = await open()
    const { username, password } = new URL(route.proxy.reveal())
    const header = `Proxy-Authorization: Basic ${btoa(`${username}:${password}`)}\r\n\r\n`
    for (const line of ['GET / HTTP/1.1', 'GET ftp://x/ HTTP/1.1', 'CONNECT', '']) {
      expect(await say(portOf(route), `${line}\r\n${header}`)).toStartWith('HTTP/1.1 400 ')
    }
    expect(await say(portOf(route), 'x'.repeat(300_000))).toBe('')
  })

  test('the token and the proxy headers do not reach the upstream, nor does a second request on one connection', async () => {
    const { route } = await open()
    const seen: Record<string, string>[] = []
    const url = serve(async request => {
      seen.push(request.headers.toJSON())
      return new Response(await request.text())
    })
    for (const body of ['one', 'two', 'three']) {
      const reply = await fetch(url, { method: 'POST', body, proxy: route.proxy.reveal() })
      expect(await reply.text()).toBe(body)
    }
    expect(seen).toHaveLength(3)
    for (const headers of seen) expect(Object.keys(headers).filter(name => name.startsWith('proxy-'))).toEqual([])
  })

  test('megabytes go up and down whole, also to a reader that is slower than the upstream', async () => {
    const { route } = await open()
    const size = 24 * 1024 * 1024
    const bytes = Buffer.alloc(size, 'gemini-balance ')
    const url = serve(async request => new Response(await request.bytes()))
    const reply = await fetch(url, { method: 'POST', body: bytes, proxy: route.proxy.reveal() })
    const hasher = new Bun.CryptoHasher('sha256')
    let count = 0
    for await (const chunk of reply.body ?? []) {
      hasher.update(chunk)
      if (++count % 50 === 0) await Bun.sleep(5)
    }
    expect(hasher.digest('hex')).toBe(new Bun.CryptoHasher('sha256').update(bytes).digest('hex'))
  })

  test('an endless answer that nobody reads is not taken in', async () => {
    const { route } = await open()
    let sent = 0
    let isDone = false
    const chunk = new Uint8Array(64 * 1024)
    const url = serve(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await Bun.sleep(0)
              if (isDone) return controller.close()
              sent += chunk.length
              controller.enqueue(chunk)
            },
          }),
        ),
    )
    const controller = new AbortController()
    const reply = await fetch(url, { proxy: route.proxy.reveal(), signal: controller.signal })
    expect(reply.status).toBe(200)
    let before = -1
    while (before !== sent) {
      before = sent
      await Bun.sleep(300)
    }
    expect(sent).toBeLessThan(64 * 1024 * 1024)
    isDone = true
    controller.abort()
  })

  test('when the client leaves, the connection to the proxy and that to the upstream are closed', async () => {
    const { route } = await open()
    const closed = Promise.withResolvers<void>()
    const sockets = new Set<Socket>()
    const server = createServer(socket => {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => closed.resolve())
        .resume()
      socket.write('HTTP/1.1 200 OK\r\n\r\nbeginning')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    cleanUp.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const controller = new AbortController()
    const reply = await fetch(`http://127.0.0.1:${port}/`, { proxy: route.proxy.reveal(), signal: controller.signal })
    await reply.body?.getReader().read()
    controller.abort()
    await closed.promise
  })

  test('closing it ends what goes through it', async () => {
    const { route, bridge } = await open()
    const url = serve(
      () => new Response(new ReadableStream({ pull: controller => controller.enqueue('x'.repeat(10)) })),
    )
    const reply = await fetch(url, { proxy: route.proxy.reveal() })
    const reader = reply.body?.getReader()
    await reader?.read()
    bridge.close()
    const read = async () => {
      for (;;) if ((await reader?.read())?.done !== false) return 'ended'
    }
    expect(read()).rejects.toThrow()
  })

  test('what the proxy could not reach is told in a header', async () => {
    const { route } = await open()
    const { status, headers } = await fetch('http://127.0.0.1:1/', { proxy: route.proxy.reveal() })
    expect(status).toBe(502)
    expect(headers.get('proxy-status')).toBe('gemini-balance; error=socks-ConnectionRefused')
  })
})

test('a SOCKS server that says nothing, or nonsense, or leaves, is no hanging request', async () => {
  const bridge = new SocksBridge()
  cleanUp.push(() => bridge.close())
  const words: string[] = []
  for (const behave of [
    (socket: Socket) => socket.end('HTTP/1.1 400 no\r\n\r\n'),
    (socket: Socket) => socket.destroy(),
  ]) {
    const server = createServer(socket => {
      socket.on('error', () => {}).on('data', () => behave(socket))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    cleanUp.push(() => server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const route = bridge.open({ host: '127.0.0.1', port, user: '', password: new Secret('') })
    const reply = await fetch('http://127.0.0.1:1/', { proxy: route.proxy.reveal() })
    words.push(`${reply.status} ${reply.headers.get('proxy-status')}`)
  }
  expect(words).toEqual(['502 gemini-balance; error=socks-handshake', '502 gemini-balance; error=ECONNRESET'])
})
