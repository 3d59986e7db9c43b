import { expect, test } from 'bun:test'
import { MediaFetcher } from '#src/media/media-fetcher.ts'
import { unknownHost } from '#src/media/media-refused.ts'
import {
  ByteServer,
  defaults,
  never,
  onThePublicInternet,
  picture,
  pictureAnswer,
  publicAddress,
  publicFetcher,
  refusalOf,
} from './_media.ts'

const redirectTo = (location: string, status = 302) =>
  `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`

/** Answers `/0` with a redirect to `/1`, and so on up to the picture at `/last`. */
const chainServer = (last: number, status = 302) =>
  ByteServer.start((socket, request) => {
    const place = Number(/^GET \/(\d+) /.exec(request)?.[1])
    socket.end(place >= last ? pictureAnswer : redirectTo(`/${place + 1}`, status))
  })

test('redirects of every kind are followed, up to the limit', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    using server = await chainServer(3, status)
    const { fetcher, asked } = publicFetcher({ MEDIA_MAX_REDIRECTS: 3 })
    const { size } = await fetcher.fetch(`http://media.example:${server.port}/0`, 'image', never)
    expect({ size, connections: server.connections, asked: asked.length }).toEqual({
      size: picture.length,
      connections: 4,
      asked: 4,
    })
  }
})

test('one redirect more than the limit ends it, and none is followed where the limit is 0', async () => {
  for (const limit of [3, 0]) {
    using server = await chainServer(limit + 1)
    const { fetcher } = publicFetcher({ MEDIA_MAX_REDIRECTS: limit })
    const refusal = await refusalOf(fetcher.fetch(`http://media.example:${server.port}/0`, 'image', never))
    expect(refusal.message).toContain('redirects too often')
    expect(server.connections).toBe(limit + 1)
  }
})

test('a redirect to this machine or into a private network is not followed, however it is written', async () => {
  using victim = await ByteServer.start(socket => socket.end(pictureAnswer))
  const inside = [
    ...[`http://127.0.0.1:${victim.port}/`, `http://0x7f.1:${victim.port}/`, `//2130706433:${victim.port}/`],
    ...[`http://[::ffff:127.0.0.1]:${victim.port}/`, `http:\\\\127.0.0.1:${victim.port}/`, 'http://10.0.0.1/'],
    ...[`http://inside.example:${victim.port}/`, 'http://169.254.169.254/latest/meta-data/', 'https://[::1]/'],
  ]
  for (const location of inside) {
    using server = await ByteServer.start(socket => socket.end(redirectTo(location)))
    const { fetcher, tried } = publicFetcher({}, { 'inside.example': ['127.0.0.1'] })
    const refusal = await refusalOf(fetcher.fetch(`http://media.example:${server.port}/`, 'image', never))
    expect(`${location}: ${refusal.message}`).toBe(`${location}: ${unknownHost}`)
    expect(tried).toEqual([publicAddress])
  }
  expect(victim.connections).toBe(0)
})

test('the last redirect of a chain is checked like the first', async () => {
  using victim = await ByteServer.start(socket => socket.end(pictureAnswer))
  using server = await ByteServer.start((socket, request) => {
    const place = Number(/^GET \/(\d+) /.exec(request)?.[1])
    socket.end(redirectTo(place === 2 ? `http://127.0.0.1:${victim.port}/` : `/${place + 1}`))
  })
  const { fetcher, tried } = publicFetcher()
  const refusal = await refusalOf(fetcher.fetch(`http://media.example:${server.port}/0`, 'image', never))
  expect(refusal.message).toBe(unknownHost)
  expect({ tried: tried.length, victim: victim.connections }).toEqual({ tried: 3, victim: 0 })
})

test('the name is looked up again on a redirect to itself, and what it has become is refused', async () => {
  using server = await chainServer(1)
  const { tried, connect } = onThePublicInternet()
  const answers = [[publicAddress]]
  const resolve = async () => answers.shift() ?? ['127.0.0.1']
  const fetcher = new MediaFetcher({ settings: defaults, resolve, connect })
  const { message } = await refusalOf(fetcher.fetch(`http://turning.example:${server.port}/0`, 'image', never))
  expect({ message, tried, connections: server.connections }).toEqual({
    message: unknownHost,
    tried: [publicAddress],
    connections: 1,
  })
})

test('a redirect to another scheme, to credentials or to a service port is refused', async () => {
  for (const location of [
    'file:///etc/passwd',
    'http://user:secret@media.example/',
    'http://media.example:22/',
    'data:image/png;base64,aaaa',
  ]) {
    using server = await ByteServer.start(socket => socket.end(redirectTo(location)))
    const { fetcher, tried } = publicFetcher()
    expect((await refusalOf(fetcher.fetch(`http://media.example:${server.port}/`, 'image', never))).message).not.toBe(
      '',
    )
    expect(tried).toEqual([publicAddress])
  }
})

test('an address in a redirect that is written in UTF-8 is asked for as it was meant', async () => {
  using server = await ByteServer.start((socket, request) =>
    socket.end(request.startsWith('GET /%E5%9B%BE.png ') ? pictureAnswer : Buffer.from(redirectTo('/图.png'))),
  )
  const { fetcher } = publicFetcher()
  const fetched = await fetcher.fetch(`http://media.example:${server.port}/`, 'image', never)
  expect(fetched).toMatchObject({ size: picture.length })
})

test('no cookie and no header of a client travels, also not on a redirect', async () => {
  const heads: string[] = []
  using server = await ByteServer.start((socket, request) => {
    heads.push(request)
    socket.end(heads.length === 1 ? redirectTo('/next').replace('\r\n', '\r\nSet-Cookie: a=b\r\n') : pictureAnswer)
  })
  const { fetcher } = publicFetcher()
  const address = `http://media.example:${server.port}/`
  await fetcher.fetch(address, 'image', never)
  await fetcher.fetch(address, 'image', never)
  const names = heads.map(head =>
    [...head.matchAll(/^([\w-]+):/gm)]
      .map(([, name = '']) => name.toLowerCase())
      .sort()
      .join(' '),
  )
  expect(new Set(names)).toEqual(new Set(['accept accept-encoding host user-agent']))
  expect(heads[0]).toMatch(/\r\nuser-agent: gemini-balance\r\n/i)
})

test('a redirect whose body never ends is left behind with its connection', async () => {
  using endless = await ByteServer.start((socket, request) => {
    if (!request.startsWith('GET /0 ')) return void socket.end(pictureAnswer)
    const drip = setInterval(() => socket.write('x'.repeat(1000)), 5)
    socket.on('close', () => clearInterval(drip))
    socket.write('HTTP/1.1 302 Moved\r\nLocation: /1\r\n\r\n')
  })
  const { fetcher } = publicFetcher()
  const fetched = await fetcher.fetch(`http://media.example:${endless.port}/0`, 'image', never)
  expect(fetched).toMatchObject({ size: picture.length })
  while (endless.open > 0) await Bun.sleep(1)
})
