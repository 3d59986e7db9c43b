import { expect, test } from 'bun:test'
import { MediaFetcher } from '#src/media/media-fetcher.ts'
import { MediaRefused, unknownHost } from '#src/media/media-refused.ts'
import { type Resolve, resolveName } from '#src/media/media-target.ts'
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

const loopback = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '017700000001'],
  ...['0x7f.0.0.1', '0177.0.0.1', '0x7f.0x0.0x0.0x1', '127.0x0.1', '00000177.0.0.1', '127.000.000.001'],
  ...['%31%32%37.0.0.1', '%31%32%37%2e%30%2e%30%2e%31', '127.0.0.1.', '0', '0.0.0.0', '①②⑦.⓪.⓪.①', '127。0。0。1'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
  ...['[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[fe80::1]'],
  ...['localhost', 'LOCALHOST', 'ⓛocalhost', 'local\thost', '127.0.0.1..', 'localhost.', 'localhost%2e'],
]

test('a server on this machine is reached in no spelling of its address', async () => {
  using server = await loopbackServer()
  const fetcher = new MediaFetcher({ settings: defaults, resolve: everyNameIsOurs })
  for (const host of loopback) {
    const refusal = await refusalOf(fetcher.fetch(`http://${host}:${server.port}/`, 'image', never))
    expect(`${host}: ${refusal.message}`).toBe(`${host}: ${unknownHost}`)
  }
  expect(server.connections).toBe(0)
})

test('no trick with user names, slashes and marks leads there', async () => {
  using server = await loopbackServer()
  const fetcher = new MediaFetcher({ settings: defaults, resolve: everyNameIsOurs })
  const at = `127.0.0.1:${server.port}`
  const tricks = [
    ...[`http://media.invalid@${at}/`, `http://media.invalid:80@${at}/`, `http://@${at}/`, `http://:@${at}/`],
    ...[`http://${at}#@media.invalid/`, `http://${at}\\@media.invalid/`, `http://media.invalid &@${at}/`],
    ...[`http:${at}/`, `http:/${at}/`, `http:\\\\${at}/`, `http:///${at}/`, ` http://${at}/`, `hTTp://${at}/`],
    ...[`http://media.invalid\\@${at}/`, `//${at}/`, `ftp://${at}/`, `ws://${at}/`, `blob:http://${at}/`],
  ]
  for (const trick of tricks) expect(await refusalOf(fetcher.fetch(trick, 'image', never))).toBeInstanceOf(MediaRefused)
  expect(server.connections).toBe(0)
})

test('the setting that allows private targets opens this machine, and shows that the server was there', async () => {
  using server = await loopbackServer()
  const fetcher = new MediaFetcher({ settings: { ...defaults, MEDIA_ALLOW_PRIVATE_ADDRESSES: true } })
  for (const host of ['127.0.0.1', '2130706433', 'localhost', '0x7f.1']) {
    const { mimeType, size } = await fetcher.fetch(`http://${host}:${server.port}/`, 'image', never)
    expect({ mimeType, size }).toEqual({ mimeType: 'image/png', size: picture.length })
  }
  expect(server.connections).toBe(4)
})

const inside = [
  ...['10.0.0.1', '172.16.5.4', '192.168.1.1', '100.64.0.1', '198.18.0.5', '127.0.0.53', '169.254.169.254'],
  ...['100.100.100.200', '0.0.0.0', '224.0.0.1', '255.255.255.255', '203.0.113.9'],
  ...['::1', 'fe80::1', 'fd00:ec2::254', 'fc00::1', 'ff02::1', '::ffff:10.0.0.1', '64:ff9b::a9fe:a9fe'],
]

test('for every kind of address inside the refusal comes before any connection, written out and as a name', async () => {
  for (const address of inside) {
    const { fetcher, tried, asked } = publicFetcher({}, { 'inside.example': [address] })
    const literal = address.includes(':') ? `[${address}]` : address
    for (const host of [literal, 'inside.example']) {
      for (const scheme of ['http', 'https']) {
        const refusal = await refusalOf(fetcher.fetch(`${scheme}://${host}/latest/meta-data`, 'file', never))
        expect(`${address}: ${refusal.message}`).toBe(`${address}: ${unknownHost}`)
      }
    }
    expect({ tried, asked }).toEqual({ tried: [], asked: ['inside.example', 'inside.example'] })
  }
})

test('a name with one public and one private address is refused as a whole', async () => {
  for (const addresses of [
    [publicAddress, '10.0.0.1'],
    ['::1', publicAddress],
    [publicAddress, 'fe80::1%eth0'],
  ]) {
    const { fetcher, tried } = publicFetcher({}, { 'mixed.example': addresses })
    expect((await refusalOf(fetcher.fetch('http://mixed.example/', 'image', never))).message).toBe(unknownHost)
    expect(tried).toEqual([])
  }
})

