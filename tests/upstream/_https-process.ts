import { Secret } from '#src/security/secret.ts'
import { UpstreamClient } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import { directly } from '#src/upstream/way-out.ts'

/** A process of its own, because Bun reads NODE_EXTRA_CA_CERTS when it starts. Prints what happened as JSON. */
const folder = `${import.meta.dir}/../fixtures/tls`
const tls = {
  cert: await Bun.file(`${folder}/certificate.pem`).text(),
  key: await Bun.file(`${folder}/key.pem`).text(),
}
const ports = new Set<number>()

const send = async (client: UpstreamClient, url: string) => {
  const reply = await client.send(
    {
      url,
      method: 'POST',
      headers: {},
      body: Buffer.from('x'),
      secret: new Secret('the-key'),
      controller: new AbortController(),
    },
    { connectMilliseconds: 5000, firstByteMilliseconds: 5000 },
    directly,
  )
  if (reply.kind !== 'response') return `${reply.kind}`
  const text = `${reply.response.status} ${await reply.response.text()}`
  reply.release()
  return text
}

const serve = (http2: boolean) =>
  Bun.serve({
    port: 0,
    tls,
    http2,
    fetch: async (request, server) => {
      ports.add(server.requestIP(request)?.port ?? 0)
      await Bun.sleep(20)
      return new Response('fine')
    },
  })

const client = new UpstreamClient(new Watchdog())
const modern = serve(true)
const plain = serve(false)
const modernUrl = `https://localhost:${modern.port}/x`
const plainUrl = `https://localhost:${plain.port}/x`
const withHttp2 = [await send(client, modernUrl), await send(client, modernUrl)]
ports.clear()
await Promise.all(Array.from({ length: 20 }, () => send(client, modernUrl)))
const connections = ports.size
const without = [await send(client, plainUrl), await send(client, plainUrl)]
process.stdout.write(
  JSON.stringify({
    'with HTTP/2': withHttp2,
    'connections of 20 requests at once': connections,
    'without HTTP/2': without,
  }),
)
process.exit(0)
