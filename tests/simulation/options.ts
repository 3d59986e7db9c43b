import type { Policy } from './make-pool.ts'

export type PolicyName = Policy | 'original' | 'all-knowing'

/** What a run is told on the command line. */
export type SimulationOptions = {
  readonly seed: number
  /** Shares of the capacity: 0.95. */
  readonly loads: readonly number[]
  readonly policies: readonly PolicyName[]
  readonly days: number
  readonly keyCount: number
}

const policyNames: readonly PolicyName[] = ['round-robin', 'headroom', 'affinity', 'original', 'all-knowing']

/** The others stand beside for comparison. */
export const isProduct = (policy: PolicyName): policy is Policy => policy !== 'original' && policy !== 'all-knowing'

export const usage = `Usage: bun run simulate [options]

  --seed <n>         another pile of keys, other requests, other luck (1)
  --load <list>      percent of the capacity (50,80,95,99)
  --policy <list>    of ${policyNames.join(', ')} (all)
  --days <n>         Pacific days, from 2026-10-31 on; the second has 25 hours (3)
  --keys <n>         keys in the pile (1000)
  --quick            200 keys, two days, 95 percent
`

const full: SimulationOptions = {
  seed: 1,
  loads: [0.5, 0.8, 0.95, 0.99],
  policies: policyNames,
  days: 3,
  keyCount: 1000,
}

export const quick: SimulationOptions = { ...full, loads: [0.95], days: 2, keyCount: 200 }

/** @returns a sentence when the arguments cannot be understood */
export const readOptions = (parameters: readonly string[]): SimulationOptions | string => {
  let options = parameters.includes('--quick') ? quick : full
  for (let index = 0; index < parameters.length; index++) {
    const name = parameters[index] ?? ''
    if (name === '--quick') continue
    const value = parameters[++index]
    const change = value === undefined ? null : readOption(name, value)
    if (change === null) return `"${[name, value].filter(Boolean).join(' ')}" is not understood.`
    options = { ...options, ...change }
  }
  return options
}

const readOption = (name: string, value: string): Partial<SimulationOptions> | null => {
  const parts = value.split(',')
  const number = Number(value)
  const isCount = Number.isInteger(number) && number > 0
  switch (name) {
    case '--seed':
      return Number.isInteger(number) ? { seed: number } : null
    case '--load':
      return parts.every(part => Number(part) > 0) ? { loads: parts.map(part => Number(part) / 100) } : null
    case '--policy': {
      const policies = policyNames.filter(policy => parts.includes(policy))
      return policies.length === parts.length ? { policies } : null
    }
    case '--days':
      return isCount ? { days: number } : null
    case '--keys':
      return isCount && number >= 20 ? { keyCount: number } : null
    default:
      return null
  }
}
