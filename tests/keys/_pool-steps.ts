import fc from 'fast-check'
import type { Verdict } from '#src/keys/verdict.ts'
import type { Wish } from '#src/keys/wish.ts'
import type { NaivePool } from './_naive-pool.ts'
import { healthy, invalid, perDay, perMinute } from './_pool.ts'

/** Requested model → the bucket Google counts it in. */
const models = { one: 'one', two: 'two', 'two-alias': 'two', '': undefined } as const
type Model = keyof typeof models

const model = fc.constantFrom<Model[]>('one', 'one', 'one', 'two', 'two-alias', '')
const kind = fc.constantFrom('gemini', 'gemini', 'gemini', 'vertex-express')
const some = fc.nat(20)

const keyShape = fc.record({
  project: fc.constantFrom(null, null, null, 'p', 'q'),
  priority: fc.constantFrom(0, 0, 0, 1, 2),
  enabled: fc.constantFrom(true, true, true, true, false),
})

/** Eight possible keys; null: not there. */
const shape = fc.array(fc.option(keyShape, { freq: 4 }), { minLength: 1, maxLength: 8 })

const wish = fc.record({
  kind,
  model,
  isCounted: fc.constantFrom(true, true, true, false),
  /** Which owners of the pool, by number. */
  avoid: fc.array(some, { maxLength: 2 }),
  owner: fc.option(some, { freq: 6 }),
  affinity: fc.option(fc.nat(), { nil: undefined }),
})

const limit = (per: 'minute' | 'day', unit: 'requests' | 'input-tokens', value: number) => ({
  quotaId: `quota per ${per}`,
  unit,
  per,
  value,
})

const ofMinute = fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat(4), fc.nat(3)).map(([seconds, requests, tokens]) => ({
  ...perMinute(seconds),
  limits: [
    ...(requests > 0 ? [limit('minute', 'requests', requests)] : []),
    ...(tokens > 0 ? [limit('minute', 'input-tokens', tokens * 100)] : []),
  ],
}))

const ofDay = fc.tuple(fc.nat(8), fc.nat(3)).map(([requests, tokens]) => ({
  ...perDay,
  limits: [
    ...(requests > 0 ? [limit('day', 'requests', requests)] : []),
    ...(tokens > 0 ? [limit('day', 'input-tokens', tokens * 200)] : []),
  ],
}))

const plain: Verdict = { name: 'blocked', blames: 'content', retry: 'never', effect: { kind: 'none' } }
const coolKey = { kind: 'cool', scope: 'key', lasts: { seconds: 21_600 } } as const

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(healthy) },
  { weight: 4, arbitrary: ofMinute },
  { weight: 5, arbitrary: ofDay },
  fc.constantFrom<Verdict[]>(
    plain,
    { ...plain, name: 'unused' },
    { ...plain, name: 'busy', effect: { kind: 'throttle', target: 'egress' } },
    { ...plain, name: 'no-quota', effect: { kind: 'cool', scope: 'owner', lasts: { seconds: 86_400 } } },
    { ...plain, name: 'billing', effect: { kind: 'cool-owner', seconds: 3600 } },
    { ...plain, name: 'forbidden', blames: 'key', effect: coolKey },
    { ...plain, name: 'model-not-found', blames: 'key', effect: coolKey },
    { ...plain, name: 'unclassified', blames: 'key', effect: { kind: 'soft-failure' } },
    invalid,
    { ...invalid, name: 'project-denied', effect: { kind: 'kill', scope: 'owner', remedy: 'Enable it.' } },
  ),
)

const told = fc.record({
  verdict,
  namesBucket: fc.boolean(),
  consumer: fc.constantFrom(undefined, undefined, undefined, undefined, 'projects/1', 'projects/2', 'api_key:x'),
})

/** Mostly a little, sometimes over the turn of the minute or of the day. */
const forward = fc.oneof(
  fc.nat(2000),
  fc.nat(90_000),
  fc.integer({ min: 60_000, max: 7_200_000 }),
  fc.integer({ min: 3_600_000, max: 8 * 86_400_000 }),
)

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant('acquire'), wish }) },
  {
    weight: 10,
    arbitrary: fc.record({
      does: fc.constant('settle'),
      which: some,
      told,
      tokens: fc.constantFrom(0, 0, 50, 150),
      reached: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('advance'), milliseconds: forward }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('go back'), milliseconds: forward }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('replace'), shape }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('report'), which: some, told, model }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('tend') }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('look') }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('wait'), wish, milliseconds: fc.integer({ min: 1, max: 120_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('leave'), which: some }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('restart') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('resume') }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('limit'), mostInFlight: fc.nat(3) }) },
)

export type StepWish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never
export type Told = typeof told extends fc.Arbitrary<infer Value> ? Value : never
export type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** The verdict as Google would have put it for the model. */
export const verdictOf = ({ verdict: one, namesBucket, consumer }: Told, asked: string): Verdict => {
  const bucket = Object.hasOwn(models, asked) ? models[asked as Model] : undefined
  const isNamed = namesBucket && bucket !== undefined && one.effect.kind === 'cool' && one.effect.scope === 'owner'
  return { ...one, ...(isNamed ? { bucket } : {}), ...(consumer === undefined ? {} : { consumer }) }
}

/** A pool, and what happens to it. `startsAt`: an ordinary day, one of 23 hours, one of 25. */
export const story = fc.record({
  shape,
  policy: fc.constantFrom('round-robin' as const, 'headroom' as const, 'affinity' as const),
  mostInFlight: fc.constantFrom(0, 0, 1, 2),
  startsAt: fc.constantFrom(
    '2026-11-23T12:00:00Z',
    '2026-11-24T07:58:30Z',
    '2026-03-08T07:30:00Z',
    '2026-11-01T06:30:00Z',
  ),
  goesBack: fc.constantFrom(false, false, true),
  steps: fc.array(step, { maxLength: 60, size: 'max' }),
})
export type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

/** The wish, with the names of owners that are there in place of numbers. */
export const wishOf = ({ kind, model, isCounted, avoid, owner, affinity }: StepWish, naive: NaivePool): Wish => {
  const names = [...new Set(naive.keys.map(({ ownerName }) => ownerName))]
  const name = (number: number) => names[number % Math.max(1, names.length)]
  const avoided = avoid.map(name).filter(one => one !== undefined)
  const wished = owner === null ? undefined : name(owner)
  return {
    kind,
    model,
    isCounted,
    ...(avoided.length === 0 ? {} : { avoid: new Set(avoided) }),
    ...(wished === undefined ? {} : { owner: wished }),
    ...(affinity === undefined ? {} : { affinity }),
  }
}
