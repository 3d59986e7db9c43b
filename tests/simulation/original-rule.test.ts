import { expect, test } from 'bun:test'
import { newCall } from './call.ts'
import type { Answer } from './google.ts'
import { originalRule } from './original-rule.ts'
import { makeScenario } from './scenario.ts'

const scenario = makeScenario({ seed: 1, keyCount: 20, days: 1 })
const start = scenario.midnights[0] ?? 0

const startRule = (checkAnswer: Answer = 'served') => {
  const clock = { now: start }
  const checked: number[] = []
  const ask = (key: number) => {
    checked.push(key)
    return checkAnswer
  }
  const rule = originalRule(scenario, { clock, ask, couldServe: () => true })
  /** One attempt, and what became of it. */
  const attempt = (answer: Answer, attemptNumber = 1) => {
    const call = newCall({ number: 0, client: 0, model: 0, conversation: 0, isFollowUp: false, day: 0 })
    call.key = rule.take(call)
    call.attempt = attemptNumber
    call.answer = answer
    return { key: call.key, pause: rule.hear(call) }
  }
  const failOneRound = () => Array.from({ length: 20 }, () => attempt('overloaded').key)
  const letPass = (hours: number) => {
    for (const until = clock.now + hours * 3_600_000; rule.errandAt() <= until; rule.runErrand()) {
      clock.now = rule.errandAt()
    }
  }
  return { rule, attempt, failOneRound, letPass, checked }
}

const everyKey = Array.from({ length: 20 }, (_, key) => key)

test('keys take turns, and a failure is followed by the next key at once, three attempts in all', () => {
  const { attempt } = startRule()
  expect(attempt('served')).toEqual({ key: 0, pause: -1 })
  expect(attempt('overloaded', 1)).toEqual({ key: 1, pause: 0 })
  expect(attempt('overloaded', 2)).toEqual({ key: 2, pause: 0 })
  expect(attempt('overloaded', 3)).toEqual({ key: 3, pause: -1 })
})

test('three failures of any kind take a key out for every model, and successes between them do not help', () => {
  const { rule, attempt } = startRule()
  for (const key of everyKey) attempt(key === 5 ? 'overloaded' : 'served')
  for (const _ of everyKey) attempt('served')
  for (const key of everyKey) attempt(key === 5 ? 'minute-used-up' : 'served')
  expect(rule.isOut(5, 0)).toBe(false)
  for (const key of everyKey) attempt(key === 5 ? 'day-used-up' : 'served')
  expect([rule.isOut(5, 0), rule.isOut(5, 1), rule.isOut(4, 0)]).toEqual([true, true, false])
  expect(everyKey.map(() => attempt('served').key)).not.toContain(5)
})

test('when every key is out, all take turns again', () => {
  const { rule, attempt, failOneRound } = startRule()
  for (let round = 0; round < 3; round++) expect(failOneRound()).toEqual(everyKey)
  expect(everyKey.map(() => attempt('served').key)).toEqual(everyKey)
  expect(rule.isOut(0, 0)).toBe(false)
})

test('every hour each key with a failure is asked once; success brings it back, failure counts up to three', () => {
  const good = startRule('served')
  for (const key of everyKey) good.attempt(key < 3 ? 'overloaded' : 'served')
  good.letPass(1.5)
  expect(good.checked).toEqual([0, 1, 2])
  good.letPass(1)
  expect(good.checked).toEqual([0, 1, 2])

  const bad = startRule('key-invalid')
  for (const key of everyKey) bad.attempt(key < 3 ? 'overloaded' : 'served')
  bad.letPass(1.5)
  expect(bad.rule.isOut(0, 0)).toBe(false)
  bad.letPass(1)
  expect(bad.checked).toEqual([0, 1, 2, 0, 1, 2])
  expect(bad.rule.isOut(0, 0)).toBe(true)
})
