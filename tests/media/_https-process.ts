import { MediaFetcher } from '#src/media/media-fetcher.ts'
import { MediaRefused } from '#src/media/media-refused.ts'
import { defaults, never, onThePublicInternet, picture, publicAddress } from './_media.ts'

/** A process of its own, because Bun reads the environment's certificates and proxies when it starts. Prints JSON. */
const folder = `${import.meta.dir}/../fixtures/tls`
const hosts: (string | null)[] = []
const server = Bun.serve({
  port: 0,
  hostname: '0.0.0.0',
  tls: { cert: await Bun.file(`${folder}/certificate.pem`).text(), key: await Bun.file(`${folder}/key.pem`).text() },
  fetch: request => {
    hosts.push(request.headers.get('host')?.replace(/\d+$/, 'port') ?? null)
    return new Response(new Uint8Array(picture))
  },
})

// `localhost` is the name in the certificate; here it stands on the internet.
const { connect } = onThePublicInternet()
const byName = new MediaFetcher({ settings: defaults, resolve: async () => [publicAddress], connect })
const byAddress = new MediaFetcher({ settings: { ...defaults, MEDIA_ALLOW_PRIVATE_ADDRESSES: true } })

const fetchFrom = async (host: string, fetcher: MediaFetcher): Promise<string> => {
  try {
    return (await fetcher.fetch(`https://${host}:${server.port}/`, 'image', never)).mimeType
  } catch (error) {
    return error instanceof MediaRefused ? `${error.message} ${error.detail}` : String(error)
  }
}

const found = {
  'the name of the certificate': await fetchFrom('localhost', byName),
  'the same with a dot': await fetchFrom('localhost.', byName),
  'another name': await fetchFrom('media.example', byName),
  'an address of the certificate': await fetchFrom('127.0.0.1', byAddress),
  'another address': await fetchFrom('127.0.0.2', byAddress),
}
await Bun.write(Bun.stdout, JSON.stringify({ ...found, hosts }))
server.stop(true)
