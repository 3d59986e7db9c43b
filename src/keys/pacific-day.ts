const zone = 'America/Los_Angeles'

const clockParts = new Intl.DateTimeFormat('en-US', {
  timeZone: zone,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

/** A day in Los Angeles, from midnight up to the next: 23, 24 or 25 hours. Milliseconds since 1970 UTC. */
export type PacificDay = { readonly start: number; readonly end: number }

/** Google's daily quotas begin anew at midnight there. Remembers the day it was asked for last, which takes a search. */
export class PacificCalendar {
  #day: PacificDay = { start: 0, end: 0 }

  dayOf(moment: number): PacificDay {
    if (moment < this.#day.start || moment >= this.#day.end) {
      this.#day = { start: lastPacificMidnight(moment), end: nextPacificMidnight(moment) }
    }
    return this.#day
  }
}

/**
 * The next midnight in Los Angeles after `now`. Milliseconds since 1970 UTC.
 * Days of 23 and of 25 hours come out right: the date there is asked, never added to.
 */
export const nextPacificMidnight = (now: number): number => {
  const today = pacificDate(now)
  return firstWhere(now, now + longestDay, moment => pacificDate(moment) !== today)
}

/** The midnight at which the day of `now` began, or `now` itself. */
const lastPacificMidnight = (now: number): number => {
  const today = pacificDate(now)
  return firstWhere(now - longestDay, now, moment => pacificDate(moment) === today)
}

const longestDay = 26 * 3_600_000

/** The first moment after `before` for which `isPast` holds, which it does at `after`. */
const firstWhere = (before: number, after: number, isPast: (moment: number) => boolean): number => {
  let early = Math.floor(before)
  let late = Math.floor(after)
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (isPast(middle)) late = middle
    else early = middle
  }
  return late
}

/** The date in Los Angeles at that moment, as a text that is equal on one day and different on another. */
export const pacificDate = (moment: number): string => clockParts.format(moment)
