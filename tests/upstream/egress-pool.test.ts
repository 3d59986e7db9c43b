import { expect, test } from 'bun:test'
import { directly } from '#src/upstream/way-out.ts'
import { broken, keyIds, nameFor, passOf, proxies, settle, setUp, stateOf } from './_egresses.ts'

test('without proxies there is one way out, direct', () => {
  const { pool } = setUp([])
  expect(passOf(pool.choose('a')).egress).toMatchObject(directly)
})

test('the same proxy written twice is one', () => {
  expect(setUp(['http://10.0.0.1:80', 'HTTP://10.0.0.1/']).pool.status()).toHaveLength(1)
})

test('a broken proxy gets no request while another is fine, however long it has been broken', () => {
  const { pool, clock } = setUp(proxies(2))
  const first = nameFor(pool, 'a')
  settle(pool, 'a', broken, 5)
  for (let second = 0; second < 100; second++) {
    clock.now += 1000
    expect(nameFor(pool, 'a')).not.toBe(first)
  }
})

test('a proxy that Google did not serve gets one request when its time is up, and its keys when that succeeds', () => {
  const { pool, clock } = setUp(proxies(2))
  const first = nameFor(pool, 'a')
  settle(pool, 'a', { kind: 'location' })
  clock.now += 44_000
  expect(nameFor(pool, 'a')).not.toBe(first)
  clock.now += 16_000
  const probe = passOf(pool.choose('a'))
  expect(probe.egress.name).toBe(first)
  expect(nameFor(pool, 'a')).not.toBe(first)
  probe.settle({ kind: 'location' })
  expect(nameFor(pool, 'a')).not.toBe(first)
  clock.now += 120_000
  settle(pool, 'a', { kind: 'answered' })
  expect(nameFor(pool, 'a')).toBe(first)
  expect(stateOf(pool, first)).toMatchObject({ state: 'open' })
})

test('fail closed: a key whose proxy is broken does not go out, and is told until when', () => {
  const { pool, clock } = setUp(proxies(2), { mayFailOver: false })
  const first = nameFor(pool, 'a')
  const other = keyIds.find(keyId => nameFor(pool, keyId) !== first) ?? ''
  settle(pool, 'a', { kind: 'location' })
  const choice = pool.choose('a')
  expect(choice).toEqual({
    kind: 'refuse',
    cause: 'broken',
    retryAt: expect.any(Number),
    reason: 'The proxy of this key cannot be used: Google does not serve the place it comes from.',
  })
  expect(choice.kind === 'refuse' && choice.retryAt).toBeGreaterThan(clock.now + 44_000)
  expect(pool.choose(other).kind).toBe('go')
})

test('an attempt elsewhere avoids the proxies that failed in this exchange, as long as there is another', () => {
  const { pool } = setUp(proxies(2))
  const first = passOf(pool.choose('a')).egress
  const second = passOf(pool.choose('a', [first])).egress
  expect(second.name).not.toBe(first.name)
  expect(passOf(pool.choose('a', [first, second])).egress.name).toBe(first.name)
})

test('an avoided proxy is better than a broken one', () => {
  const { pool } = setUp(proxies(2))
  const first = passOf(pool.choose('a')).egress
  const second = passOf(pool.choose('a', [first]))
  second.settle({ kind: 'location' })
  expect(passOf(pool.choose('a', [first])).egress.name).toBe(first.name)
})

test('when all are broken one caller waits to try each, and the rest are refused in words without addresses', () => {
  const { pool } = setUp(['http://u:secret-word@10.0.0.1:3128', 'http://u:secret-word@10.0.0.2:3128'])
  settle(pool, 'a', broken, 5)
  settle(pool, 'a', broken, 5)
  const waits = [pool.choose('a'), pool.choose('a')]
  expect(waits.map(({ kind }) => kind)).toEqual(['wait', 'wait'])
  expect(new Set(waits.map(choice => passOf(choice).egress.name)).size).toBe(2)
  expect(pool.choose('a')).toEqual({
    kind: 'refuse',
    cause: 'broken',
    retryAt: expect.any(Number),
    reason: 'No proxy to Google is usable at the moment: 2 broken.',
  })
})

test('the one way out without proxies breaks and comes back by the same rules', () => {
  const { pool, clock } = setUp([])
  settle(pool, 'a', broken, 5)
  const wait = pool.choose('b')
  expect(wait.kind).toBe('wait')
  expect(pool.choose('c')).toMatchObject({
    kind: 'refuse',
    reason: 'The connection to Google is broken at the moment (ECONNREFUSED).',
  })
  clock.now += 250
  passOf(wait).settle({ kind: 'answered' })
  expect(pool.choose('c').kind).toBe('go')
})

test('"User location is not supported" breaks at once; without a proxy, one at a time is told by Google itself', () => {
  const { pool } = setUp([])
  settle(pool, 'a', { kind: 'location' })
  expect(pool.choose('a')).toMatchObject({ kind: 'wait' })
  expect(pool.choose('a')).toMatchObject({
    kind: 'refuse',
    reason: 'The connection to Google cannot be used: Google does not serve the place it comes from.',
  })
})

test('a 429 without a reason to two keys rests the way; one caller waits for its end, the others are refused', () => {
  const { pool, clock } = setUp([])
  settle(pool, 'a', { kind: 'crowded', keyId: 'a' })
  expect(pool.choose('a').kind).toBe('go')
  settle(pool, 'b', { kind: 'crowded', keyId: 'b' })
  expect(pool.status()).toMatchObject([{ state: 'throttled', throttledUntil: clock.now + 2000, since: clock.now }])
  const first = pool.choose('a')
  expect(first).toMatchObject({ kind: 'wait', milliseconds: 2000 })
  expect(pool.choose('b')).toMatchObject({
    kind: 'refuse',
    retryAt: clock.now + 2000,
    reason: 'The connection to Google rests for a moment: Google says that too many requests come this way.',
  })
  passOf(first).settle({ kind: 'unknown' })
  expect(pool.choose('c').kind).toBe('wait')
  clock.now += 2000
  expect(pool.choose('d').kind).toBe('go')
})

test('keys of a throttled proxy go through another', () => {
  const { pool } = setUp(proxies(2))
  const first = nameFor(pool, 'a')
  settle(pool, 'a', { kind: 'crowded', keyId: 'a' }, 3)
  expect(nameFor(pool, 'a')).not.toBe(first)
})

test('a pass counts once', () => {
  const { pool } = setUp([])
  const pass = passOf(pool.choose('a'))
  for (let count = 0; count < 9; count++) pass.settle(broken)
  expect(pool.status()).toMatchObject([{ state: 'open', requests: 1, failures: 1 }])
})

test('a new list keeps what is known of the proxies that stay', () => {
  const { pool } = setUp(proxies(2))
  const first = nameFor(pool, 'a')
  settle(pool, 'a', { kind: 'location' })
  pool.replace([...proxies(3)].reverse())
  expect(stateOf(pool, first)).toMatchObject({ state: 'broken', reason: 'location-not-supported', failures: 1 })
  pool.replace([])
  expect(pool.status()).toMatchObject([{ name: 'direct', state: 'open' }])
})

test('a slip of the pen in PROXIES never means directly', () => {
  const { pool } = setUp(proxies(1))
  expect(() => pool.replace(['ftp://u:secret-word@10.0.0.1'])).toThrow(
    new Error('Entry 1 of PROXIES is no address of a proxy.'),
  )
  expect(pool.status()).toMatchObject([{ name: 'http://10.0.0.1:3128' }])
})
