import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { goodKey, startGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, type Form } from './_ask.ts'
import { oneRow, settled } from './_ledger.ts'

const settings = { MAX_RETRIES: '2', TIME_OUT: '1', PROGRESS_TIMEOUT_SECONDS: '1' }

type Row = readonly [KeyBehaviour, Form, number, string, readonly string[]]

const failing: readonly Row[] = [
  ['silent', 'whole', 504, 'upstream-timeout', ['upstream-failing', 'upstream-failing']],
  ['silent', 'sse', 504, 'upstream-timeout', ['upstream-failing', 'upstream-failing']],
  ['reset', 'whole', 502, 'upstream-unreachable', ['upstream-failing', 'upstream-failing']],
  ['empty', 'sse', 502, 'upstream-empty', ['empty', 'empty']],
  ['stalled', 'whole', 504, 'upstream-stalled', ['cut', 'cut']],
]

test.each(failing)(
  '%s (%s): tried again, then told with a status, and no key is blamed',
  async (fate, form, status, code, verdicts) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await startGateway({ settings })
    cleanUp.defer(gateway.stop)
    gateway.emulator.setBehaviour(goodKey, fate)
    const told = await ask(gateway.url, { form })
    expect(told.status).toBe(status)
    expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: status })
    expect(await settled(gateway)).toEqual(oneRow('failed', status, code, 'call-upstream', verdicts))
    expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
  },
)

test('nobody listens upstream: 502, after as many attempts as are allowed', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const nobody = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const BASE_URL = `http://127.0.0.1:${nobody.port}/v1beta`
  await nobody.stop(true)
  const gateway = await startGateway({ settings: { ...settings, BASE_URL } })
  cleanUp.defer(gateway.stop)
  const told = await ask(gateway.url)
  expect([told.status, errorOf(eventsOf('whole', told.text))?.status]).toEqual([502, 'UNAVAILABLE'])
  const verdicts = ['upstream-failing', 'upstream-failing']
  expect(await settled(gateway)).toEqual(oneRow('failed', 502, 'upstream-unreachable', 'call-upstream', verdicts))
})

const spoiled: readonly Row[] = [
  ['empty', 'whole', 200, 'usageMetadata', ['empty', 'empty']],
  ['empty-thoughts', 'sse', 200, 'thoughtsTokenCount', ['empty', 'empty']],
  ['malformed-call', 'sse', 200, 'MALFORMED_FUNCTION_CALL', ['empty', 'empty']],
  ['blocked-prompt', 'whole', 200, 'blockReason', ['blocked']],
  ['blocked-prompt', 'array', 200, 'blockReason', ['blocked']],
  ['blocked-answer', 'sse', 200, 'SAFETY', ['healthy']],
]

test.each(spoiled)(
  '%s (%s): passed on as Google said it, once trying again is no use',
  async (fate, form, status, word, verdicts) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await startGateway({ settings })
    cleanUp.defer(gateway.stop)
    gateway.emulator.setBehaviour(goodKey, fate)
    const told = await ask(gateway.url, { form })
    expect([told.status, told.isWhole]).toEqual([status, true])
    expect(JSON.stringify(eventsOf(form, told.text))).toContain(word)
    expect(await settled(gateway)).toEqual(oneRow('finished', status, null, null, verdicts))
    expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
  },
)

test('an answer that was empty by bad luck is asked for again, and the client never knows', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway({ settings })
  cleanUp.defer(gateway.stop)
  gateway.emulator.setBehaviour(goodKey, 'empty', { times: 1 })
  const told = await ask(gateway.url, { form: 'sse', prompt: 'a second try' })
  expect(told.text).toContain('You said: a')
  expect(await settled(gateway)).toEqual(oneRow('finished', 200, null, null, ['empty', 'healthy']))
})
