import { isProduct, type PolicyName } from './options.ts'
import type { Outcome } from './simulate.ts'

/** One line of the table. */
export type Figures = {
  readonly load: number
  readonly policy: PolicyName
  /** 0 to 1, of all client requests. */
  readonly served: number
  readonly servedLater: number
  /** Answers of 429 for every 1,000 client requests: of all days, and after the first. NaN when there is no second. */
  readonly refused: number
  readonly refusedLater: number
  readonly attempts: number
  readonly timesOut: number
  readonly keyHoursOut: number
  /** 0 to 1: follow-ups in a conversation that met the project of the request before. */
  readonly stays: number
  readonly microseconds: number
}

export const figuresOf = (load: number, policy: PolicyName, outcome: Outcome): Figures => {
  const { tally, wronglyOut, spent } = outcome
  const requests = sum(tally.requests)
  const requestsLater = sum(tally.requests.slice(1))
  return {
    load,
    policy,
    served: sum(tally.served) / requests,
    servedLater: sum(tally.served.slice(1)) / requestsLater,
    refused: (1000 * sum(tally.refused)) / requests,
    refusedLater: (1000 * sum(tally.refused.slice(1))) / requestsLater,
    attempts: tally.attempts / requests,
    timesOut: wronglyOut.times,
    keyHoursOut: wronglyOut.keyHours,
    stays: tally.stays / tally.followUps,
    microseconds: (1000 * spent) / requests,
  }
}

const sum = (counts: Int32Array) => counts.reduce((total, count) => total + count, 0)

/** What is wrong with the product's figures at 95 % load; one sentence each. */
export const shortfalls = (all: readonly Figures[]): readonly string[] =>
  all
    .filter(({ load, policy, refusedLater }) => load === 0.95 && isProduct(policy) && !Number.isNaN(refusedLater))
    .flatMap(({ policy, served, refusedLater }) => [
      ...(served >= 0.999
        ? []
        : [`${policy}: ${percent(served)} % served at 95 % load; at least 99.9 % are asked for.`]),
      ...(refusedLater <= 5
        ? []
        : [
            `${policy}: ${refusedLater.toFixed(2)} answers of 429 per 1,000 requests after the first day; 5 are allowed.`,
          ]),
    ])

const head = [
  'load',
  'policy',
  'served %',
  '429 per 1,000',
  'after day 1',
  'attempts per request',
  'wrongly out',
  'key-hours lost',
  'same project %',
]

/** A Markdown table. The cost is left out where it must not matter: it is the only figure that another run changes. */
export const tableOf = (all: readonly Figures[], shows: 'cost' | 'no-cost'): string => {
  const withCost = (row: readonly string[], cost: string) => (shows === 'cost' ? [...row, cost] : row)
  const rows = all.map(figures => withCost(cellsOf(figures), figures.microseconds.toFixed(1)))
  const heading = withCost(head, 'pool µs')
  const rule = heading.map((_, column) => (column === 1 ? '---' : '--:'))
  return [heading, rule, ...rows].map(row => `| ${row.join(' | ')} |\n`).join('')
}

const cellsOf = (figures: Figures): readonly string[] => [
  `${Math.round(figures.load * 100)} %`,
  figures.policy,
  percent(figures.served),
  figures.refused.toFixed(2),
  Number.isNaN(figures.refusedLater) ? '–' : figures.refusedLater.toFixed(2),
  figures.attempts.toFixed(4),
  String(figures.timesOut),
  figures.keyHoursOut.toFixed(1),
  (100 * figures.stays).toFixed(1),
]

/** Never rounded up to 100. */
const percent = (share: number) => (Math.floor(share * 100_000) / 1000).toFixed(3)
