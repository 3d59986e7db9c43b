import { describe, expect, test } from 'bun:test'
import type { GeminiAnswer } from '#pipeline/exchange.ts'
import { definePlugin, type PluginParts, type Points } from '#pipeline/plugin.ts'
import { plugins as usual } from '#plugins/index.ts'
import { type LocalGateway, startGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, type Form } from './_ask.ts'
import { oneRow, settled } from './_ledger.ts'

const secretThought = 'what only the log may know'

const mistake = (): never => {
  throw new Error(secretThought)
}

const clumsy = (stages: PluginParts['stages']) =>
  definePlugin({ name: 'clumsy', settings: {}, parts: () => (stages === undefined ? {} : { stages }) })

const always = { applies: () => true }

const startClumsy = async (stages: PluginParts['stages'], cleanUp: AsyncDisposableStack) => {
  const gateway = await startGateway({
    plugins: [...usual, clumsy(stages)],
    emulator: { delayMs: { betweenChunks: 30 } },
  })
  cleanUp.defer(gateway.stop)
  return gateway
}

/** The caller sees an id, under which the log has the rest. */
const expectFault = (gateway: LocalGateway, message: string | undefined, stage: string) => {
  const lines = gateway.takeErrors()
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '') as { requestId: string; stage: string; error: string }
  expect(line.stage).toBe(stage)
  expect(line.error).toContain(secretThought)
  expect(message).toContain(line.requestId)
  expect(message).not.toContain(secretThought)
}

describe('A plugin that throws', () => {
  const early: readonly (readonly [keyof Points, PluginParts['stages'], string, number])[] = [
    ['mode', { mode: { ...always, run: mistake } }, 'detect-mode', 0],
    ['payload', { payload: { ...always, run: mistake } }, 'build-payload', 0],
    ['payload', { payload: { applies: mistake, run: value => value } }, 'build-payload', 0],
    ['key', { key: { ...always, run: mistake } }, 'acquire-key', 0],
    ['response', { response: { ...always, run: mistake } }, 'optimize-stream', 1],
  ]
  test.each(early)('at %s ends its request with a 500, and nothing else', async (_point, stages, stage, attempts) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await startClumsy(stages, cleanUp)
    const told = await ask(gateway.url)
    expect(told.status).toBe(500)
    const error = errorOf(eventsOf('whole', told.text))
    expect(error).toMatchObject({ code: 500, status: 'INTERNAL' })
    expectFault(gateway, error?.message, stage)
    const verdicts = attempts === 0 ? [] : ['gateway-failed']
    expect(await settled(gateway)).toEqual(oneRow('failed', 500, 'internal', stage, verdicts))
    expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
  })

  test.each([
    ['sse', 1],
    ['sse', 3],
    ['array', 1],
    ['array', 3],
  ] as const)('at an event of a stream (%s, event %i) ends it with an error event', async (form: Form, which) => {
    await using cleanUp = new AsyncDisposableStack()
    let seen = 0
    const run = (event: GeminiAnswer) => (++seen === which ? mistake() : event)
    const gateway = await startClumsy({ events: { ...always, run } }, cleanUp)
    const told = await ask(gateway.url, { form })
    expect([told.status, told.isWhole]).toEqual([200, true])
    const events = eventsOf(form, told.text)
    expect(events).toHaveLength(which)
    expectFault(gateway, errorOf(events)?.message, 'optimize-stream')
    expect(await settled(gateway)).toEqual(oneRow('failed', 200, 'internal', 'optimize-stream', ['gateway-failed']))
    expect(gateway.emulator.requests.map(({ cancelled }) => cancelled)).toEqual([true])
  })

  test('at the key of a second attempt is told, not hidden behind what the first attempt said', async () => {
    await using cleanUp = new AsyncDisposableStack()
    let asked = 0
    const gateway = await startClumsy({ key: { ...always, run: wish => (++asked === 2 ? mistake() : wish) } }, cleanUp)
    for (const { secret } of gateway.emulator.keys) gateway.emulator.setBehaviour(secret, 'unavailable')
    const told = await ask(gateway.url)
    expect(told.status).toBe(500)
    expectFault(gateway, errorOf(eventsOf('whole', told.text))?.message, 'acquire-key')
    expect(await settled(gateway)).toEqual(oneRow('failed', 500, 'internal', 'acquire-key', ['upstream-failing']))
  })
})
