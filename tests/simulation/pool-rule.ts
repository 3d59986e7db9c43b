import type { PoolKey } from '#src/keys/pool-key.ts'
import type { Verdict } from '#src/keys/verdict.ts'
import type { Call } from './call.ts'
import { judgeAnswer } from './judged.ts'
import { isOut, keyIdOf, makePool, type Policy, wishOf } from './make-pool.ts'
import { luckOf } from './random.ts'
import type { Rule, Surroundings } from './rule.ts'
import type { Scenario } from './scenario.ts'

/** The default of MAX_RETRIES. */
const mostAttempts = 3

/** The product: its pool, its judge, and the loop of `pipeline/retrying.ts` with its pauses in virtual time. */
export const poolRule = (scenario: Scenario, { clock }: Surroundings, policy: Policy): Rule => {
  const pool = makePool(scenario, clock, policy)
  const numbers = new Map(Array.from({ length: scenario.keyCount }, (_, key) => [keyIdOf(key), key]))
  const keys = Array.from({ length: scenario.keyCount }, (_, key) => pool.key(keyIdOf(key)))
  let spent = 0

  const take = (call: Call): number => {
    const wish = wishOf(call, scenario.models[call.model] ?? '')
    const startedAt = performance.now()
    const acquisition = pool.acquire(wish)
    spent += performance.now() - startedAt
    if (acquisition.kind !== 'leased') return -1
    call.lease = acquisition.lease
    return numbers.get(acquisition.lease.keyId) ?? -1
  }

  const hear = (call: Call): number => {
    const { lease } = call
    if (lease === null) throw new Error('An answer came to a call that holds no key')
    const verdict = judgeAnswer(scenario, call.answer, call.model, call.askedAt)
    // As in the loop: the name as it was when the key was taken back, which the verdict itself may have changed.
    const startedAt = performance.now()
    lease.settle(verdict)
    spent += performance.now() - startedAt
    return pauseAfter(scenario, call, verdict, lease.key.owner.name)
  }

  return {
    take,
    hear,
    isOut: (key, model) => {
      const poolKey = keys[key]
      return poolKey === undefined || isOut(poolKey, scenario.models[model] ?? '', clock.now)
    },
    errandAt: () => Number.POSITIVE_INFINITY,
    runErrand: () => {},
    spent: () => spent,
    insight: () => describeOwners(scenario, keys),
  }
}

/** Milliseconds until the next attempt; -1 for none. */
const pauseAfter = ({ seed }: Scenario, call: Call, verdict: Verdict, ownerName: string): number => {
  if (verdict.retry === 'never') return -1
  call.failures ??= []
  call.failures.push(verdict.name)
  const failures = call.failures.filter(name => name === verdict.name).length
  const mayRetry = isHelped(verdict) && call.attempt < mostAttempts && failures <= (verdict.mostRetries ?? mostAttempts)
  if (!mayRetry) return -1
  if (verdict.retry === 'other-owner' || verdict.retry === 'other-key') {
    call.avoid ??= new Set()
    call.avoid.add(ownerName)
    return 0
  }
  return Math.min(4000, 250 * 2 ** (failures - 1)) * (0.5 + luckOf(seed, call.number, 100 + call.attempt))
}

const isHelped = ({ retry }: Verdict) =>
  retry === 'other-owner' || retry === 'other-key' || retry === 'any-key' || retry === 'other-egress'

/** Which shared projects the pool has found out, and whether it ever took strangers for one project. */
const describeOwners = ({ projectOf, isShared }: Scenario, keys: readonly (PoolKey | undefined)[]): string => {
  const projectsOfOwner = new Map<unknown, Set<number>>()
  const ownersOfProject = new Map<number, Set<unknown>>()
  for (const [key, poolKey] of keys.entries()) {
    const project = projectOf[key] ?? -1
    if (poolKey === undefined || poolKey.death !== null) continue
    projectsOfOwner.set(poolKey.owner, (projectsOfOwner.get(poolKey.owner) ?? new Set()).add(project))
    if (isShared[project] === 1) {
      ownersOfProject.set(project, (ownersOfProject.get(project) ?? new Set()).add(poolKey.owner))
    }
  }
  const found = [...ownersOfProject.values()].filter(owners => owners.size === 1).length
  const mistaken = [...projectsOfOwner.values()].filter(projects => projects.size > 1).length
  return `shared projects found out: ${found} of ${ownersOfProject.size}; strangers taken for one project: ${mistaken}`
}
