/**
 * Cuts a text to what its column holds, in UTF-16 units (a column counts characters, so it never holds less). A character
 * cut in half becomes U+FFFD: a lone half would be refused by MySQL.
 */
export const fitText = (text: string, limit: number): string => {
  if (text.length <= limit) return text.isWellFormed() ? text : text.toWellFormed()
  // A slice keeps the whole text it was cut from in memory; this is a copy of its own.
  return Buffer.from(text.slice(0, limit)).toString()
}

export const fitTextOrNull = (text: string | null, limit: number): string | null =>
  text === null ? null : fitText(text, limit)
