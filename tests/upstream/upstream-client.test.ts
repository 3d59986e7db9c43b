import { afterEach, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { Secret } from '#src/security/secret.ts'
import { UpstreamClient } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import { directly } from '#src/upstream/way-out.ts'

const cleanUp: (() => void)[] = []
afterEach(() => {
  for (const task of cleanUp.splice(0)) task()
})

const request = (url: string, controller = new AbortController()) => ({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"a":1}'),
  secret: new Secret('the-key'),
  controller,
})

const limits = { connectMilliseconds: 5000, firstByteMilliseconds: 5000 }

const client = () => new UpstreamClient(new Watchdog())

const serve = (answer: (request: Request) => Response | Promise<Response>) => {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  cleanUp.push(() => server.stop(true))
  return `http://127.0.0.1:${server.port}/x`
}

/** A server of raw sockets. */
const listen = async (onConnection: (socket: Socket, count: number) => void, backlog?: number): Promise<number> => {
  let count = 0
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket, ++count)
  })
  await new Promise<void>(resolve => server.listen({ port: 0, host: '127.0.0.1', backlog }, resolve))
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

test('the key goes up in its header, with a length and no chunks, on a new connection and on a used one', async () => {
  const seen: unknown[] = []
  const url = serve(async received => {
    const { headers } = received
    seen.push([
      headers.get('x-goog-api-key'),
      headers.get('content-length'),
      headers.get('transfer-encoding'),
      await received.text(),
    ])
    return new Response('fine')
  })
  const upstream = client()
  for (const expected of ['new', 'used']) {
    const reply = await upstream.send(request(url), limits, directly)
    if (reply.kind !== 'response') throw new Error(reply.kind)
    expect(await reply.response.text()).toBe('fine')
    reply.release()
    expect(reply.timing.connect > 0 ? 'new' : 'used').toBe(expected)
  }
  expect(seen).toEqual(Array(2).fill(['the-key', '7', null, '{"a":1}']))
})

test('a redirect is not followed: the key would go along', async () => {
  const url = serve(() => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' } }))
  const reply = await client().send(request(url), limits, directly)
  expect(reply.kind === 'response' && reply.response.status).toBe(302)
})

test('a refused connection is told by its code', async () => {
  const port = await listen(() => {})
  for (const task of cleanUp.splice(0)) task()
  await Bun.sleep(20)
  expect(await client().send(request(`http://127.0.0.1:${port}/`), limits, directly)).toMatchObject({
    kind: 'unreachable',
    reason: 'ECONNREFUSED',
  })
})

test('no first byte in time is a time-out, and the connection is cut', async () => {
  const closed = Promise.withResolvers<void>()
  const port = await listen(socket => socket.on('close', () => closed.resolve()).resume())
  const reply = await client().send(
    request(`http://127.0.0.1:${port}/`),
    { ...limits, firstByteMilliseconds: 200 },
    directly,
  )
  expect(reply).toMatchObject({ kind: 'timeout', limit: 'first-byte' })
  await closed.promise
})

const hasPython = Bun.which('python3') !== null
if (!hasPython) process.stderr.write('skipped for want of the Debian program python3: the limit of a connection\n')

test.skipIf(!hasPython && process.env.CI === undefined)(
  'a connection that does not come about is a time-out of its own',
  async () => {
    // A listener whose queue is full answers no further connection, like a host that drops packets.
    const script = `import socket, sys
server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(0)
held = []
for _ in range(4):
    one = socket.socket(); one.setblocking(False)
    try: one.connect(server.getsockname())
    except BlockingIOError: pass
    held.append(one)
print(server.getsockname()[1], flush=True)
sys.stdin.read()`
    const full = Bun.spawn(['python3', '-c', script], { stdout: 'pipe', stdin: 'pipe' })
    cleanUp.push(() => full.kill())
    const { value } = await full.stdout.getReader().read()
    const port = Number(new TextDecoder().decode(value))
    const reply = await client().send(
      request(`http://127.0.0.1:${port}/`),
      {
        connectMilliseconds: 200,
        firstByteMilliseconds: 60_000,
      },
      directly,
    )
    expect(reply).toMatchObject({ kind: 'timeout', limit: 'connect' })
  },
)

test('an abort ends the request at once', async () => {
  const port = await listen(socket => socket.resume())
  const controller = new AbortController()
  const sent = client().send(request(`http://127.0.0.1:${port}/`, controller), limits, directly)
  await Bun.sleep(30)
  controller.abort()
  expect((await sent).kind).toBe('aborted')
})

test('a kept-alive connection that the server had closed already is no failure', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  const port = await listen((socket, count) => {
    let isFirst = true
    socket.on('data', () => {
      if (count === 1 && !isFirst) return socket.resetAndDestroy()
      isFirst = false
      socket.write(answer)
    })
  })
  const upstream = client()
  for (let turn = 0; turn < 2; turn++) {
    const reply = await upstream.send(request(`http://127.0.0.1:${port}/`), limits, directly)
    if (reply.kind !== 'response') throw new Error(`${reply.kind} in turn ${turn}`)
    expect(await reply.response.text()).toBe('ok')
    reply.release()
  }
})

test('without a proxy of ours, the one that the environment names is used, as by any program', async () => {
  const url = serve(() => new Response('fine'))
  process.env.HTTP_PROXY = 'http://127.0.0.1:1'
  cleanUp.push(() => {
    delete process.env.HTTP_PROXY
  })
  expect(await client().send(request(url), limits, directly)).toMatchObject({ kind: 'unreachable' })
})

test('HTTP/2 where the server has it, HTTP/1.1 where not', async () => {
  const folder = `${import.meta.dir}/../fixtures/tls`
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/_https-process.ts`], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: `${folder}/certificate.pem` },
    stdout: 'pipe',
  })
  expect(JSON.parse(await new Response(child.stdout).text())).toEqual({
    'with HTTP/2': ['200 fine', '200 fine'],
    'connections of 20 requests at once': 1,
    'without HTTP/2': ['200 fine', '200 fine'],
  })
})
