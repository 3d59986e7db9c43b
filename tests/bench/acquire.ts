import { saveChoice } from '#src/keys/choice.ts'
import type { Lease } from '#src/keys/lease.ts'
import { type PolicyName, policyNames } from '#src/keys/policies.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import { entry, healthy, leased, perDay, poolOf, useOnce } from '#tests/keys/_pool.ts'
import { fixed, median, table } from './figures.ts'

/** What the choice of a key costs: `bun tests/bench/acquire.ts`. It must not grow with the pool, nor with its troubles. */
const sizes = [100, 10_000, 100_000]
const coolingShares = [0, 0.5, 0.9]

const model = 'gemini-3.8-flash'
const turns = 50_000
const rounds = 5

/** Every owner has told a limit, so that every lease is counted against one. */
const limited: Verdict = {
  name: 'quota-per-minute',
  blames: 'owner',
  retry: 'other-owner',
  effect: { kind: 'cool', scope: 'owner', lasts: { seconds: 1 } },
  limits: [{ quotaId: 'GenerateRequestsPerDay', unit: 'requests', per: 'day', value: 1_000_000 }],
}

type Figure = { readonly median: number; readonly slow: number }

/** Microseconds to take a key and give it back: the middle of the rounds' means, and the 99th of a hundred. */
const measure = (size: number, coolingShare: number, policy: PolicyName): Figure => {
  const { pool, clock } = poolOf(
    Array.from({ length: size }, (_, index) => entry(`key-${index}`)),
    { policy },
  )
  for (let told = 0; told < size; told++) useOnce(pool, model, limited)
  clock.now += 60_000
  for (let cooled = 0; cooled < size * coolingShare; cooled++) useOnce(pool, model, perDay)
  while (pool.index.count('cooling') > size * coolingShare) pool.tend()
  let affinity = 0
  const turn = (): Lease => {
    affinity = (affinity + 0x9e3779b9) | 0
    return leased(pool.acquire({ kind: 'gemini', model, affinity }))
  }
  const means = Array.from({ length: rounds + 1 }, () => {
    const startedAt = performance.now()
    for (let count = 0; count < turns; count++) turn().settle(healthy)
    return ((performance.now() - startedAt) / turns) * 1000
  })
  const single = new Float64Array(turns)
  for (let count = 0; count < turns; count++) {
    const startedAt = Bun.nanoseconds()
    turn().settle(healthy)
    single[count] = (Bun.nanoseconds() - startedAt) / 1000
  }
  single.sort()
  return { median: median(means.slice(1)), slow: single[Math.floor(turns * 0.99)] ?? 0 }
}

/** Microseconds to write down why a key was chosen, as it goes into the log. */
const measureTrace = (): number => {
  const { pool } = poolOf(Array.from({ length: 1000 }, (_, index) => entry(`key-${index}`)))
  const lease = leased(pool.acquire({ kind: 'gemini', model }))
  const { choice } = lease
  if (choice === null) throw new Error('a lease has a choice')
  const startedAt = performance.now()
  let length = 0
  for (let count = 0; count < turns; count++) {
    length += JSON.stringify([[lease.fingerprint, 'healthy', 200, count, saveChoice(choice), 'direct']]).length
  }
  return (((performance.now() - startedAt) / turns) * 1000 * length) / length
}

const percent = (share: number) => `${share * 100} % cooling`
const shown = ({ median: middle, slow }: Figure) => `${fixed(middle, 2)} (${fixed(slow, 1)})`
for (const policy of policyNames) {
  const rows = sizes.map(size => [
    `${size.toLocaleString('en')} keys`,
    ...coolingShares.map(share => shown(measure(size, share, policy))),
  ])
  process.stdout.write(
    `Taking a key and giving it back, ${policy}: microseconds (99 % are faster than)\n` +
      `${table([['', ...coolingShares.map(percent)], ...rows])}\n`,
  )
}
process.stdout.write(`The trace of one attempt as text: ${fixed(measureTrace(), 2)} microseconds\n`)
