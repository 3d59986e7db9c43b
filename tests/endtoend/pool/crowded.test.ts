import { expect, test } from 'bun:test'
import type { EmulatorKey, KeyBehaviour } from '#src/emulator/emulator.ts'
import { startGateway } from '#tests/_gateway.ts'
import { type Form, readAll, send } from '#tests/endings/_ask.ts'
import { secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { changeSettings, rowsOf } from './_look.ts'

/** The same numbers in every run, from 0 up to 1. */
const numbersFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const passing: readonly KeyBehaviour[] = ['reset', 'cut', 'empty', 'malformed-call', 'stream-error', 'blocked-answer']
const forms: readonly Form[] = ['whole', 'sse', 'array']
const parts = ['one', 'two', 'three', 'four']

test.each(['round-robin', 'headroom', 'affinity'])(
  '%s: a crowd that waits for few keys, with failures and people who leave, leaves nothing behind',
  async policy => {
    await using cleanUp = new AsyncDisposableStack()
    const random = numbersFrom(policy.length)
    const keys: readonly EmulatorKey[] = parts.map(part => ({ secret: secretOf(part), limits: { perDay: 1000 } }))
    const gateway = await startGateway({
      keys,
      emulator: { delayMs: { betweenChunks: 1 } },
      settings: {
        KEY_POLICY: policy,
        KEY_WAIT_MAX_SECONDS: '60',
        MAX_IN_FLIGHT_PER_KEY: '2',
        MAX_RETRIES: '3',
        CHECK_INTERVAL_HOURS: '0',
      },
    })
    cleanUp.defer(gateway.stop)
    const { pool, line } = gateway.services
    const client = async (number: number): Promise<number> => {
      const leaving = new AbortController()
      const part = parts[number % parts.length] ?? ''
      if (random() < 0.1) {
        const behaviour = passing[Math.floor(random() * passing.length)] ?? 'empty'
        gateway.emulator.setBehaviour(secretOf(part), behaviour, { times: 1 })
      }
      if (random() < 0.15) setTimeout(() => leaving.abort(), random() * 500)
      try {
        const form = forms[number % forms.length] ?? 'whole'
        const response = await send(gateway.url, { form, prompt: `number ${number}`, signal: leaving.signal })
        return (await readAll(response)).status
      } catch {
        return 499
      }
    }
    const clients = Array.from({ length: 200 }, (_, number) => client(number))
    // Whoever looks on or changes something meanwhile is in nobody's way.
    expect(await changeSettings(gateway.url, { MAX_IN_FLIGHT_PER_KEY: 3 })).toBe(200)
    const statuses = await Promise.all(clients)
    const rows = await rowsOf(gateway)
    expect([pool.inFlight, line.size, gateway.live.count]).toEqual([0, 0, 0])
    // Some leave before their request has.
    expect(rows.length).toBeGreaterThanOrEqual(statuses.filter(status => status !== 499).length)
    // Everybody was served, was refused for a reason of upstream's, or has left; nobody waited in vain.
    expect(rows.filter(({ error }) => error === 'keys-cooling' || error === 'internal' || error === 'no-key')).toEqual(
      [],
    )
    expect(statuses.filter(status => status === 200).length).toBeGreaterThan(140)
    for (const key of pool.keys()) expect([key.inFlight, key.death]).toEqual([0, null])
    const counted = pool.totals.reduce((sum, { requestsToday }) => sum + requestsToday, 0)
    const arrived = gateway.emulator.requests.filter(({ method }) => method === 'POST').length
    // Whoever leaves while the request is on its way may have been counted, and never have arrived.
    expect(counted).toBeGreaterThanOrEqual(arrived)
    gateway.takeErrors()
  },
  40_000,
)
