import { type Call, newCall } from './call.ts'
import { exponential, hashOf, randomFrom } from './random.ts'
import type { Scenario } from './scenario.ts'

const clientCount = 400
/** Requests of a conversation, in the mean; the lengths are geometric. */
const conversationLength = 8

/**
 * Requests as they come: Poisson arrivals, at a share of each day's capacity. A client speaks with one model, one
 * conversation after the other. The same seed and load give the same requests, whoever serves them.
 */
export class Traffic {
  readonly #scenario: Scenario
  readonly #load: number
  readonly #random: () => number
  readonly #conversations = new Int32Array(clientCount)
  #day = 0
  #count = 0
  /** When the next request comes (milliseconds since 1970 UTC); infinity after the last. */
  nextAt: number

  /** @param load 0.95 for 95 % of the capacity */
  constructor(scenario: Scenario, load: number) {
    this.#scenario = scenario
    this.#load = load
    this.#random = randomFrom(scenario.seed + 1)
    this.nextAt = scenario.midnights[0] ?? 0
    this.#goOn()
  }

  get clientCount(): number {
    return clientCount
  }

  take(): Call {
    const { seed, models } = this.#scenario
    const client = Math.floor(this.#random() * clientCount)
    const isFollowUp = this.#random() >= 1 / conversationLength
    if (!isFollowUp) this.#conversations[client] = (this.#conversations[client] ?? 0) + 1
    const call = newCall({
      number: this.#count++,
      client,
      model: client % models.length,
      conversation: hashOf(seed, client, this.#conversations[client] ?? 0),
      isFollowUp,
      day: this.#day,
    })
    this.#goOn()
    return call
  }

  #goOn() {
    const { midnights, capacityPerDay } = this.#scenario
    const length = (midnights[this.#day + 1] ?? 0) - (midnights[this.#day] ?? 0)
    this.nextAt += exponential(this.#random(), length / (capacityPerDay * this.#load))
    while (this.nextAt >= (midnights[this.#day + 1] ?? Number.POSITIVE_INFINITY)) this.#day++
    if (this.#day >= midnights.length - 1) this.nextAt = Number.POSITIVE_INFINITY
  }
}
