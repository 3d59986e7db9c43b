/**
 * The same request with its seed moved on by `steps`; the very bytes where it has none.
 * @param bytes a body that was written here, so JSON for certain
 */
export const withSeed = (bytes: Buffer, steps: number): Buffer => {
  if (!bytes.includes('"seed"')) return bytes
  const request = JSON.parse(bytes.toString('utf8'))
  const seed: unknown = request.generationConfig?.seed
  if (typeof seed !== 'number') return bytes
  // Google's seed is an int32, and so is the result of a bitwise operator.
  return Buffer.from(
    JSON.stringify({ ...request, generationConfig: { ...request.generationConfig, seed: (seed + steps) | 0 } }),
  )
}
