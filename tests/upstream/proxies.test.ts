import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createLogger } from '#src/logging/logger.ts'
import { Secret } from '#src/security/secret.ts'
import { EgressPool, type EgressSettings } from '#src/upstream/egress-pool.ts'
import { UpstreamClient } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import type { WayOut } from '#src/upstream/way-out.ts'
import { runScenario } from './_proxied-scenario.ts'
import { describeWithProxies, type ProxyKind, proxyPassword, startProxy } from './_proxies.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task()
})

const start = async (kind: ProxyKind) => {
  const proxy = await startProxy(kind)
  cleanUp.push(proxy.remove)
  return proxy
}

/** Real pauses between checks count in seconds, and other tests may run beside this one. */
setDefaultTimeout(30_000)

const kinds: readonly ProxyKind[] = ['tinyproxy', 'microsocks']

const whatHappens = {
  'an answer': '200 "finishReason": "STOP"',
  'connections of the proxy': 1,
  'what the upstream saw': [{ path: '/v1beta/models/gemini-2.5-flash:generateContent', length: true, token: false }],
  'a stream': '200 "finishReason":"STOP"',
  'check of it': 'works',
  'check with a wrong password': 'proxy-authentication',
  'a wrong password': 'unreachable: proxy-authentication',
  'killed in mid-stream': [true, 'broke'],
  down: 'unreachable: ECONNREFUSED',
  'planted secrets in logs and states': [],
}

/** An upstream with nothing behind it but a word, and a pool that goes there. */
const setUp = (changes: Partial<EgressSettings> = {}) => {
  const seen: Record<string, string>[] = []
  const upstream = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ headers }) => {
      seen.push(headers.toJSON())
      return new Response('fine')
    },
  })
  cleanUp.push(() => upstream.stop(true))
  const url = `http://127.0.0.1:${upstream.port}/v1beta`
  const log: string[] = []
  const pool = new EgressPool({
    settings: {
      BASE_URL: url,
      CONNECT_TIMEOUT_SECONDS: 5,
      PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: true,
      PROXY_FAILOVER: true,
      ...changes,
    },
    logger: createLogger({ level: () => 'debug', format: 'json', write: line => log.push(line) }),
    now: Date.now,
    random: Math.random,
  })
  cleanUp.push(() => pool.close())
  const client = new UpstreamClient(new Watchdog())
  const send = async (keyId: string, avoid: readonly WayOut[] = []): Promise<string> => {
    const choice = pool.choose(keyId, avoid)
    if (choice.kind === 'refuse') return 'refused'
    if (choice.kind === 'wait') await Bun.sleep(choice.milliseconds)
    const reply = await client.send(
      {
        url,
        method: 'POST',
        headers: {},
        body: Buffer.from('x'),
        secret: new Secret('k'),
        controller: new AbortController(),
      },
      { connectMilliseconds: 5000, firstByteMilliseconds: 5000 },
      choice.pass.egress,
    )
    if (reply.kind !== 'response') {
      choice.pass.settle({ kind: 'failed', reason: reply.kind === 'unreachable' ? reply.reason : reply.kind })
      return `${choice.pass.egress.name} ${reply.kind}`
    }
    choice.pass.settle({ kind: 'answered' })
    await reply.response.text()
    reply.release()
    return `${choice.pass.egress.name} ${reply.response.status}`
  }
  const messages = () =>
    log.map(line => {
      const { message, egress, reason } = JSON.parse(line)
      return { message, egress, reason }
    })
  return { pool, send, seen, log, messages }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await Bun.sleep(20)
}

