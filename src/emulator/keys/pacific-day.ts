const pacificDate = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The day a moment belongs to for Google's daily quotas, as `2026-11-23`; it changes at midnight Pacific time. */
export const pacificDayOf = (moment: number): string => pacificDate.format(moment)
