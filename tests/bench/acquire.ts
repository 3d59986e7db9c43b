import { entry, healthy, leased, perDay, poolOf, useOnce } from '#tests/keys/_pool.ts'
import { fixed, median, table } from './figures.ts'

/** What the choice of a key costs: `bun tests/bench/acquire.ts`. It must not grow with the pool, nor with its troubles. */
const sizes = [100, 10_000, 100_000]
const coolingShares = [0, 0.5, 0.9]

const model = 'gemini-3.8-flash'
const turns = 50_000
const rounds = 5

/** Microseconds to take a key and give it back. */
const measure = (size: number, coolingShare: number): number => {
  const { pool } = poolOf(Array.from({ length: size }, (_, index) => entry(`key-${index}`)))
  for (let cooled = 0; cooled < size * coolingShare; cooled++) useOnce(pool, model, perDay)
  const wish = { kind: 'gemini', model } as const
  const figures = Array.from({ length: rounds + 1 }, () => {
    const startedAt = performance.now()
    for (let turn = 0; turn < turns; turn++) leased(pool.acquire(wish)).settle(healthy)
    return ((performance.now() - startedAt) / turns) * 1000
  })
  return median(figures.slice(1)) // the first round warms up
}

const percent = (share: number) => `${share * 100} % cooling`
const rows = sizes.map(size => [
  `${size.toLocaleString('en')} keys`,
  ...coolingShares.map(share => fixed(measure(size, share), 2)),
])
process.stdout.write(
  `Taking a key and giving it back, microseconds\n${table([['', ...coolingShares.map(percent)], ...rows])}`,
)
