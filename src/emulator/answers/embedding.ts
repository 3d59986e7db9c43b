import { createHash } from 'node:crypto'

/**
 * A vector that depends on the text, the task and nothing else. At full size its length is 1; a smaller one is the
 * beginning of the full one and not normalised, as with Google's models.
 */
export const embeddingOf = (
  text: string,
  taskType: string,
  fullSize: number,
  size: number = fullSize,
): readonly number[] => {
  const full = Array.from({ length: fullSize }, generatorFor(`${taskType}\n${text}`))
  const length = Math.sqrt(full.reduce((sum, value) => sum + value * value, 0))
  return full.slice(0, size).map(value => Number((value / length).toFixed(8)))
}

/** Numbers from -1 to 1 by the mulberry32 generator. */
const generatorFor = (seed: string): (() => number) => {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}
