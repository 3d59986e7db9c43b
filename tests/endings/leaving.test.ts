import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { plugins } from '#plugins/index.ts'
import { createApp } from '#src/app.ts'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { clientToken, goodKey, startGateway } from '#tests/_gateway.ts'
import { type Form, model, send } from './_ask.ts'
import { oneRow, settled, until } from './_ledger.ts'

const start = async (cleanUp: AsyncDisposableStack, behaviour: KeyBehaviour, settings: Record<string, string> = {}) => {
  const gateway = await startGateway({ settings, emulator: { delayMs: { betweenChunks: 10 } } })
  cleanUp.defer(gateway.stop)
  gateway.emulator.setBehaviour(goodKey, behaviour)
  return gateway
}

test.each(['whole', 'sse', 'array'] as const)(
  'a client that leaves before the first byte (%s) has its upstream request cancelled at once',
  async form => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await start(cleanUp, 'silent')
    const client = new AbortController()
    const sent = send(gateway.url, { form, signal: client.signal }).catch(() => 'left')
    await until(() => gateway.emulator.openRequests() === 1)
    client.abort()
    expect(await sent).toBe('left')
    expect(await settled(gateway)).toEqual(oneRow('abandoned', 499, 'client-gone', null, ['client-gone']))
    expect(gateway.emulator.requests.map(({ cancelled }) => cancelled)).toEqual([true])
    expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
  },
)

const leavingInTheMiddle: readonly (readonly [string, Form, KeyBehaviour])[] = [
  ['after some events', 'sse', 'stalled'],
  ['after some elements', 'array', 'stalled'],
]

test.each(leavingInTheMiddle)(
  'a client that leaves %s (%s) has its upstream request cancelled',
  async (_when, form, behaviour) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await start(cleanUp, behaviour)
    const client = new AbortController()
    const response = await send(gateway.url, { form, signal: client.signal })
    const reader = response.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    client.abort()
    expect(await settled(gateway)).toEqual(oneRow('abandoned', 499, 'client-gone', null, ['client-gone']))
    expect(gateway.emulator.requests.map(({ cancelled }) => cancelled)).toEqual([true])
  },
)

test('a reply that is thrown away before its first read is an ending too', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'stalled')
  const { elysia } = createApp(gateway.services, plugins)
  const response = await elysia.handle(
    new Request(`http://gateway.test/v1beta/models/${model}:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers: { 'x-goog-api-key': clientToken },
      body: '{"contents":[{"parts":[{"text":"hello"}]}]}',
    }),
  )
  expect(response.status).toBe(200)
  await response.body?.cancel()
  expect(await settled(gateway)).toEqual(oneRow('abandoned', 499, 'client-gone', null, ['client-gone']))
})

test('a client that leaves between two attempts is not worked for any more', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'unavailable', { MAX_RETRIES: '10' })
  const client = new AbortController()
  const sent = send(gateway.url, { signal: client.signal }).catch(() => 'left')
  // The attempt is over, and the pause before the next one takes at least an eighth of a second.
  await until(() => gateway.emulator.requests.length === 1 && gateway.services.pool.inFlight === 0)
  client.abort()
  expect(await sent).toBe('left')
  expect(await settled(gateway)).toEqual(oneRow('abandoned', 499, 'client-gone', null, ['upstream-failing']))
  await Bun.sleep(500)
  expect(gateway.emulator.requests).toHaveLength(1)
})

test('a client that leaves while it sends its body takes no key', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'valid')
  const socket = connect(gateway.port, '127.0.0.1')
  socket.write(
    `POST /v1beta/models/${model}:generateContent HTTP/1.1\r\nHost: gateway.test\r\nx-goog-api-key: ${clientToken}\r\n` +
      'Content-Length: 1000\r\n\r\n{"contents":',
  )
  await until(() => gateway.live.count === 1)
  socket.destroy()
  expect(await settled(gateway)).toEqual(oneRow('abandoned', 499, 'client-gone', null, []))
  expect(gateway.emulator.requests).toEqual([])
})
