import { type Comparison, compare } from './compare.ts'
import { shortfalls, tableOf } from './figures.ts'
import { isProduct, readOptions, usage } from './options.ts'
import { makeScenario } from './scenario.ts'

const write = (text: string) => process.stdout.write(text)

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  process.stderr.write(`${options}\n\n${usage}`)
  process.exit(2)
}
const startedAt = performance.now()
const { keyCount, days, seed } = options
const { projectCount, capacityPerDay } = makeScenario(options)
write(`${keyCount} keys of ${projectCount} projects, ${capacityPerDay} requests a day, ${days} days, seed ${seed}\n\n`)
const comparisons: Comparison[] = []
for (const comparison of compare(options)) {
  const { figures, outcome } = comparison
  comparisons.push(comparison)
  const told = Object.entries(outcome.tally.causes).map(([cause, count]) => `${cause} ${count}`)
  process.stderr.write(`${figures.load * 100} % ${figures.policy}: ${told.join(', ')}; ${outcome.insight}\n`)
}
const all = comparisons.map(({ figures }) => figures)
write(tableOf(all, 'cost'))
write(`\n${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
const problems = shortfalls(all)
const isAsked = all.some(({ load, policy }) => load === 0.95 && isProduct(policy)) && days > 1
if (!isAsked) write('The figures asked for are of 95 % load and of more than one day: not checked.\n')
else if (problems.length === 0) {
  write(
    'At 95 % load every policy serves at least 99.9 %, with at most 5 answers of 429 per 1,000 after the first day.\n',
  )
} else write(`Not reached:\n${problems.map(problem => `  ${problem}\n`).join('')}`)
process.exit(problems.length === 0 ? 0 : 1)
