import type { Scenario } from './scenario.ts'

/** What Google says to one attempt. */
export type Answer = 'served' | 'overloaded' | 'key-invalid' | 'minute-used-up' | 'day-used-up' | 'both-used-up'

export const isRefusal = (answer: Answer): boolean =>
  answer === 'minute-used-up' || answer === 'day-used-up' || answer === 'both-used-up'

/** Google's side: who the keys are, and what their projects have used. Clock minutes, Pacific days. */
export class Google {
  readonly #scenario: Scenario
  /** By project and model: the minute and the day that the counts beside them are of. */
  readonly #minute: Float64Array
  readonly #ofMinute: Int32Array
  readonly #day: Int32Array
  readonly #ofDay: Int32Array
  #today = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    const size = scenario.projectCount * scenario.models.length
    this.#minute = new Float64Array(size).fill(-1)
    this.#ofMinute = new Int32Array(size)
    this.#day = new Int32Array(size).fill(-1)
    this.#ofDay = new Int32Array(size)
  }

  /** One request. What fails for overload counts as used, what is refused with 429 does not; as at Google. */
  ask(key: number, model: number, now: number, isOverloaded: boolean): Answer {
    const { isDead, perMinute, perDay } = this.#scenario
    if (isDead[key] === 1) return 'key-invalid'
    const place = this.#turnTo(key, model, now)
    const ofMinute = this.#ofMinute[place] ?? 0
    const ofDay = this.#ofDay[place] ?? 0
    if (ofDay >= perDay) return ofMinute >= perMinute ? 'both-used-up' : 'day-used-up'
    if (ofMinute >= perMinute) return 'minute-used-up'
    this.#ofMinute[place] = ofMinute + 1
    this.#ofDay[place] = ofDay + 1
    return isOverloaded ? 'overloaded' : 'served'
  }

  /** Whether a request would be let in right now. */
  couldServe(key: number, model: number, now: number): boolean {
    const { isDead, perMinute, perDay } = this.#scenario
    if (isDead[key] === 1) return false
    const place = this.#turnTo(key, model, now)
    return (this.#ofDay[place] ?? 0) < perDay && (this.#ofMinute[place] ?? 0) < perMinute
  }

  /** The number of the Pacific day, from 0. Time only goes on. */
  dayOf(now: number): number {
    const { midnights } = this.#scenario
    while (now >= (midnights[this.#today + 1] ?? Number.POSITIVE_INFINITY)) this.#today++
    return this.#today
  }

  #turnTo(key: number, model: number, now: number): number {
    const place = (this.#scenario.projectOf[key] ?? 0) * this.#scenario.models.length + model
    const minute = Math.floor(now / 60_000)
    if (this.#minute[place] !== minute) {
      this.#minute[place] = minute
      this.#ofMinute[place] = 0
    }
    const day = this.dayOf(now)
    if (this.#day[place] !== day) {
      this.#day[place] = day
      this.#ofDay[place] = 0
    }
    return place
  }
}
