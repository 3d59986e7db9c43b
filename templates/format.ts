import type { Language } from './language.ts'
import { wordsOf } from './words.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `12,345`, as the language groups digits. */
export const formatCount = (count: number, language: Language): string => new Intl.NumberFormat(language).format(count)

/**
 * A length of time in its two largest units, `5h 12m` or `3m 04s`; the smaller one is padded so that a countdown
 * does not change its width.
 * @param milliseconds rounded up to whole seconds, so that a countdown never shows 0 before its end
 */
export const formatDuration = (milliseconds: number, language: Language): string => {
  const { units } = wordsOf(language)
  const left = Math.max(0, Math.ceil(milliseconds / second)) * second
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
    `${large}${largeUnit} ${String(small).padStart(2, '0')}${smallUnit}`
  if (left >= day) return pair(Math.floor(left / day), units.day, Math.floor((left % day) / hour), units.hour)
  if (left >= hour) return pair(Math.floor(left / hour), units.hour, Math.floor((left % hour) / minute), units.minute)
  if (left >= minute)
    return pair(Math.floor(left / minute), units.minute, Math.floor((left % minute) / second), units.second)
  return `${left / second}${units.second}`
}

/** How long ago, in the largest unit alone: `5s ago`, `3m ago`, `2d ago`. */
export const formatAge = (milliseconds: number, language: Language): string => {
  const words = wordsOf(language)
  if (milliseconds < second) return words.keys.justNow
  if (milliseconds < minute) return words.keys.ago(`${Math.floor(milliseconds / second)}${words.units.second}`)
  if (milliseconds < hour) return words.keys.ago(`${Math.floor(milliseconds / minute)}${words.units.minute}`)
  if (milliseconds < day) return words.keys.ago(`${Math.floor(milliseconds / hour)}${words.units.hour}`)
  return words.keys.ago(`${Math.floor(milliseconds / day)}${words.units.day}`)
}

/** `2026-11-23 14:02:09 UTC`, for a tooltip. */
export const formatMoment = (milliseconds: number): string =>
  `${toIso(milliseconds).slice(0, 19).replace('T', ' ')} UTC`

/** For the `datetime` attribute. A moment outside what a date can hold is shown as the farthest one it can. */
export const toIso = (milliseconds: number): string =>
  new Date(Math.min(Math.max(milliseconds, 0), 8.64e15)).toISOString()
