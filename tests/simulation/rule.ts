import type { Call } from './call.ts'
import type { Answer } from './google.ts'

/** How a gateway chooses keys and when it tries again: what is compared here. */
export type Rule = {
  /** The key for the next attempt; -1 when there is none, which ends the call. */
  readonly take: (call: Call) => number
  /** Learns what Google said. Milliseconds until the next attempt; -1 ends the call. */
  readonly hear: (call: Call) => number
  /** Whether the rule would not use the key for the model at this moment. */
  readonly isOut: (key: number, model: number) => boolean
  /** When the rule wants to do something of its own (milliseconds since 1970 UTC); infinity for never. */
  readonly errandAt: () => number
  readonly runErrand: () => void
  /** Milliseconds of real time spent choosing and learning. */
  readonly spent: () => number
  /** What it found out about projects; a sentence for people. */
  readonly insight: () => string
}

/** What a rule has to work with. */
export type Surroundings = {
  readonly clock: { readonly now: number }
  /** Asks Google at once, outside of any call. */
  readonly ask: (key: number, model: number) => Answer
  /** What no gateway can know: whether Google would serve the request. */
  readonly couldServe: (key: number, model: number, now: number) => boolean
}
