import type { Google } from './google.ts'
import type { Rule } from './rule.ts'
import type { Scenario } from './scenario.ts'

/** Milliseconds between two looks. */
export const lookEvery = 60_000

/** What the last look found of a key and a model. */
const inUse = 0
const rightlyOut = 1
/** Just taken out, though Google would serve it: perhaps its last request is still on the way there. */
const suspect = 2
const wronglyOut = 3
/** Rightly taken out, and not yet back. */
const late = 4

/**
 * Looks every virtual minute which keys a rule would not use for a model although Google would serve them. What is so at
 * two looks in a row counts: how often it began, and how long it lasted.
 */
export class WronglyOut {
  /** How often a key was taken out of a model that it could serve. A key that comes back late is not taken out again. */
  times = 0
  /** Late ones included. An hour of one key for one of two models is half an hour of a key. */
  keyHours = 0
  readonly #states: Uint8Array
  readonly #scenario: Scenario

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#states = new Uint8Array(scenario.keyCount * scenario.models.length)
  }

  look(rule: Rule, google: Google, now: number): void {
    const { keyCount, models } = this.#scenario
    for (let place = 0; place < this.#states.length; place++) {
      const key = place % keyCount
      const model = Math.floor(place / keyCount)
      if (!rule.isOut(key, model)) this.#states[place] = inUse
      else if (!google.couldServe(key, model, now)) this.#states[place] = rightlyOut
      else this.#states[place] = this.#seeWronglyOut(this.#states[place] ?? inUse, models.length)
    }
  }

  #seeWronglyOut(before: number, modelCount: number): number {
    if (before === inUse) return suspect
    if (before === rightlyOut) return late
    if (before === suspect) this.times++
    this.keyHours += lookEvery / 3_600_000 / modelCount
    return before === late ? late : wronglyOut
  }
}
