import { expect, test } from 'bun:test'
import { KeyPool } from '#src/keys/key-pool.ts'
import type { PolicyName } from '#src/keys/policies.ts'
import type { PoolSnapshot } from '#src/keys/wish.ts'
import { silentLogger } from '#src/logging/logger.ts'
import { adminToken, clientToken, type LocalGateway } from '#tests/_gateway.ts'
import { findSecret } from '#tests/endings/_find-secret.ts'
import { hour, model, otherModel, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, rowsOf } from './_look.ts'

test('an answer: which key, why, how it went and which way', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, gateway, stateOf } = await castFor(cleanUp, { keys: ['one', 'two', 'three'] })
  const told = await ask()
  expect(told.headers.get('x-gemini-balance-choice')).toBe('round-robin among 3 of 3 ready')
  expect(told.headers.get('x-gemini-balance-attempts')).toBe('1')
  expect(await rowsOf(gateway)).toMatchObject([
    {
      status: 200,
      attempts: 1,
      trace: [
        {
          key: stateOf('one').fingerprint,
          verdict: 'healthy',
          status: 200,
          // Policy, bucket, priority, from slot 0 on to slot 0, 3 ready of 3, none dead, disabled or tried.
          choice: ['round-robin', model, 0, 0, 0, 3, 3, 0, 0, 0],
          egress: 'direct',
        },
      ],
    },
  ])
})

test('attempts that failed, one after the other, each with what the pool looked like then', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave, gateway, stateOf } = await castFor(cleanUp, { keys: ['one', 'two', 'three', 'four'] })
  behave('one', 'per-day')
  behave('two', 'invalid')
  behave('three', 'unavailable', 1)
  const told = await ask({ form: 'sse' })
  expect([told.status, told.headers.get('x-gemini-balance-attempts')]).toEqual([200, '4'])
  expect(told.headers.get('x-gemini-balance-choice')).toStartWith('round-robin among 2 of 4 ready, 1 dead')
  const [row] = await rowsOf(gateway)
  expect(row?.trace).toMatchObject([
    { verdict: 'quota-per-day', status: 429 },
    { verdict: 'key-invalid', status: 400 },
    { verdict: 'upstream-failing', status: 503 },
    { verdict: 'healthy', status: 200 },
  ])
  expect(row?.trace.map(({ choice }) => choice?.slice(0, 9))).toEqual([
    ['round-robin', model, 0, 0, 0, 4, 4, 0, 0],
    ['round-robin', model, 0, 1, 1, 3, 4, 0, 0],
    ['round-robin', model, 0, 2, 2, 2, 4, 1, 0],
    ['round-robin', model, 0, 3, 3, 2, 4, 1, 0],
  ])
  expect(row?.trace.map(({ key }) => key)).toEqual(
    ['one', 'two', 'three', 'four'].map(part => stateOf(part).fingerprint),
  )
})

test('no key ready: how the pool stood', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave, gateway } = await castFor(cleanUp, { keys: ['one', 'two', 'three'] })
  behave('one', 'per-day')
  behave('two', 'per-day')
  behave('three', 'leaked')
  expect((await ask()).status).toBe(429)
  const told = await ask()
  expect([told.status, told.headers.get('x-gemini-balance-choice')]).toEqual([429, null])
  const rows = await rowsOf(gateway)
  expect(rows.map(({ trace }) => trace.map(({ verdict }) => verdict))).toEqual([
    ['quota-per-day', 'quota-per-day', 'key-suspended', 'no-key-ready'],
    ['no-key-ready'],
  ])
  expect(rows[1]?.trace[0]).toEqual({
    key: null,
    verdict: 'no-key-ready',
    status: null,
    choice: ['round-robin', model, null, -1, -1, 0, 3, 1, 0, 0],
    egress: null,
  })
})

test('no key alive: nothing to choose from, and nothing traced', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { ask, behave, gateway } = await castFor(cleanUp, { keys: ['one'] })
  behave('one', 'invalid')
  await ask()
  expect((await ask()).status).toBe(503)
  expect((await rowsOf(gateway))[1]).toMatchObject({ status: 503, error: 'no-key', attempts: 0, text: null })
})

test('no secret stands in a trace, a header or a log line', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const parts = ['one', 'two', 'three', 'four', 'five']
  const { ask, behave, gateway } = await castFor(cleanUp, { keys: parts, settings: { LOG_LEVEL: 'debug' } })
  for (const [part, behaviour] of [
    ['one', 'suspended'],
    ['two', 'echo-key-in-header'],
    ['three', 'per-minute-region'],
    ['four', 'html-error'],
  ] as const) {
    behave(part, behaviour)
  }
  let seen = ''
  for (let request = 0; request < 12; request++) {
    const told = await ask({ model: request % 2 === 0 ? model : otherModel })
    seen += JSON.stringify([...told.headers]) + told.text
  }
  const rows = await rowsOf(gateway)
  const { rows: errors } = await gateway.services.storage.findErrors({ limit: 1000 })
  const written = JSON.stringify([rows, errors, gateway.services.egresses.status()]) + seen + gateway.output()
  for (const secret of [...parts.map(secretOf), clientToken, adminToken]) {
    expect(findSecret(Buffer.from(written), secret)).toBeUndefined()
  }
})

/** A pool with the gateway's keys that has seen nothing but the snapshot. */
const twinOf = ({ services }: LocalGateway, snapshot: PoolSnapshot, policy: PolicyName, now: number): KeyPool => {
  const twin = new KeyPool({
    sink: { recordKeyState: () => {} },
    logger: silentLogger,
    now: () => now,
    random: () => 0,
    policy: () => policy,
    mostInFlight: () => 0,
    mostSoftFailures: () => 3,
  })
  twin.replaceKeys([...services.pool.keys()].map(({ entry }) => entry))
  // As it comes back from a file.
  twin.resume(JSON.parse(JSON.stringify(snapshot)))
  return twin
}

test.each(['round-robin', 'headroom', 'affinity'] as const)(
  '%s: from a snapshot the same decision is made again, however much had happened',
  async policy => {
    await using cleanUp = new AsyncDisposableStack()
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((part, index) => ({
      secret: secretOf(part),
      limits: { perDay: 3 + index, perMinute: 20 },
    }))
    const cast = await castFor(cleanUp, { keys, settings: { KEY_POLICY: policy } })
    const { ask, behave, gateway, moveTo, now } = cast
    const { pool } = gateway.services
    behave('b', 'forbidden', 2)
    behave('c', 'invalid', 1)
    behave('d', 'prepay-empty', 1)
    behave('e', 'per-minute-region', 1)
    for (let request = 0; request < 60; request++) {
      const name = request % 3 === 0 ? otherModel : model
      const turn = { parts: [{ text: `number ${request}` }] }
      const twin = twinOf(gateway, pool.snapshot(), policy, now())
      await ask({ body: JSON.stringify({ contents: [turn] }), model: name })
      const row = (await rowsOf(gateway)).at(-1)
      const ofClient = Bun.hash.xxHash32(row?.token ?? '')
      const affinity = Bun.hash.xxHash32(JSON.stringify(turn), ofClient)
      const again = twin.acquire({ kind: 'gemini', model: name, ...(policy === 'affinity' ? { affinity } : {}) })
      const chosen = again.kind === 'leased' ? again.lease.fingerprint : null
      expect([request, chosen]).toEqual([request, row?.trace[0]?.key ?? null])
      if (request % 20 === 19) moveTo(now() + hour)
    }
    expect(gateway.emulator.requests.filter(({ status }) => status !== 200).length).toBeGreaterThan(4)
  },
  20_000,
)
