import { expect, test } from 'bun:test'
import { plugins } from '#plugins/index.ts'
import { createApp } from '#src/app.ts'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { clientToken, goodKey, startCompiledGateway, startGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, type Form, model, readAll, send } from './_ask.ts'
import { requestRows, until } from './_ledger.ts'

const start = async (cleanUp: AsyncDisposableStack, behaviour: KeyBehaviour, shutdownSeconds: number) => {
  const gateway = await startCompiledGateway({
    emulator: { delayMs: { betweenChunks: 50 } },
    settings: { SHUTDOWN_TIMEOUT_SECONDS: String(shutdownSeconds) },
  })
  cleanUp.defer(gateway.stop)
  gateway.emulator.setBehaviour(goodKey, behaviour)
  return gateway
}

test('SIGTERM lets a running stream finish, takes no new connection, writes its row and exits with 0', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'valid', 20)
  const response = await send(gateway.url, { form: 'sse' })
  gateway.process.kill('SIGTERM')
  await until(() => gateway.output().includes('"message":"stopping"'))
  const isRefused = await fetch(`${gateway.url}/health`).then(
    () => false,
    () => true,
  )
  const told = await readAll(response)
  expect(isRefused).toBe(true)
  expect(told.isWhole).toBe(true)
  expect(told.text).toContain('"finishReason":"STOP"')
  expect(await gateway.process.exited).toBe(0)
  expect(requestRows(gateway.dataDirectory)).toMatchObject([{ outcome: 'finished', status_code: 200, attempts: 1 }])
})

const late: readonly (readonly [KeyBehaviour, Form, number, number])[] = [
  ['stalled', 'sse', 200, 0],
  ['stalled', 'array', 200, 1],
  ['silent', 'sse', 503, 0],
  ['silent', 'whole', 503, 1],
]

test.each(late)(
  'what has not ended in time (%s, %s) is told why, and the program still exits with 0',
  async (fate, form, status, seconds) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await start(cleanUp, fate, seconds)
    const answer = send(gateway.url, { form })
    await until(() => gateway.emulator.openRequests() === 1)
    if (fate === 'stalled') await answer
    gateway.process.kill('SIGTERM')
    const told = await readAll(await answer)
    expect([told.status, told.isWhole]).toEqual([status, true])
    const error = errorOf(eventsOf(fate === 'silent' ? 'whole' : form, told.text))
    expect(error).toMatchObject({ code: 503, message: 'The gateway was stopped.' })
    expect(await gateway.process.exited).toBe(0)
    expect(requestRows(gateway.dataDirectory)).toMatchObject([
      { outcome: 'failed', status_code: status, error_code: 'draining', failed_stage: 'drain' },
    ])
    await until(() => gateway.emulator.openRequests() === 0)
  },
)

test('a second signal ends the program at once', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'silent', 3600)
  const answer = send(gateway.url).catch(() => 'broken')
  await until(() => gateway.emulator.openRequests() === 1)
  gateway.process.kill('SIGTERM')
  await until(() => gateway.output().includes('"message":"stopping"'))
  gateway.process.kill('SIGINT')
  expect(await gateway.process.exited).toBe(130)
  expect(await answer).toBe('broken')
})

test('a request that still arrives on an open connection is refused with a hint, and has its row', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway()
  cleanUp.defer(gateway.stop)
  const { elysia, live } = createApp(gateway.services, plugins)
  await live.drain(0)
  const response = await elysia.handle(
    new Request(`http://gateway.test/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': clientToken },
      body: '{}',
    }),
  )
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(errorOf(eventsOf('whole', await response.text()))).toMatchObject({ status: 'UNAVAILABLE' })
  await gateway.services.records.drain(5000)
  expect(requestRows(gateway.dataDirectory)).toMatchObject([
    { outcome: 'failed', status_code: 503, error_code: 'draining', failed_stage: 'drain', attempts: 0 },
  ])
})

test('a gateway that is stopped has answered whoever was answered', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await start(cleanUp, 'valid', 20)
  const answers = Array.from({ length: 20 }, () => ask(gateway.url, { prompt: 'write 20000 words' }))
  await until(() => gateway.emulator.requests.length > 0)
  gateway.process.kill('SIGTERM')
  const told = (await Promise.allSettled(answers)).flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  expect(await gateway.process.exited).toBe(0)
  expect(told.length).toBeGreaterThan(0)
  // No answer was cut off by the stop: each came whole.
  expect(told.filter(({ isWhole, status }) => !isWhole || status !== 200)).toEqual([])
  expect(requestRows(gateway.dataDirectory).map(({ outcome }) => outcome)).toEqual(told.map(() => 'finished'))
})
