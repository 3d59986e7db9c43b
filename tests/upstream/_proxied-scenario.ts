import { startEmulator } from '#src/emulator/emulator.ts'
import { createLogger } from '#src/logging/logger.ts'
import { Secret } from '#src/security/secret.ts'
import { EgressPool } from '#src/upstream/egress-pool.ts'
import { UpstreamClient, type UpstreamReply } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import { type ProxyKind, proxyPassword, startProxy } from './_proxies.ts'

const secret = 'AQ.key-that-goes-through-a-proxy'
const folder = `${import.meta.dir}/../fixtures/tls`

/** What happens to requests through one proxy of Debian, told in words; the same for every proxy and upstream. */
export const runScenario = async (kind: ProxyKind, isEncrypted: boolean): Promise<Record<string, unknown>> => {
  const tls = isEncrypted
    ? { cert: await Bun.file(`${folder}/certificate.pem`).text(), key: await Bun.file(`${folder}/key.pem`).text() }
    : undefined
  const emulator = startEmulator({
    keys: [{ secret }],
    delayMs: { betweenChunks: 20 },
    ...(tls === undefined ? {} : { tls, http2: true }),
  })
  const proxy = await startProxy(kind)
  const log: string[] = []
  const pool = new EgressPool({
    settings: {
      BASE_URL: `${emulator.url}/v1beta`,
      CONNECT_TIMEOUT_SECONDS: 5,
      PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: true,
      PROXY_FAILOVER: true,
    },
    logger: createLogger({ level: () => 'debug', format: 'json', write: line => log.push(line) }),
    now: Date.now,
    random: Math.random,
  })
  const client = new UpstreamClient(new Watchdog())
  const send = async (method: string) => {
    const choice = pool.choose('the key')
    if (choice.kind === 'refuse') throw new Error(choice.reason)
    const reply = await client.send(
      {
        url: `${emulator.url}/v1beta/models/gemini-2.5-flash:${method}`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Tell me a story.' }] }] })),
        secret: new Secret(secret),
        controller: new AbortController(),
      },
      { connectMilliseconds: 5000, firstByteMilliseconds: 5000 },
      choice.pass.egress,
    )
    choice.pass.settle({ kind: 'unknown' })
    return reply
  }
  try {
    pool.replace([proxy.address])
    const first = await inWords(await send('generateContent'))
    const viaProxy = await proxy.connections()
    const seen = emulator.requests.map(({ path, headers }) => ({
      path,
      length: Number(headers['content-length']) > 0,
      token: Object.keys(headers).some(name => name.startsWith('proxy-')),
    }))
    const stream = await inWords(await send('streamGenerateContent?alt=sse'))
    const works = await pool.check(proxy.address)
    const rejected = await pool.check(proxy.withPassword('wrong-password'))

    pool.replace([proxy.withPassword('wrong-password')])
    const wrong = await inWords(await send('generateContent'))

    pool.replace([proxy.address])
    const reply = await send('streamGenerateContent?alt=sse')
    if (reply.kind !== 'response' || reply.response.body === null) throw new Error('no stream')
    const reader = reply.response.body.getReader()
    const { value } = await reader.read()
    await proxy.kill()
    const end = await readToEnd(reader)
    const down = await inWords(await send('generateContent'))
    return {
      'an answer': first,
      'connections of the proxy': viaProxy,
      'what the upstream saw': seen,
      'a stream': stream,
      'check of it': works.kind,
      'check with a wrong password': rejected.kind === 'fails' ? rejected.reason : 'works',
      'a wrong password': wrong,
      'killed in mid-stream': [value !== undefined, end],
      down,
      'planted secrets in logs and states': [...log, JSON.stringify(pool.status()), first, stream, wrong, down].filter(
        text => text.includes(proxyPassword) || text.includes('wrong-password'),
      ),
    }
  } finally {
    pool.close()
    await proxy.remove()
    await emulator.stop()
  }
}

const inWords = async (reply: UpstreamReply): Promise<string> => {
  if (reply.kind === 'unreachable') return `unreachable: ${reply.reason}`
  if (reply.kind !== 'response') return reply.kind
  const text = await reply.response.text()
  reply.release()
  return `${reply.response.status} ${text.match(/"finishReason": ?"\w+"/g)?.join() ?? 'without an end'}`
}

const readToEnd = async (reader: { read: () => Promise<{ done: boolean; value?: Uint8Array }> }): Promise<string> => {
  let text = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return text.includes('finishReason') ? 'whole' : 'ended early'
      text += new TextDecoder().decode(value)
    }
  } catch {
    return 'broke'
  }
}
