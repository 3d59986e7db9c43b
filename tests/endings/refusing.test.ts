import { expect, test } from 'bun:test'
import type { KeyBehaviour } from '#src/emulator/emulator.ts'
import { goodKey, startGateway } from '#tests/_gateway.ts'
import { ask, errorOf, eventsOf, type Form, model } from './_ask.ts'
import { oneRow, settled } from './_ledger.ts'

test.each([
  ['no token', { token: '' }, 401, 'unauthenticated', 'authenticate', 'UNAUTHENTICATED'],
  ['a wrong token', { token: 'wrong' }, 401, 'unauthenticated', 'authenticate', 'UNAUTHENTICATED'],
  ['a body that is no JSON', { body: '{"contents":' }, 400, 'invalid-request', 'resolve-model', 'INVALID_ARGUMENT'],
] as const)('%s is refused before a key is taken', async (_name, request, status, code, stage, google) => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway()
  cleanUp.defer(gateway.stop)
  const told = await ask(gateway.url, request)
  expect(told.status).toBe(status)
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: status, status: google })
  expect(await settled(gateway)).toEqual(oneRow('failed', status, code, stage, []))
  expect(gateway.emulator.requests).toEqual([])
})

type Refusal = {
  readonly behaviour: KeyBehaviour
  readonly forms?: readonly Form[]
  /** What the client is told, after as many attempts as there are verdicts. */
  readonly status: number
  readonly code: string
  readonly stage?: string
  readonly verdicts: readonly string[]
  readonly condition: 'ready' | 'cooling' | 'dead'
  readonly retryAfter?: boolean
}

const refusals: readonly Refusal[] = [
  {
    behaviour: 'location',
    status: 400,
    code: 'upstream-refused',
    verdicts: ['location'],
    condition: 'ready',
  },
  {
    behaviour: 'invalid',
    forms: ['whole', 'sse', 'array'],
    status: 503,
    code: 'no-key',
    stage: 'acquire-key',
    verdicts: ['key-invalid'],
    condition: 'dead',
  },
  {
    behaviour: 'suspended',
    status: 503,
    code: 'no-key',
    stage: 'acquire-key',
    verdicts: ['key-suspended'],
    condition: 'dead',
  },
  { behaviour: 'forbidden', status: 403, code: 'upstream-refused', verdicts: ['forbidden'], condition: 'cooling' },
  {
    behaviour: 'model-retired',
    status: 404,
    code: 'upstream-refused',
    verdicts: ['model-not-found'],
    condition: 'cooling',
  },
  {
    behaviour: 'per-minute',
    forms: ['whole', 'sse', 'array'],
    status: 429,
    code: 'keys-cooling',
    stage: 'acquire-key',
    verdicts: ['quota-per-minute', 'no-key-ready'],
    condition: 'cooling',
    retryAfter: true,
  },
  {
    behaviour: 'per-day',
    status: 429,
    code: 'keys-cooling',
    stage: 'acquire-key',
    verdicts: ['quota-per-day', 'no-key-ready'],
    condition: 'cooling',
    retryAfter: true,
  },
  { behaviour: 'busy', status: 429, code: 'upstream-refused', verdicts: ['busy', 'busy'], condition: 'ready' },
  {
    behaviour: 'internal',
    status: 500,
    code: 'upstream-refused',
    verdicts: ['upstream-failing', 'upstream-failing'],
    condition: 'ready',
  },
  {
    behaviour: 'unavailable',
    forms: ['whole', 'sse', 'array'],
    status: 503,
    code: 'upstream-refused',
    verdicts: ['upstream-failing', 'upstream-failing'],
    condition: 'ready',
  },
  {
    behaviour: 'deadline',
    status: 504,
    code: 'upstream-refused',
    verdicts: ['upstream-failing', 'upstream-failing'],
    condition: 'ready',
  },
]

test.each(
  refusals.flatMap(refusal => (refusal.forms ?? ['whole']).map(form => [refusal.behaviour, form, refusal] as const)),
)(
  'upstream refuses (%s, %s): told in Google’s shape, after the attempts that could help',
  async (_behaviour, form, refusal) => {
    await using cleanUp = new AsyncDisposableStack()
    const gateway = await startGateway({ settings: { MAX_RETRIES: '2' } })
    cleanUp.defer(gateway.stop)
    gateway.emulator.setBehaviour(goodKey, refusal.behaviour)
    const told = await ask(gateway.url, { form })
    expect(told.status).toBe(refusal.status)
    expect(errorOf(eventsOf(form, told.text))).toMatchObject({ code: refusal.status })
    expect(told.text).not.toContain(goodKey)
    expect(Number(told.headers.get('retry-after')) > 0).toBe(refusal.retryAfter ?? false)
    expect(await settled(gateway)).toEqual(
      oneRow('failed', refusal.status, refusal.code, refusal.stage ?? 'call-upstream', refusal.verdicts),
    )
    const [key] = gateway.services.overview.page({ offset: 0, limit: 1 }).rows
    expect(key?.condition).toBe(refusal.condition)
  },
)

test('a request that Google calls wrong is not tried again and blames no key', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway()
  cleanUp.defer(gateway.stop)
  const told = await ask(gateway.url, { body: '{"contents":[{"parts":[{"words":"hello"}]}]}' })
  expect(told.status).toBe(400)
  expect(errorOf(eventsOf('whole', told.text))?.message).toContain('Unknown name "words"')
  expect(await settled(gateway)).toEqual(oneRow('failed', 400, 'upstream-refused', 'call-upstream', ['bad-request']))
  expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
})

test('a page of HTML from the front end is tried again, and never reaches the client as an answer', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const gateway = await startGateway({ settings: { MAX_RETRIES: '2' } })
  cleanUp.defer(gateway.stop)
  gateway.emulator.setBehaviour(goodKey, 'html-error')
  const told = await ask(gateway.url)
  expect(told.status).toBe(502)
  expect(errorOf(eventsOf('whole', told.text))).toMatchObject({ code: 502, status: 'UNAVAILABLE' })
  const verdicts = ['front-end-error', 'front-end-error']
  expect(await settled(gateway)).toEqual(oneRow('failed', 502, 'upstream-unreachable', 'call-upstream', verdicts))
  expect(gateway.services.overview.counts()).toMatchObject({ ready: 1 })
})

test('the next key is asked when one is exhausted, and the exhausted one rests', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const exhausted = 'AQ.exhausted-key-of-the-tests'
  const gateway = await startGateway({ keys: [{ secret: exhausted, behaviour: 'per-day' }, { secret: goodKey }] })
  cleanUp.defer(gateway.stop)
  expect((await ask(gateway.url)).status).toBe(200)
  expect(await settled(gateway)).toEqual(oneRow('finished', 200, null, null, ['quota-per-day', 'healthy']))
  gateway.emulator.clearRequests()
  expect([(await ask(gateway.url)).status, (await ask(gateway.url)).status]).toEqual([200, 200])
  expect(gateway.emulator.requests.map(({ key, path }) => [key, path.includes(model)])).toEqual([
    [goodKey, true],
    [goodKey, true],
  ])
})
