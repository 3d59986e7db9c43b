/**
 * A point in time as the original wrote it: local time of this process, without a zone, `2025-09-25 13:05:09.123000`.
 * Only for the columns that keep the original's meaning; nothing here reads them back.
 */
export const toLocalTime = (time: number): string => {
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const second = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${second}.${String(date.getMilliseconds()).padStart(3, '0')}000`
}

const two = (value: number) => String(value).padStart(2, '0')