test('a name that exists inside and one that does not exist are told in the same words', async () => {
  const { fetcher } = publicFetcher(
    {},
    { 'database.internal': ['10.1.2.3'], 'nothing.internal': [], 'nothing.invalid': [] },
  )
  const [known, unknown, gone] = await Promise.all(
    ['database.internal', 'nothing.internal', 'nothing.invalid'].map(host =>
      refusalOf(fetcher.fetch(`http://${host}/`, 'image', never)),
    ),
  )
  expect([known?.message, unknown?.message, gone?.message]).toEqual([unknownHost, unknownHost, unknownHost])
  expect(known?.detail).toBe('database.internal is 10.1.2.3, which is not a permitted address (private)')
})

test('a name that changes its answer between the check and the connection is connected where it was checked', async () => {
  using server = await loopbackServer()
  const answers = [[publicAddress], ['127.0.0.1'], ['127.0.0.1']]
  const tried: string[] = []
  const fetcher = new MediaFetcher({
    settings: defaults,
    resolve: async () => answers.shift() ?? ['127.0.0.1'],
    connect: async ({ address }) => {
      tried.push(address)
      throw new Error('nobody is there')
    },
  })
  await refusalOf(fetcher.fetch(`http://rebinding.example:${server.port}/`, 'image', never))
  expect(tried).toEqual([publicAddress])
  expect(answers.length).toBe(2)
  await refusalOf(fetcher.fetch(`http://rebinding.example:${server.port}/`, 'image', never))
  expect({ tried, connections: server.connections }).toEqual({ tried: [publicAddress], connections: 0 })
})

test('the connector itself goes to the address it is given, whatever the name stands for', async () => {
  using server = await ByteServer.start((socket, request) => {
    socket.end(
      /^GET \/a%20b\?c=d HTTP\/1\.1\r\n/.test(request) && /\r\nhost: media\.example:\d+\r\n/i.test(request)
        ? pictureAnswer
        : '',
    )
  })
  const { fetcher, tried } = publicFetcher()
  expect(await fetcher.fetch(`http://media.example:${server.port}/a b?c=d#e`, 'image', never)).toMatchObject({
    size: picture.length,
  })
  expect({ tried, connections: server.connections }).toEqual({ tried: [publicAddress], connections: 1 })
})

test('with private targets allowed, metadata services and addresses of no host stay shut', async () => {
  const { resolve } = resolverOf({ 'metadata.example': ['169.254.169.254'] })
  const tried: string[] = []
  const fetcher = new MediaFetcher({
    settings: { ...defaults, MEDIA_ALLOW_PRIVATE_ADDRESSES: true },
    resolve,
    connect: async ({ address }) => {
      tried.push(address)
      throw new Error('nobody is there')
    },
  })
  for (const host of [
    'metadata.example',
    '169.254.169.254',
    '0.0.0.0',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '100.100.100.200',
  ])
    expect((await refusalOf(fetcher.fetch(`http://${host}/`, 'image', never))).message).toBe(unknownHost)
  expect(tried).toEqual([])
  for (const host of ['10.0.0.1', '192.168.1.1', '[fd00::1]', '198.18.0.5'])
    await refusalOf(fetcher.fetch(`http://${host}/`, 'image', never))
  expect(tried).toEqual(['10.0.0.1', '192.168.1.1', 'fd00::1', '198.18.0.5'])
})

test('the ports of other services, credentials and other schemes are refused in words that say so', async () => {
  const { fetcher, tried } = publicFetcher()
  const messageOf = async (address: string) => (await refusalOf(fetcher.fetch(address, 'image', never))).message
  expect(await messageOf('http://media.example:25/')).toContain('ports 80, 443 and 1024')
  expect(await messageOf('http://user:secret@media.example/')).toContain('no user name')
  expect(await messageOf('http://user:secret@media.example/')).not.toContain('secret')
  expect(await messageOf('file:///etc/passwd')).toContain('http:// and https://')
  expect(await messageOf('picture.png')).toContain('not a URL')
  expect(tried).toEqual([])
})

test('switched off, nothing is fetched', async () => {
  const { fetcher, tried, asked } = publicFetcher({ MEDIA_FETCH_ENABLED: false })
  expect((await refusalOf(fetcher.fetch('http://media.example/', 'image', never))).message).toContain(
    'fetches no media',
  )
  expect({ tried, asked }).toEqual({ tried: [], asked: [] })
})

/** `localhost` as this machine has it; what only looks like a name must not get by either. */
const everyNameIsOurs: Resolve = async hostname =>
  hostname === 'localhost' ? await resolveName(hostname) : ['127.0.0.1']

/** On both families, where there are two. */
const loopbackServer = () => {
  const answer = (socket: { end: (bytes: Buffer) => unknown }) => socket.end(pictureAnswer)
  return ByteServer.start(answer, '::').catch(() => ByteServer.start(answer, '0.0.0.0'))
}
