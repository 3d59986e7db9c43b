import type { Call } from './call.ts'
import type { Answer } from './google.ts'
import type { Rule, Surroundings } from './rule.ts'
import type { Scenario } from './scenario.ts'

const mostFailures = 3
const mostAttempts = 3
const checkEvery = 3_600_000
/** A test request asks for ten tokens: it is answered faster than people's. */
const checkTakes = 700

/**
 * The rule of the original gemini-balance 2.2.8, with its defaults. One counter per key for all models; any failure adds
 * one, whatever Google said; a client's success never lowers it; three take the key out. Every hour one real request, of
 * the one test model and at the quota's cost, goes to each key with a count, one after another: success clears the count, failure
 * adds one up to three. Keys take turns; when none is left, all take turns again. A failed attempt is followed by the
 * next at once.
 */
export const originalRule = ({ keyCount, midnights }: Scenario, { clock, ask }: Surroundings): Rule => {
  const failures = new Int32Array(keyCount)
  let validCount = keyCount
  let turn = 0
  let spent = 0
  let nextRound = (midnights[0] ?? 0) + checkEvery
  let errandAt = nextRound
  let toCheck: readonly number[] = []
  let checked = 0
  let inCheck: { readonly key: number; readonly answer: Answer } | null = null

  const isValid = (key: number) => (failures[key] ?? 0) < mostFailures

  const setFailures = (key: number, count: number) => {
    const wasValid = isValid(key)
    failures[key] = count
    validCount += Number(isValid(key)) - Number(wasValid)
  }

  const nextInTurn = (): number => {
    const key = turn
    turn = (turn + 1) % keyCount
    return key
  }

  /** Walks on to a valid key; back at the first, takes that one all the same. */
  const nextWorking = (): number => {
    const first = nextInTurn()
    if (validCount === 0) return first
    for (let key = first; ; ) {
      if (isValid(key)) return key
      key = nextInTurn()
      if (key === first) return first
    }
  }

  const take = (): number => {
    const startedAt = performance.now()
    const key = nextWorking()
    spent += performance.now() - startedAt
    return key
  }

  const hear = (call: Call): number => {
    if (call.answer === 'served') return -1
    setFailures(call.key, (failures[call.key] ?? 0) + 1)
    return call.attempt < mostAttempts ? 0 : -1
  }

  /** One step of the hourly round: what the last test request brought, then the next one. */
  const runErrand = () => {
    if (inCheck !== null) {
      const { key, answer } = inCheck
      setFailures(key, answer === 'served' ? 0 : Math.min(mostFailures, (failures[key] ?? 0) + 1))
      inCheck = null
    } else {
      toCheck = [...failures.keys()].filter(key => (failures[key] ?? 0) > 0)
      checked = 0
      nextRound += checkEvery
    }
    const key = toCheck[checked++]
    if (key !== undefined) inCheck = { key, answer: ask(key, 0) }
    errandAt = key === undefined ? Math.max(nextRound, clock.now) : clock.now + checkTakes
  }

  return {
    take,
    hear,
    isOut: key => validCount > 0 && !isValid(key),
    errandAt: () => errandAt,
    runErrand,
    spent: () => spent,
    insight: () => 'knows no projects',
  }
}
