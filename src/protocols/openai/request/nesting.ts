/** Whether objects and lists stand in each other more than so many times. */
export const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some(member => isDeeperThan(levels - 1, member))
  for (const name in value)
    if (isDeeperThan(levels - 1, (value as Readonly<Record<string, unknown>>)[name])) return true
  return false
}
