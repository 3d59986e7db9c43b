import { expect, setDefaultTimeout, test } from 'bun:test'
import { startCompiledGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, readAll, send } from '#tests/endings/_ask.ts'
import { changeSettings, checkKeys, listedKeys } from '#tests/endtoend/pool/_look.ts'
import { describeWithProxies } from '#tests/upstream/_proxies.ts'
import { allAt, crowd, expectNoPassword, good, round, secrets, start, untilState, waysOf } from './_proxied-program.ts'

setDefaultTimeout(40_000)

describeWithProxies('the compiled program behind real proxies', () => {
  test('requests and streams go through both, every key always by the same one, also after a restart', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway, http, socks } = await start(cleanUp)
    const before = [await http.connections(), await socks.connections()]
    expect(await round(gateway, 3)).toEqual(good(3))
    const ways = waysOf(gateway)
    expect(ways.size).toBe(secrets.length)
    const [viaHttp, viaOther] = [allAt(ways, 'http'), allAt(ways, 'other')]
    expect(viaHttp.length + viaOther.length).toBe(secrets.length)
    // The ids of the keys are new with every run: that twelve agree happens once in two thousand.
    expect((await http.connections()) > (before[0] ?? 0)).toBe(viaHttp.length > 0)
    expect((await socks.connections()) > (before[1] ?? 0)).toBe(viaOther.length > 0)
    gateway.process.kill('SIGTERM')
    expect(await gateway.process.exited).toBe(0)
    const again = await startCompiledGateway({
      settings: {
        DATA_DIR: gateway.dataDirectory,
        BASE_URL: `${gateway.emulator.url}/v1beta`,
        API_KEYS: JSON.stringify(secrets),
        PROXIES: JSON.stringify([socks.address, http.address]),
      },
    })
    cleanUp.defer(again.stop)
    expect(await round(again)).toEqual(good())
    // The order of PROXIES plays no part.
    expect(waysOf(gateway)).toEqual(ways)
    await expectNoPassword({ ...again, dataDirectory: gateway.dataDirectory }, gateway.output())
  })

  test('a key is checked by its own proxy', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway } = await start(cleanUp)
    await round(gateway)
    const ways = waysOf(gateway)
    const lines = await checkKeys(gateway.url, { all: true })
    expect(lines.at(-1)).toMatchObject({ done: true, healthy: secrets.length, dead: 0, unknown: 0 })
    expect(waysOf(gateway, 'GET')).toEqual(ways)
    await expectNoPassword(gateway, JSON.stringify(lines))
  })

  test('when a proxy stops, its keys go through the other one, and come back with it', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway, http } = await start(cleanUp)
    await round(gateway)
    const ways = waysOf(gateway)
    await http.kill()
    expect(await round(gateway, 2)).toEqual(good(2))
    await untilState(gateway, http.name, 'broken')
    waysOf(gateway)
    expect(await round(gateway)).toEqual(good())
    expect(allAt(waysOf(gateway), 'other')).toHaveLength(secrets.length)
    await http.start()
    await untilState(gateway, http.name, 'open')
    expect(await round(gateway)).toEqual(good())
    expect(waysOf(gateway)).toEqual(ways)
    expect((await listedKeys(gateway.url)).map(({ condition }) => condition)).toEqual(secrets.map(() => 'ready'))
    await expectNoPassword(gateway)
  })

  test('where keys may not change their proxy, those of a stopped one rest, and nothing ever goes out directly', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway, http, socks } = await start(cleanUp, { settings: { PROXY_FAILOVER: 'false' } })
    await round(gateway)
    const ways = waysOf(gateway)
    await http.kill()
    await crowd(gateway)
    const during = waysOf(gateway)
    expect(allAt(during, 'http')).toEqual([])
    // Its keys are passed over, and nobody waits for them.
    if (allAt(ways, 'other').length > 0)
      for (let turn = 0; turn < 12; turn++) expect((await ask(gateway.url)).status).toBe(200)
    expect(allAt(waysOf(gateway), 'http')).toEqual([])
    expect(allAt(ways, 'other')).toEqual(expect.arrayContaining([...during.keys()]))
    await socks.kill()
    const told = [await ask(gateway.url), await ask(gateway.url, { form: 'sse' })]
    for (const { status, text } of told) {
      expect(status).toBe(502)
      expect(errorOf(eventsOf('whole', text))).toMatchObject({ code: 502 })
    }
    expect(waysOf(gateway)).toEqual(new Map())
    await http.start()
    await untilState(gateway, http.name, 'open')
    await crowd(gateway)
    // Only keys of the HTTP proxy are asked, and only through it.
    expect(allAt(waysOf(gateway), 'http').every(key => allAt(ways, 'http').includes(key))).toBe(true)
    expect((await listedKeys(gateway.url)).map(({ condition }) => condition)).toEqual(secrets.map(() => 'ready'))
    await expectNoPassword(gateway, ...told.map(({ text }) => text))
  })

  test('PROXIES can be changed while requests run; a stream that has begun ends by the way it came', async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { gateway, http, socks } = await start(cleanUp, { settings: { PROXIES: '[]' }, pace: 20 })
    await round(gateway)
    expect(allAt(waysOf(gateway), 'other')).toHaveLength(secrets.length)
    expect([await http.connections(), await socks.connections()]).toEqual([0, 0])

    expect(await changeSettings(gateway.url, { PROXIES: [http.address] })).toBe(200)
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => send(gateway.url, { form: 'sse', prompt: 'write 300 words' })),
    )
    expect(await changeSettings(gateway.url, { PROXIES: [socks.address] })).toBe(200)
    for (const told of await Promise.all(streams.map(readAll))) {
      expect(told.isWhole).toBe(true)
      expect(told.text).toContain('"finishReason":"STOP"')
    }
    expect([...waysOf(gateway).values()].flat()).toEqual(Array.from({ length: 5 }, () => 'http' as const))

    expect(await round(gateway)).toEqual(good())
    expect(allAt(waysOf(gateway), 'other')).toHaveLength(secrets.length)
    expect(await socks.connections()).toBeGreaterThan(0)

    expect(await changeSettings(gateway.url, { PROXIES: ['nowhere'] })).toBe(400)
    expect(await changeSettings(gateway.url, { PROXIES: [socks.withPassword('wrong-password')] })).toBe(200)
    const refused = await ask(gateway.url)
    expect(refused.status).toBe(502)
    expect(waysOf(gateway)).toEqual(new Map())

    expect(await changeSettings(gateway.url, { PROXIES: null })).toBe(200)
    expect(await round(gateway)).toEqual(good())
    await expectNoPassword(gateway, refused.text)
  })
})
