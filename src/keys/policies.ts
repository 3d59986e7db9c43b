import type { Rotation } from './key-group.ts'

/** How a key is chosen among those that are ready. */
export const policyNames = ['round-robin', 'headroom', 'affinity'] as const

export type PolicyName = (typeof policyNames)[number]

/** What a policy chooses from: ready owners of one group, by slot. */
export type Choosing = {
  readonly rotation: Rotation
  /** All slots are below this, those of owners that are not ready included. */
  readonly slots: number
  /** Whether the request may go there: not tried before, or the one that owns what the request names. */
  readonly accepts: (slot: number) => boolean
  /** The share of the day's allowance that is left, 0 to 1. */
  readonly shareLeft: (slot: number) => number
  /** Of the client and its conversation, 32 bits; undefined where there is none. */
  readonly affinity: number | undefined
}

/** The chosen slot, or -1. Takes the same time however many owners there are, and moves the round on. */
export type Policy = (choosing: Choosing) => number

/** All in turn. */
const roundRobin: Policy = ({ rotation, accepts }) => {
  const slot = firstAccepted(rotation, accepts)
  if (slot !== -1) rotation.cursor = slot + 1
  return slot
}

/** How many of the next ones are compared: all of a small pool; in a large one the best of so many is good enough. */
const compared = 16

/** The one with the largest share of its day left among the next ones in turn; of equals, the one whose turn it is. */
const headroom: Policy = ({ rotation, accepts, shareLeft }) => {
  const start = rotation.cursor
  let first = -1
  let best = -1
  let bestShare = -1
  for (let looked = 0; looked < compared; looked++) {
    const slot = firstAccepted(rotation, accepts)
    if (slot === -1 || slot === first) break
    if (looked === 0) first = slot
    rotation.cursor = slot + 1
    const share = shareLeft(slot)
    if (share <= bestShare) continue
    best = slot
    bestShare = share
  }
  rotation.cursor = best === -1 ? start : best + 1
  return best
}

/** With nine of ten cooling, one of so many probes still finds a ready one 999 times of 1000. */
const probes = 64

/**
 * Every conversation has an order of all slots of its own, and goes to the first that is ready: the choice of a rendezvous
 * hash, found by trying instead of by comparing all. When that one cools, the next takes over; when it is back, so is the
 * conversation.
 */
const affinity: Policy = choosing => {
  const { rotation, slots, accepts, affinity: seed } = choosing
  if (seed === undefined) return roundRobin(choosing)
  const { ready } = rotation
  for (let probe = 0; probe < probes; probe++) {
    const slot = slotFor(mix(seed + Math.imul(probe, golden)), slots)
    if (ready.has(slot) && accepts(slot)) return slot
  }
  const from = slotFor(mix(seed), slots)
  const after = nextAccepted(ready, from, Number.POSITIVE_INFINITY, accepts)
  return after === -1 ? nextAccepted(ready, 0, from, accepts) : after
}

export const policies: Readonly<Record<PolicyName, Policy>> = { 'round-robin': roundRobin, headroom, affinity }

/** The first one from the cursor on, once round. */
const firstAccepted = ({ ready, cursor }: Rotation, accepts: (slot: number) => boolean): number => {
  const slot = nextAccepted(ready, cursor, Number.POSITIVE_INFINITY, accepts)
  return slot === -1 ? nextAccepted(ready, 0, cursor, accepts) : slot
}

const nextAccepted = (
  ready: Rotation['ready'],
  from: number,
  before: number,
  accepts: (slot: number) => boolean,
): number => {
  for (let slot = ready.next(from); slot !== -1 && slot < before; slot = ready.next(slot + 1)) {
    if (accepts(slot)) return slot
  }
  return -1
}

const golden = 0x9e3779b9

/**
 * One of so many slots, each as likely as the others; one slot more takes its share from all and changes nothing else.
 * Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014).
 */
const slotFor = (seed: number, slots: number): number => {
  let slot = 0
  let random = seed
  for (let next = 0; next < slots; next = Math.floor((slot + 1) * (2 ** 32 / (random + 1)))) {
    slot = next
    random = mix(random + golden)
  }
  return slot
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the output. */
const mix = (value: number): number => {
  let hash = value >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
