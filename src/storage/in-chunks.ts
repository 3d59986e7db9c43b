/** Cuts a list into lists of at most `size`. */
export const inChunks = function* <Value>(values: readonly Value[], size: number): Generator<Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size)
}
