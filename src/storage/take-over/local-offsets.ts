/** Until a local time (excluded), local clocks were this much ahead of UTC. Both in milliseconds. */
export type LocalOffset = { readonly until: number; readonly offset: number }

const stepMs = 6 * 3_600_000

/**
 * How far local time was from UTC over a stretch of local time, in order. A local time is written as if it were UTC. The
 * zone is this process's (`TZ`), as it was for the original, which stored local times without saying of where.
 */
export const localOffsets = (from: number, until: number): LocalOffset[] => {
  const offsets: LocalOffset[] = []
  let start = from
  while (start < until) {
    const offset = offsetAt(start)
    let end = start + stepMs
    while (end < until && offsetAt(end) === offset) end += stepMs
    const change = end < until ? changeBetween(end - stepMs, end, offset) : Number.MAX_SAFE_INTEGER
    offsets.push({ until: change, offset })
    start = change
  }
  return offsets.length > 0 ? offsets : [{ until: Number.MAX_SAFE_INTEGER, offset: offsetAt(from) }]
}

const changeBetween = (before: number, after: number, offset: number): number => {
  let low = before
  let high = after
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === offset) low = middle
    else high = middle
  }
  return high
}

const offsetAt = (localTime: number) => {
  const fields = new Date(localTime)
  const time = new Date(
    fields.getUTCFullYear(),
    fields.getUTCMonth(),
    fields.getUTCDate(),
    fields.getUTCHours(),
    fields.getUTCMinutes(),
    fields.getUTCSeconds(),
    fields.getUTCMilliseconds(),
  )
  return localTime - time.getTime()
}
