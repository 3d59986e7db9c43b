import { expect, test } from 'bun:test'
import { Rotation } from '#src/keys/key-group.ts'
import { type PolicyName, policies } from '#src/keys/policies.ts'

const rotationOf = (slots: readonly number[]) => {
  const rotation = new Rotation()
  for (const slot of slots) rotation.set(slot, true)
  return rotation
}

const upTo = (count: number) => Array.from({ length: count }, (_, slot) => slot)

const choose = (
  policy: PolicyName,
  rotation: Rotation,
  more: { shares?: readonly number[]; affinity?: number; slots?: number } = {},
) =>
  policies[policy]({
    rotation,
    slots: more.slots ?? rotation.ready.capacity,
    accepts: () => true,
    shareLeft: slot => more.shares?.[slot] ?? 1,
    affinity: more.affinity,
  })

const times = (count: number, run: () => number) => Array.from({ length: count }, run)

/** Where each of so many conversations goes. */
const homes = (rotation: Rotation, slots: number, conversations = 2000) =>
  Array.from({ length: conversations }, (_, index) => choose('affinity', rotation, { affinity: index * 7919, slots }))

test('round robin gives everybody the same', () => {
  const rotation = rotationOf([0, 3, 64, 1000])
  expect(times(8, () => choose('round-robin', rotation))).toEqual([0, 3, 64, 1000, 0, 3, 64, 1000])
})

test('round robin goes on where it was when somebody leaves or comes', () => {
  const rotation = rotationOf([0, 1, 2])
  expect(choose('round-robin', rotation)).toBe(0)
  rotation.set(1, false)
  rotation.set(5, true)
  expect(times(3, () => choose('round-robin', rotation))).toEqual([2, 5, 0])
})

test.each(['round-robin', 'headroom', 'affinity'] as const)('%s chooses nobody where nobody is ready', policy => {
  const rotation = rotationOf([])
  expect([choose(policy, rotation), choose(policy, rotation, { affinity: 1 }), rotation.cursor]).toEqual([-1, -1, 0])
})

test.each(['round-robin', 'headroom', 'affinity'] as const)('%s finds the only one that is accepted', policy => {
  const rotation = rotationOf(upTo(200))
  const choosing = {
    rotation,
    slots: 200,
    accepts: (slot: number) => slot === 77,
    shareLeft: () => 1,
    affinity: 12_345,
  }
  expect([1, 2].map(() => policies[policy](choosing))).toEqual([77, 77])
})

test('headroom takes the one with the largest share of its day left, in a pool of mixed tiers', () => {
  const shares = [0.2, 0.9, 0.5]
  expect(times(3, () => choose('headroom', rotationOf([0, 1, 2]), { shares }))).toEqual([1, 1, 1])
})

test('headroom takes equals in turn', () => {
  const rotation = rotationOf([0, 1, 2])
  expect(times(4, () => choose('headroom', rotation, { shares: [0.5, 0.5, 0.5] }))).toEqual([0, 1, 2, 0])
})

test('headroom looks at sixteen and no more', () => {
  const shares = upTo(40).map(slot => slot / 40)
  const rotation = rotationOf(upTo(40))
  expect(choose('headroom', rotation, { shares })).toBe(15)
  expect(choose('headroom', rotation, { shares })).toBe(31)
})

test('headroom uses tiers of different sizes up at the same rate', () => {
  const limits = [100, 1000]
  const used = [0, 0]
  const rotation = rotationOf([0, 1])
  for (let request = 0; request < 550; request++) {
    const slot = choose('headroom', rotation, { shares: limits.map((limit, one) => 1 - (used[one] ?? 0) / limit) })
    used[slot] = (used[slot] ?? 0) + 1
  }
  expect(used).toEqual([50, 500])
})

test('a conversation stays where it is', () => {
  const rotation = rotationOf(upTo(50))
  const home = choose('affinity', rotation, { affinity: 4711 })
  expect(times(20, () => choose('affinity', rotation, { affinity: 4711 }))).toEqual(Array(20).fill(home))
})

test('a conversation moves when its owner cools, and comes back with it; nobody else moves', () => {
  const rotation = rotationOf(upTo(50))
  const before = homes(rotation, 50)
  const [cooling = -1] = before
  rotation.set(cooling, false)
  const meanwhile = homes(rotation, 50)
  expect(meanwhile.includes(cooling)).toBe(false)
  expect(meanwhile.filter((slot, index) => before[index] !== cooling && slot !== before[index])).toEqual([])
  // Those that had to move do not all go to the same one.
  expect(new Set(meanwhile.filter((_, index) => before[index] === cooling)).size).toBeGreaterThan(10)
  rotation.set(cooling, true)
  expect(homes(rotation, 50)).toEqual(before)
})

test.each([3, 10, 32, 50, 64, 500])(
  'a new owner takes its share of the conversations of %p others, and no more',
  count => {
    const rotation = rotationOf(upTo(count))
    const before = homes(rotation, count)
    rotation.set(count, true)
    const moved = homes(rotation, count + 1).filter((slot, index) => slot !== before[index])
    expect(new Set(moved)).toEqual(new Set([count]))
    expect(moved.length).toBeLessThan((2 * 2000) / (count + 1) + 20)
  },
)

test.each([3, 10, 33, 100])('conversations spread over %p owners', count => {
  const counts = new Map<number, number>()
  for (const slot of homes(rotationOf(upTo(count)), count, 10_000)) counts.set(slot, (counts.get(slot) ?? 0) + 1)
  const even = 10_000 / count
  expect(counts.size).toBe(count)
  expect(Math.min(...counts.values())).toBeGreaterThan(even * 0.6)
  expect(Math.max(...counts.values())).toBeLessThan(even * 1.5)
})

test('a request without a conversation is served in turn', () => {
  const rotation = rotationOf([0, 1, 2])
  expect(times(4, () => choose('affinity', rotation))).toEqual([0, 1, 2, 0])
})
