import { type EgressStatus, locationReason } from './egress.ts'

/** Why nothing can go out now, for the client: how many ways are closed and why, but not which proxies they are. */
export const refusalWords = (statuses: readonly EgressStatus[], isPinned: boolean): string => {
  const [only] = statuses
  if (only === undefined) return 'There is no way out to Google.'
  if (statuses.length > 1) {
    const broken = statuses.filter(({ state }) => state === 'broken').length
    const resting = statuses.length - broken
    const parts = [
      broken > 0 ? `${broken} broken` : '',
      resting > 0 ? `${resting} resting after too many requests` : '',
    ]
    return `No proxy to Google is usable at the moment: ${parts.filter(part => part !== '').join(', ')}.`
  }
  const way = isPinned
    ? 'The proxy of this key'
    : only.name === 'direct'
      ? 'The connection to Google'
      : 'The proxy to Google'
  if (only.state !== 'broken') return `${way} rests for a moment: Google says that too many requests come this way.`
  if (only.reason === locationReason) return `${way} cannot be used: Google does not serve the place it comes from.`
  return `${way} is broken at the moment (${only.reason}).`
}
