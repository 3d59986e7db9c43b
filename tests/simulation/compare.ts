import { allKnowingRule } from './all-knowing-rule.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { PolicyName, SimulationOptions } from './options.ts'
import { originalRule } from './original-rule.ts'
import { poolRule } from './pool-rule.ts'
import { makeScenario } from './scenario.ts'
import { type Outcome, simulate } from './simulate.ts'

export type Comparison = { readonly figures: Figures; readonly outcome: Outcome }

/** Every policy at every load, one after the other, each with the same keys, requests and luck. */
export function* compare({ seed, keyCount, days, loads, policies }: SimulationOptions): Generator<Comparison> {
  const scenario = makeScenario({ seed, keyCount, days })
  for (const load of loads) {
    for (const policy of policies) {
      const outcome = simulate(scenario, load, ruleOf(policy))
      yield { figures: figuresOf(load, policy, outcome), outcome }
    }
  }
}

const ruleOf = (policy: PolicyName): Parameters<typeof simulate>[2] => {
  if (policy === 'original') return originalRule
  if (policy === 'all-knowing') return allKnowingRule
  return (scenario, surroundings) => poolRule(scenario, surroundings, policy)
}
