import type { Call } from './call.ts'
import { type Answer, isRefusal } from './google.ts'
import type { Scenario } from './scenario.ts'

/** Why requests were refused with 429, and why clients went away empty. */
export const causes = [
  'refused-minute',
  'refused-day',
  'refused-day-shared',
  'refused-again',
  'unserved-no-key',
  'unserved-attempts',
] as const

export type Cause = (typeof causes)[number]

/** Counts what happens, by Pacific day where that matters. */
export class Tally {
  readonly requests: Int32Array
  readonly served: Int32Array
  /** Answers of 429, checks included. */
  readonly refused: Int32Array
  readonly causes: Record<Cause, number> = {
    'refused-minute': 0,
    'refused-day': 0,
    'refused-day-shared': 0,
    'refused-again': 0,
    'unserved-no-key': 0,
    'unserved-attempts': 0,
  }
  attempts = 0
  followUps = 0
  stays = 0
  /** Attempts on keys that Google knows no more, and the shortest time between two on the same key (milliseconds). */
  onDead = 0
  shortestDeadPause = Number.POSITIVE_INFINITY
  readonly #scenario: Scenario
  readonly #lastOnDead: Float64Array
  /** By key and model: until when the caller knows that the day is used up. */
  readonly #knownUntil: Float64Array
  readonly #lastProject: Int32Array

  constructor(scenario: Scenario, clientCount: number) {
    const days = scenario.midnights.length
    this.#scenario = scenario
    this.requests = new Int32Array(days)
    this.served = new Int32Array(days)
    this.refused = new Int32Array(days)
    this.#lastOnDead = new Float64Array(scenario.keyCount).fill(Number.NEGATIVE_INFINITY)
    this.#knownUntil = new Float64Array(scenario.keyCount * scenario.models.length)
    this.#lastProject = new Int32Array(clientCount).fill(-1)
  }

  arrives({ day }: Call): void {
    increment(this.requests, day)
  }

  /** An attempt sets out for Google. */
  setsOut({ key, model }: Call, now: number): void {
    this.attempts++
    if (this.#scenario.isDead[key] === 1) {
      this.onDead++
      this.shortestDeadPause = Math.min(this.shortestDeadPause, now - (this.#lastOnDead[key] ?? 0))
      this.#lastOnDead[key] = now
    }
    if ((this.#knownUntil[this.#place(key, model)] ?? 0) > now) this.causes['refused-again']++
  }

  /** Google has decided, for a call or for a check. */
  isAnswered(key: number, answer: Answer, day: number): void {
    if (!isRefusal(answer)) return
    increment(this.refused, day)
    const isShared = this.#scenario.isShared[this.#scenario.projectOf[key] ?? 0] === 1
    if (answer === 'minute-used-up') this.causes['refused-minute']++
    else this.causes[isShared ? 'refused-day-shared' : 'refused-day']++
  }

  /** The answer is known to the gateway. */
  hears({ key, model, answer }: Call, day: number): void {
    if (answer !== 'day-used-up' && answer !== 'both-used-up') return
    this.#knownUntil[this.#place(key, model)] = this.#scenario.midnights[day + 1] ?? 0
  }

  ends(call: Call, isServed: boolean): void {
    if (!isServed) {
      this.causes[call.key === -1 ? 'unserved-no-key' : 'unserved-attempts']++
      return
    }
    increment(this.served, call.day)
    const project = this.#scenario.projectOf[call.key] ?? -1
    const lastProject = this.#lastProject[call.client]
    this.#lastProject[call.client] = project
    if (!call.isFollowUp || lastProject === -1) return
    this.followUps++
    if (lastProject === project) this.stays++
  }

  #place(key: number, model: number) {
    return key * this.#scenario.models.length + model
  }
}

const increment = (counts: Int32Array, index: number) => {
  counts[index] = (counts[index] ?? 0) + 1
}
