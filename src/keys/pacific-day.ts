const zone = 'America/Los_Angeles'

const clockParts = new Intl.DateTimeFormat('en-US', {
  timeZone: zone,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

/**
 * The next midnight in Los Angeles after `now`, where Google's daily quotas begin anew. Milliseconds since 1970 UTC.
 * Days of 23 and of 25 hours come out right: the date there is asked, never added to.
 */
export const nextPacificMidnight = (now: number): number => {
  const today = pacificDate(now)
  let early = now
  let late = now + 26 * 3_600_000
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (pacificDate(middle) === today) early = middle
    else late = middle
  }
  return late
}

/** The date in Los Angeles at that moment, as a text that is equal on one day and different on another. */
export const pacificDate = (moment: number): string => clockParts.format(moment)
