import { expect, test } from 'bun:test'
import type { Socket } from 'node:net'
import { MediaFetcher } from '#src/media/media-fetcher.ts'
import { unreachable } from '#src/media/media-refused.ts'
import {
  ByteServer,
  defaults,
  never,
  picture,
  pictureAnswer,
  publicAddress,
  publicFetcher,
  refusalOf,
  resolverOf,
} from './_media.ts'

const head = 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n'
const megabyte = 1_048_576

/** Writes until nobody reads any more. */
const flood = (socket: Socket, piece: Buffer) => {
  // In turns: where the reader keeps up, a loop of writes would never let go of this process, nor its timers.
  const write = () => {
    for (let count = 0; count < 16; count++) if (socket.destroyed || !socket.write(piece)) return
    setImmediate(write)
  }
  socket.on('drain', write)
  write()
}

const refusedBy = async (answer: (socket: Socket, request: string) => void, settings = {}) => {
  using server = await ByteServer.start(answer)
  const { fetcher } = publicFetcher({ MEDIA_MAX_MEGABYTES: 1, ...settings })
  const refusal = await refusalOf(fetcher.fetch(`http://media.example:${server.port}/`, 'image', never))
  await expectClosed(server)
  return refusal.message
}

/** The connection to the server does not outlive the fetch. */
const expectClosed = async (server: ByteServer) => {
  while (server.open > 0) await Bun.sleep(1)
}

const tooLarge = 'The media was not fetched: it is larger than 1 megabytes.'
const tooSlow = 'The media was not fetched: it took longer than 1 seconds.'

test('a body that never ends is cut at the limit of its size', async () => {
  const piece = Buffer.concat([picture, Buffer.alloc(65_536)])
  expect(
    await refusedBy(socket => {
      socket.write(`${head}\r\n`)
      flood(socket, piece)
    }),
  ).toBe(tooLarge)
  expect(
    await refusedBy(socket => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
      flood(socket, Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000), Buffer.from('\r\n')]))
    }),
  ).toBe(tooLarge)
})

test('a body is as large as the limit, and not one byte larger', async () => {
  for (const extra of [0, 1]) {
    const body = Buffer.concat([picture, Buffer.alloc(megabyte + extra - picture.length)])
    using server = await ByteServer.start(socket => {
      socket.write(`${head}\r\n`)
      socket.end(body)
    })
    const { fetcher } = publicFetcher({ MEDIA_MAX_MEGABYTES: 1 })
    const fetching = fetcher.fetch(`http://media.example:${server.port}/`, 'image', never)
    if (extra === 1) expect((await refusalOf(fetching)).message).toBe(tooLarge)
    else expect(await fetching).toEqual({ mimeType: 'image/png', data: body.toString('base64'), size: megabyte })
  }
})

test('a length that says too much is believed at once, before the body', async () => {
  expect(await refusedBy(socket => socket.write(`${head}Content-Length: ${megabyte + 1}\r\n\r\n`))).toBe(tooLarge)
})

