import { expect, test } from 'bun:test'
import { never, publicFetcher, refusalOf } from './_media.ts'

const folder = `${import.meta.dir}/../fixtures/tls`
const certificateFault = 'The media was not fetched: the certificate of its server is not valid.'

test('a certificate that nobody signed is refused', async () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    tls: { cert: Bun.file(`${folder}/certificate.pem`), key: Bun.file(`${folder}/key.pem`) },
    fetch: () => new Response('reached'),
  })
  const { fetcher } = publicFetcher()
  const refusal = await refusalOf(fetcher.fetch(`https://media.example:${server.port}/`, 'image', never))
  expect({ message: refusal.message, detail: refusal.detail }).toEqual({
    message: certificateFault,
    detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  await server.stop(true)
})

const expected = {
  'the name of the certificate': 'image/png',
  'the same with a dot': 'image/png',
  'another name': `${certificateFault} ERR_TLS_CERT_ALTNAME_INVALID`,
  'an address of the certificate': 'image/png',
  'another address': `${certificateFault} ERR_TLS_CERT_ALTNAME_INVALID`,
  hosts: ['localhost:port', 'localhost.:port', '127.0.0.1:port'],
}

test('the certificate is checked against the name, though the connection goes to an address', async () => {
  expect(await inProcess({})).toEqual(expected)
})

test('neither a proxy of the environment nor its leave to trust anyone changes where it goes and what it trusts', async () => {
  const proxy = 'http://127.0.0.1:1'
  const environment = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  expect(await inProcess(environment)).toEqual(expected)
})

const inProcess = async (environment: Readonly<Record<string, string>>): Promise<unknown> => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/_https-process.ts`], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: `${folder}/certificate.pem`, ...environment },
    stdout: 'pipe',
    stderr: 'ignore',
  })
  return JSON.parse(await new Response(child.stdout).text())
}
