import { Agenda } from './agenda.ts'
import type { Call } from './call.ts'
import { type Answer, Google, isRefusal } from './google.ts'
import { exponential, luckOf } from './random.ts'
import type { Rule, Surroundings } from './rule.ts'
import type { Scenario } from './scenario.ts'
import { Tally } from './tally.ts'
import { Traffic } from './traffic.ts'
import { lookEvery, WronglyOut } from './wrongly-out.ts'

export type Outcome = {
  readonly tally: Tally
  readonly wronglyOut: { readonly times: number; readonly keyHours: number }
  /** Milliseconds of real time the rule took in all. */
  readonly spent: number
  readonly insight: string
}

/** Lets the days pass: every request comes, takes keys by the rule, reaches Google and hears from it, in order of time. */
export const simulate = (
  scenario: Scenario,
  load: number,
  makeRule: (scenario: Scenario, surroundings: Surroundings) => Rule,
): Outcome => {
  const clock = { now: scenario.midnights[0] ?? 0 }
  const google = new Google(scenario)
  const traffic = new Traffic(scenario, load)
  const tally = new Tally(scenario, traffic.clientCount)
  const wronglyOut = new WronglyOut(scenario)
  const agenda = new Agenda<Call>()
  const ask = (key: number, model: number, luck: number): Answer => {
    const answer = google.ask(key, model, clock.now, luck < scenario.overloadShare)
    tally.isAnswered(key, answer, google.dayOf(clock.now))
    return answer
  }
  let checks = 0
  const rule = makeRule(scenario, {
    clock,
    ask: (key, model) => ask(key, model, luckOf(scenario.seed, -1, checks++)),
    couldServe: (key, model, now) => google.couldServe(key, model, now),
  })
  let nextLook = clock.now + lookEvery / 2

  const takeStep = (call: Call) => {
    switch (call.step) {
      case 'try':
        call.key = rule.take(call)
        if (call.key === -1) return tally.ends(call, false)
        call.attempt++
        tally.setsOut(call, clock.now)
        return later(call, 'reach-google', 20 + 100 * draw(scenario, call, 0))
      case 'reach-google':
        call.askedAt = clock.now
        call.answer = ask(call.key, call.model, draw(scenario, call, 1))
        return later(call, 'hear', answerTime(call.answer, draw(scenario, call, 2)))
      case 'hear': {
        tally.hears(call, google.dayOf(clock.now))
        const pause = rule.hear(call)
        return pause === -1 ? tally.ends(call, call.answer === 'served') : later(call, 'try', pause)
      }
    }
  }

  const later = (call: Call, step: Call['step'], milliseconds: number) => {
    call.step = step
    agenda.add(clock.now + milliseconds, call)
  }

  while (traffic.nextAt < Number.POSITIVE_INFINITY || agenda.nextAt < Number.POSITIVE_INFINITY) {
    clock.now = Math.min(traffic.nextAt, agenda.nextAt, nextLook, rule.errandAt())
    if (clock.now === agenda.nextAt) takeStep(agenda.take())
    else if (clock.now === traffic.nextAt) {
      const call = traffic.take()
      tally.arrives(call)
      takeStep(call)
    } else if (clock.now === nextLook) {
      wronglyOut.look(rule, google, clock.now)
      nextLook += lookEvery
    } else rule.runErrand()
  }
  return { tally, wronglyOut, spent: rule.spent(), insight: rule.insight() }
}

/** The luck of this attempt: it is the same under every rule. */
const draw = ({ seed }: Scenario, { number, attempt }: Call, what: number) => luckOf(seed, number, attempt * 4 + what)

/** Milliseconds until the whole answer is there. A refusal is quick, an answer takes its few seconds. */
const answerTime = (answer: Answer, luck: number): number => {
  if (answer === 'served') return 1000 + exponential(luck, 3000)
  if (answer === 'overloaded') return 500 + exponential(luck, 1000)
  return isRefusal(answer) ? 100 + 200 * luck : 80 + 100 * luck
}
