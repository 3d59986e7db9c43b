import { expect, test } from 'bun:test'
import { type Choice, describeChoice, saveChoice } from '#src/keys/choice.ts'
import { createKeyOverview } from '#src/keys/key-overview.ts'
import { ReadySet } from '#src/keys/ready-set.ts'
import { entry, invalid, perMinute, poolOf } from './_pool.ts'

const choice: Choice = {
  policy: 'round-robin',
  bucket: 'one',
  priority: 0,
  cursor: 3,
  slot: 4,
  ready: 12,
  owners: 40,
  dead: 0,
  disabled: 0,
  tried: 0,
}

test.each([
  [{}, 'round-robin among 12 of 40 ready'],
  [{ priority: 1 }, 'round-robin among 12 of 40 ready, priority 1'],
  [{ priority: null, ready: 0 }, 'round-robin among 0 of 40 ready'],
  [{ dead: 3, disabled: 2, tried: 1 }, 'round-robin among 12 of 40 ready, 3 dead, 2 disabled, 1 tried before'],
])('a choice in words: %p', (more, words) => {
  expect(describeChoice({ ...choice, ...more })).toBe(words)
})

test('a choice is stored in a fixed order', () => {
  expect(saveChoice({ ...choice, dead: 1, disabled: 2, tried: 3 })).toEqual([
    'round-robin',
    'one',
    0,
    3,
    4,
    12,
    40,
    1,
    2,
    3,
  ])
})

test('the member of a rank is found, over words that are full, empty and mixed', () => {
  const members = [0, 1, 31, 32, 63, 64, 1000, 1023, 1024, 39_999]
  const ready = new ReadySet()
  for (const member of members) ready.add(member)
  expect(members.map((_, rank) => ready.at(rank))).toEqual(members)
  expect([ready.at(members.length), ready.at(10_000), new ReadySet().at(0)]).toEqual([-1, -1, -1])
})

test('the overview shows keys by condition, in pages', () => {
  const ids = Array.from({ length: 100 }, (_, index) => `key${index}`)
  const { pool, clock } = poolOf(ids.map((keyId, index) => entry(keyId, { enabled: index !== 99 })))
  for (let index = 0; index < 90; index += 3) pool.report(`key${index}`, invalid)
  pool.report('key1', perMinute(60), 'one')
  const overview = createKeyOverview(pool, () => clock.now)
  expect(overview.counts()).toEqual({ total: 100, ready: 68, cooling: 1, dead: 30, disabled: 1 })
  const page = overview.page({ offset: 28, limit: 5, condition: 'dead' })
  expect(page.rows.map(({ keyId }) => keyId)).toEqual(['key84', 'key87'])
  expect(page.matching).toBe(30)
  expect(overview.page({ offset: 97, limit: 2 }).rows.map(({ keyId }) => keyId)).toEqual(['key97', 'key98'])
  expect(overview.page({ offset: 100, limit: 2 }).rows).toEqual([])
  expect(overview.page({ offset: 0, limit: 5, condition: 'cooling' }).rows).toMatchObject([
    { keyId: 'key1', condition: 'cooling', cooling: [{ bucket: 'one', reason: 'quota-per-minute' }] },
  ])
  clock.now += 60_000
  expect(overview.counts().cooling).toBe(0)
})
