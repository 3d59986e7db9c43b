/** Mixes a number so that neighbours have nothing in common: lowbias32 of Chris Wellons' hash prospector. 32 bits. */
const mix = (number: number): number => {
  let hash = number
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad)
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** 32 bits that depend on nothing but the three numbers. */
export const hashOf = (seed: number, first: number, second: number): number => mix(mix(mix(seed) + first) + second)

/** From 0 up to 1, and the same for the same three: so every rule meets the same luck with the same request. */
export const luckOf = (seed: number, first: number, second: number): number => hashOf(seed, first, second) / 2 ** 32

/** A stream of numbers from 0 up to 1, the same for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
  let count = 0
  return () => luckOf(seed, 0x5eed, count++)
}

/** A span with the mean given, as between the arrivals of strangers. `luck` is from 0 up to 1. */
export const exponential = (luck: number, mean: number): number => -Math.log(1 - luck) * mean
