import { expect, test } from 'bun:test'
import { type Cast, hour, model, otherModel, secretOf } from '#tests/endtoend/verdicts/_cast.ts'
import { castFor, changeSettings } from './_look.ts'

const nextDay = Date.parse('2026-11-24T08:02:00Z')
const parts = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta']

/** How often each part was asked, successfully. */
const served = ({ gateway: { emulator } }: Cast): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { key, status } of emulator.requests) {
    const part = key?.replace(/.*-/, '') ?? ''
    if (status === 200) counts[part] = (counts[part] ?? 0) + 1
  }
  emulator.clearRequests()
  return counts
}

test('headroom: once the limits are known, who may do ten times as much does', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = [
    { secret: secretOf('small'), limits: { perDay: 5 } },
    { secret: secretOf('tiny'), limits: { perDay: 5 } },
    { secret: secretOf('large'), limits: { perDay: 50 } },
  ]
  const cast = await castFor(cleanUp, { keys, settings: { KEY_POLICY: 'headroom' } })
  for (let request = 0; request < 61; request++) await cast.ask()
  expect(served(cast)).toEqual({ small: 5, tiny: 5, large: 50 })
  cast.moveTo(nextDay)
  for (let request = 0; request < 36; request++) expect((await cast.ask()).status).toBe(200)
  // In proportion: the same share of each is left.
  expect(served(cast)).toEqual({ small: 3, tiny: 3, large: 30 })
})

test('the policy can be changed while requests run, and each says by which one its key was chosen', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const cast = await castFor(cleanUp, { keys: parts })
  const policyOf = async () => (await cast.ask()).headers.get('x-gemini-balance-choice')
  const round = async () => {
    cast.asked()
    for (let request = 0; request < 16; request++) expect((await cast.ask()).status).toBe(200)
    return new Set(cast.asked()).size
  }
  expect([await policyOf(), await round()]).toEqual(['round-robin among 8 of 8 ready', 8])
  expect(await changeSettings(cast.gateway.url, { KEY_POLICY: 'affinity' })).toBe(200)
  expect([await policyOf(), await round()]).toEqual(['affinity among 8 of 8 ready', 1])
  expect(await changeSettings(cast.gateway.url, { KEY_POLICY: 'headroom' })).toBe(200)
  expect([await policyOf(), await round()]).toEqual(['headroom among 8 of 8 ready', 8])
  expect(await changeSettings(cast.gateway.url, { KEY_POLICY: 'best' })).toBe(400)
  expect(await changeSettings(cast.gateway.url, { KEY_POLICY: null })).toBe(200)
  expect([await policyOf(), await round()]).toEqual(['round-robin among 8 of 8 ready', 8])
})

test('every policy leaves the exhausted alone and serves everything that can be served', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const keys = parts.map((part, index) => ({ secret: secretOf(part), limits: { perDay: index + 1 } }))
  const cast = await castFor(cleanUp, { keys, settings: { MAX_RETRIES: '8' } })
  for (const [day, policy] of (['round-robin', 'headroom', 'affinity', 'headroom'] as const).entries()) {
    await changeSettings(cast.gateway.url, { KEY_POLICY: policy })
    cast.moveTo(nextDay + day * 24 * hour)
    cast.asked()
    const statuses: number[] = []
    for (let request = 0; request < 40; request++) {
      statuses.push((await cast.ask({ prompt: `number ${request}`, model: day === 3 ? otherModel : model })).status)
    }
    expect(statuses.filter(status => status === 200)).toHaveLength(36)
    // Each is refused once, on the first day that it is asked for the model, and never again.
    expect(cast.gateway.emulator.requests.filter(({ status }) => status === 429)).toHaveLength(
      day === 0 || day === 3 ? 8 : 0,
    )
  }
}, 20_000)