test('a length that is not kept is an answer that broke off', async () => {
  expect(await refusedBy(socket => socket.end(`${head}Content-Length: 1000\r\n\r\nabc`))).toContain('broke off')
  expect(await refusedBy(socket => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nab`))).toContain(
    'broke off',
  )
})

test('a server that says nothing, one that drips, and endless heads end at the limit of time', async () => {
  const slow: readonly ((socket: Socket) => void)[] = [
    () => {},
    socket => void socket.write('HTTP/1.1 200 OK\r\n'),
    socket => void socket.write(`${head}\r\n`),
    socket => void socket.write(`${head}Content-Length: 100\r\n\r\nabc`),
    socket => {
      socket.write(`${head}\r\n`)
      const drip = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(drip))
    },
    socket => flood(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))),
  ]
  const messages = await Promise.all(slow.map(answer => refusedBy(answer, { MEDIA_TIMEOUT_SECONDS: 1 })))
  expect(messages).toEqual(slow.map(() => tooSlow))
})

test('redirects that each take their time have one limit together', async () => {
  const answer = (socket: Socket) =>
    void setTimeout(() => socket.end('HTTP/1.1 302 Moved\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n'), 150)
  expect(await refusedBy(answer, { MEDIA_TIMEOUT_SECONDS: 1, MEDIA_MAX_REDIRECTS: 20 })).toBe(tooSlow)
})

test('a name whose answer never comes ends at the limit of time', async () => {
  const settings = { ...defaults, MEDIA_TIMEOUT_SECONDS: 1 }
  const fetcher = new MediaFetcher({ settings, resolve: () => new Promise(() => {}) })
  expect((await refusalOf(fetcher.fetch('http://media.example/', 'image', never))).message).toBe(tooSlow)
})

test('heads without end and what is not HTTP are refused without waiting', async () => {
  expect(
    await refusedBy(socket => {
      socket.write('HTTP/1.1 200 OK\r\nX: ')
      flood(socket, Buffer.alloc(65_536, 'x'))
    }),
  ).toBe(unreachable)
  expect(await refusedBy(socket => socket.end('-ERR unknown command\r\n'))).toBe(unreachable)
})

test('what comes compressed is refused, and nothing else is asked for than plain bytes', async () => {
  const bomb = Bun.gzipSync(Buffer.alloc(50 * megabyte))
  let asked = ''
  const message = await refusedBy((socket, request) => {
    asked = request
    socket.write(`${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`)
    socket.end(bomb)
  })
  expect(message).toContain('compressed')
  expect(asked).toMatch(/\r\naccept-encoding: identity\r\n/i)
})

test('an answer that is no success is refused with its status', async () => {
  for (const status of [204, 206, 304, 401, 404, 500])
    expect(await refusedBy(socket => socket.end(`HTTP/1.1 ${status} Word\r\nContent-Length: 0\r\n\r\n`))).toContain(
      `status ${status}`,
    )
})

test('a caller who leaves ends it, at every point, and gets the own reason back', async () => {
  const points: readonly ((socket: Socket) => void)[] = [
    () => {},
    socket => void socket.write(`${head}\r\n`),
    socket => void socket.write(`${head}Content-Length: 100\r\n\r\nabc`),
  ]
  for (const answer of points) {
    const controller = new AbortController()
    const reason = new Error('gone')
    using server = await ByteServer.start(socket => {
      answer(socket)
      setTimeout(() => controller.abort(reason), 20)
    })
    const { fetcher } = publicFetcher()
    const ending = fetcher
      .fetch(`http://media.example:${server.port}/`, 'image', controller.signal)
      .catch(error => error)
    expect(await ending).toBe(reason)
    await expectClosed(server)
  }
  const { fetcher, tried } = publicFetcher()
  await expect(fetcher.fetch('http://media.example/', 'image', AbortSignal.abort(new Error('gone')))).rejects.toThrow(
    'gone',
  )
  expect(tried).toEqual([])
})

test('eight are fetched at once; the others wait, and a place comes back however a fetch ends', async () => {
  const waiting: Socket[] = []
  using server = await ByteServer.start(socket => void waiting.push(socket))
  const { fetcher, tried } = publicFetcher()
  const leave = new AbortController()
  const address = `http://media.example:${server.port}/`
  const fetches = Array.from({ length: 12 }, (_, index) =>
    fetcher.fetch(address, 'image', index < 2 || index === 10 ? leave.signal : never).then(
      () => 'fetched',
      () => 'ended',
    ),
  )
  while (waiting.length < 8) await Bun.sleep(1)
  await Bun.sleep(20)
  expect(tried.length).toBe(8)
  leave.abort()
  while (waiting.length < 10) await Bun.sleep(1)
  waiting[2]?.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  while (waiting.length < 11) await Bun.sleep(1)
  for (const socket of waiting) if (!socket.destroyed) socket.end(pictureAnswer)
  expect(await Promise.all(fetches)).toEqual([
    ...['ended', 'ended', 'ended', 'fetched', 'fetched', 'fetched'],
    ...['fetched', 'fetched', 'fetched', 'fetched', 'ended', 'fetched'],
  ])
  expect(tried.length).toBe(11)
})

test('when an address of a name does not answer the next one is tried, IPv4 first', async () => {
  const tried: string[] = []
  const fetcher = new MediaFetcher({
    settings: defaults,
    resolve: resolverOf({ 'many.example': ['2606:4700::1', '1.1.1.1', publicAddress] }).resolve,
    connect: async ({ address }) => {
      tried.push(address)
      if (address !== '2606:4700::1') throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      return new Response(new Uint8Array(picture))
    },
  })
  expect(await fetcher.fetch('https://many.example/', 'image', never)).toMatchObject({ mimeType: 'image/png' })
  expect(tried).toEqual(['1.1.1.1', publicAddress, '2606:4700::1'])
})
