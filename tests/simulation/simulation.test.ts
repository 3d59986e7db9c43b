import { beforeAll, describe, expect, test } from 'bun:test'
import { type Comparison, compare } from './compare.ts'
import { shortfalls, tableOf } from './figures.ts'
import { type PolicyName, quick } from './options.ts'

const options = { ...quick, seed: 7 }
const policies = ['round-robin', 'headroom', 'affinity'] as const
const results = new Map<PolicyName, Comparison>()

beforeAll(() => {
  for (const result of compare(options)) results.set(result.figures.policy, result)
}, 60_000)

const resultOf = (policy: PolicyName): Comparison => {
  const result = results.get(policy)
  if (result === undefined) throw new Error(`${policy} was not simulated`)
  return result
}

describe.each(policies)('two days at 95 %% load with %s', policy => {
  test('at least 99.9 % are served, with at most 5 answers of 429 per 1,000 after the first day', () => {
    expect(shortfalls([resultOf(policy).figures])).toEqual([])
  })

  test('a dead key is tried once', () => {
    const { tally } = resultOf(policy).outcome
    expect(tally.onDead).toBeGreaterThan(0)
    expect(tally.shortestDeadPause).toBe(Number.POSITIVE_INFINITY)
  })

  test('a key whose day is known to be used up is not tried before midnight in Los Angeles', () => {
    const { causes } = resultOf(policy).outcome.tally
    expect(causes['refused-day'] + causes['refused-day-shared']).toBeGreaterThan(0)
    expect(causes['refused-again']).toBe(0)
  })

  test('no key is taken out that Google would serve', () => {
    expect(resultOf(policy).outcome.wronglyOut.times).toBe(0)
  })

  test("the original's rule serves fewer and is refused more often", () => {
    const ours = resultOf(policy).figures
    const theirs = resultOf('original').figures
    expect(ours.served).toBeGreaterThan(theirs.served)
    expect(ours.refused).toBeLessThan(theirs.refused)
    expect(ours.attempts).toBeLessThan(theirs.attempts)
    expect(ours.keyHoursOut).toBeLessThan(theirs.keyHoursOut)
  })
})

test('affinity keeps conversations in one project more often than turns do', () => {
  expect(resultOf('affinity').figures.stays).toBeGreaterThan(resultOf('round-robin').figures.stays + 0.5)
})

test('the same seed gives the same table, another seed another', () => {
  const tableFor = (seed: number) => {
    const short = { ...options, seed, days: 1, keyCount: 20 }
    return tableOf(
      [...compare(short)].map(({ figures }) => figures),
      'no-cost',
    )
  }
  expect(tableFor(7)).toBe(tableFor(7))
  expect(tableFor(8)).not.toBe(tableFor(7))
})