describeWithProxies('proxies of Debian', () => {
  test.each(kinds)('what happens through %s to an upstream without TLS', async kind => {
    expect(await runScenario(kind, false)).toEqual(whatHappens)
  })

  test.each(kinds)('what happens through %s to an upstream with TLS', async kind => {
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/_proxied-process.ts`, kind], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: `${import.meta.dir}/../fixtures/tls/certificate.pem` },
      stdout: 'pipe',
    })
    expect(JSON.parse(await child.stdout.text())).toEqual(whatHappens)
  })

  test('all proxies are checked at the start, without a key, and broken ones are known before any request', async () => {
    const good = await start('tinyproxy')
    const bad = await start('microsocks')
    const { pool, send, seen, log, messages } = setUp()
    pool.replace([good.address, bad.withPassword('wrong-password')])
    expect(seen).toEqual([])
    pool.start()
    await until(() => pool.status().every(({ lastCheck }) => lastCheck !== null))
    expect(pool.status()).toMatchObject([
      { name: good.name, state: 'open', lastCheck: { kind: 'works' } },
      { name: bad.name, state: 'broken', reason: 'proxy-authentication', lastCheck: { kind: 'fails' } },
    ])
    expect(messages()).toEqual([
      { message: 'a way out to Google is broken', egress: bad.name, reason: 'proxy-authentication' },
    ])
    expect(seen.some(headers => 'x-goog-api-key' in headers)).toBe(false)
    for (const keyId of 'abcdefgh') expect(await send(keyId)).toBe(`${good.name} 200`)
    expect(log.join()).not.toMatch(/wrong-password|planted/)
  })

  test.each(kinds)('a %s that goes down is left, and its keys come back when it is up again', async kind => {
    const [first, second] = [await start(kind), await start(kind)]
    const { pool, send, messages } = setUp()
    pool.replace([first.address, second.address])
    pool.start()
    const keyIds = Array.from({ length: 40 }, (_, index) => `key-${index}`)
    const home = await Promise.all(keyIds.map(keyId => send(keyId)))
    expect(new Set(home)).toEqual(new Set([`${first.name} 200`, `${second.name} 200`]))
    await first.kill()
    const keyId = keyIds[home.indexOf(`${first.name} 200`)] ?? ''
    expect(await send(keyId)).toBe(`${first.name} unreachable`)
    await until(() => pool.status()[0]?.state === 'broken')
    expect(pool.status()).toMatchObject([{ reason: 'ECONNREFUSED' }, { state: 'open', failures: 0 }])
    for (const keyId of keyIds) expect(await send(keyId)).toBe(`${second.name} 200`)
    await first.start()
    await until(() => pool.status()[0]?.state === 'open')
    expect(await Promise.all(keyIds.map(keyId => send(keyId)))).toEqual(home)
    expect(messages().map(({ message, egress }) => [message, egress])).toEqual([
      ['a way out to Google is broken', first.name],
      ['a way out to Google is back', first.name],
    ])
  })

  test('fail closed: nothing of a key goes through another proxy, nor directly', async () => {
    const [first, second] = [await start('tinyproxy'), await start('microsocks')]
    const { pool, send, seen } = setUp({ PROXY_FAILOVER: false })
    pool.replace([first.address, second.address])
    const keyIds = Array.from({ length: 40 }, (_, index) => `key-${index}`)
    const home = await Promise.all(keyIds.map(keyId => send(keyId)))
    await first.kill()
    seen.length = 0
    const words = await Promise.all(keyIds.map(keyId => send(keyId)))
    for (const [index, word] of words.entries()) {
      if (home[index]?.startsWith(second.name)) expect(word).toBe(`${second.name} 200`)
      else expect(word).toBe(`${first.name} unreachable`)
    }
    expect(seen).toHaveLength(home.filter(word => word.startsWith(second.name)).length)
    const keyId = keyIds[home.findIndex(word => word.startsWith(first.name))] ?? ''
    expect(pool.choose(keyId)).toMatchObject({ kind: 'refuse', cause: 'broken' })
    expect(await send(keyId)).toBe('refused')
  })

  test('a doubtful end has the proxy checked, and a proxy that answers is not held to blame', async () => {
    const proxy = await start('tinyproxy')
    const { pool, log } = setUp()
    pool.replace([proxy.address])
    pool.start()
    await until(() => pool.status()[0]?.lastCheck !== null)
    const doubt = async () => {
      const before = pool.status()[0]?.lastCheck
      const choice = pool.choose('a')
      if (choice.kind === 'refuse') throw new Error(choice.reason)
      choice.pass.settle({ kind: 'doubtful' })
      await until(() => pool.status()[0]?.lastCheck !== before)
    }
    await doubt()
    expect(pool.status()).toMatchObject([{ state: 'open', failures: 0 }])
    await proxy.kill()
    await doubt()
    expect(pool.status()).toMatchObject([{ state: 'broken', reason: 'ECONNREFUSED' }])
    expect(log.join()).not.toContain(proxyPassword)
  })

  test('a check does not free a proxy that Google does not serve', async () => {
    const proxy = await start('tinyproxy')
    const { pool } = setUp()
    pool.replace([proxy.address])
    const choice = pool.choose('a')
    if (choice.kind === 'refuse') throw new Error(choice.reason)
    choice.pass.settle({ kind: 'location' })
    pool.start()
    await until(() => pool.status()[0]?.lastCheck !== null)
    expect(pool.status()).toMatchObject([
      { state: 'broken', reason: 'location-not-supported', lastCheck: { kind: 'works' } },
    ])
  })
})
