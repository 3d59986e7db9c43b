import { expect, test } from 'bun:test'
import { broken, keyIds, nameFor, proxies, settle, setUp, stateOf } from './_egresses.ts'

test('a key always goes through the same proxy, in whatever order they are given, and the shares are even', () => {
  const forwards = setUp(proxies(5)).pool
  const backwards = setUp(proxies(5).reverse()).pool
  const shares = new Map<string, number>()
  for (const keyId of keyIds) {
    const name = nameFor(forwards, keyId)
    expect(nameFor(backwards, keyId)).toBe(name)
    shares.set(name, (shares.get(name) ?? 0) + 1)
  }
  expect(shares.size).toBe(5)
  for (const share of shares.values()) expect(Math.abs(share - 2000)).toBeLessThan(150)
})

test.each([1, 2, 3, 9])('a proxy more than %d moves only the keys that now go through it', count => {
  const { pool } = setUp(proxies(count))
  const before = keyIds.map(keyId => nameFor(pool, keyId))
  pool.replace(proxies(count + 1))
  const after = keyIds.map(keyId => nameFor(pool, keyId))
  const moved = after.filter((name, index) => name !== before[index])
  expect(new Set(moved)).toEqual(new Set([`http://10.0.0.${count + 1}:3128`]))
  expect(Math.abs(moved.length - 10_000 / (count + 1))).toBeLessThan(300)
})

test('proxies that differ only in their user share no keys and have names of their own, without the user', () => {
  const { pool } = setUp(['http://session-1:pw@10.0.0.1:3128', 'http://session-2:pw@10.0.0.1:3128'])
  expect(new Set(keyIds.slice(0, 100).map(keyId => nameFor(pool, keyId)))).toEqual(
    new Set(['http://10.0.0.1:3128', 'http://10.0.0.1:3128 #2']),
  )
  expect(JSON.stringify(pool.status())).not.toContain('session')
})

test('without the pin every request draws its proxy', () => {
  const { pool } = setUp(proxies(3), { isPinned: false })
  expect(new Set(Array.from({ length: 60 }, () => nameFor(pool, 'a'))).size).toBe(3)
  settle(pool, 'a', { kind: 'location' })
  expect(new Set(Array.from({ length: 60 }, () => nameFor(pool, 'a'))).size).toBe(2)
})

test('a key whose proxy is broken goes through the next of its own order, and no other key moves', () => {
  const { pool, clock } = setUp(proxies(4))
  const home = new Map(keyIds.map(keyId => [keyId, nameFor(pool, keyId)]))
  const first = nameFor(pool, 'a')
  settle(pool, 'a', broken, 5)
  expect(stateOf(pool, first)).toMatchObject({ state: 'broken', reason: 'ECONNREFUSED', since: clock.now, failures: 5 })
  const guests = new Set<string>()
  for (const keyId of keyIds) {
    const name = nameFor(pool, keyId)
    expect(name).not.toBe(first)
    if (home.get(keyId) === first) guests.add(name)
    else expect(name).toBe(home.get(keyId) ?? '')
  }
  expect(guests.size).toBe(3)
})
