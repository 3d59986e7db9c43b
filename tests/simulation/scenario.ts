import { pacificDayOf } from '#src/emulator/keys/pacific-day.ts'
import { randomFrom } from './random.ts'

/** The pile of keys and Google's rules for it. The pool is told nothing of this but the keys' names. */
export type Scenario = {
  readonly seed: number
  readonly keyCount: number
  readonly models: readonly string[]
  /** Requests a project may make of one model in a clock minute, and in a Pacific day. */
  readonly perMinute: number
  readonly perDay: number
  /** 0 to 1: how many answers are a 503 that no key is to blame for. */
  readonly overloadShare: number
  /** By key: the number of its project. */
  readonly projectOf: Int32Array
  readonly projectCount: number
  /** By project: 1 where several keys share it. */
  readonly isShared: Uint8Array
  /** By key: 1 where Google knows it no more. */
  readonly isDead: Uint8Array
  /** The midnights in Los Angeles that begin the days, and the one that ends the last. Milliseconds since 1970 UTC. */
  readonly midnights: readonly number[]
  /** Requests that all projects with a living key can make in one day, over all models. */
  readonly capacityPerDay: number
}

/** 2026-10-31 00:00 in Los Angeles; the next day there has 25 hours. */
export const defaultStart = Date.UTC(2026, 9, 31, 7)

export const makeScenario = (options: {
  readonly seed: number
  readonly keyCount: number
  readonly days: number
}): Scenario => {
  const { seed, keyCount, days } = options
  const random = randomFrom(seed)
  const models = ['gemini-flash', 'gemini-pro']
  const perDay = 250
  const { projectOf, projectCount, isShared } = dealProjects(keyCount, random)
  const isDead = new Uint8Array(keyCount)
  for (const key of shuffled(keyCount, random).slice(0, Math.round(keyCount * 0.05))) isDead[key] = 1
  const living = new Set(projectOf.filter((_, key) => isDead[key] === 0))
  return {
    seed,
    keyCount,
    models,
    perMinute: 10,
    perDay,
    overloadShare: 0.01,
    projectOf,
    projectCount,
    isShared,
    isDead,
    midnights: midnightsFrom(defaultStart, days),
    capacityPerDay: living.size * perDay * models.length,
  }
}

/** A fifth of the keys, anywhere in the list, share projects in fours; the others have one each. */
const dealProjects = (keyCount: number, random: () => number) => {
  const projectOf = new Int32Array(keyCount)
  const sharing = Math.round(keyCount / 20) * 4
  const shared = sharing / 4
  for (const [place, key] of shuffled(keyCount, random).entries()) {
    projectOf[key] = place < sharing ? place >> 2 : shared + place - sharing
  }
  const projectCount = shared + keyCount - sharing
  return { projectOf, projectCount, isShared: new Uint8Array(projectCount).fill(1, 0, shared) }
}

const shuffled = (count: number, random: () => number): Int32Array => {
  const numbers = Int32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const kept = numbers[last] ?? 0
    numbers[last] = numbers[other] ?? 0
    numbers[other] = kept
  }
  return numbers
}

/** Midnights fall on whole hours: the date there is asked hour by hour, so that days of 23 and 25 hours come out right. */
const midnightsFrom = (start: number, days: number): readonly number[] => {
  const midnights = [start]
  for (let moment = start; midnights.length <= days; moment += 3_600_000) {
    if (pacificDayOf(moment) !== pacificDayOf(moment + 3_600_000)) midnights.push(moment + 3_600_000)
  }
  return midnights
}
