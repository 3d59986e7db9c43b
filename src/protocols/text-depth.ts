const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const openBrace = 0x7b
const closeBracket = 0x5d
const closeBrace = 0x7d

/**
 * Whether objects and lists of a JSON text stand in each other more than so many times. To be asked before the text is
 * parsed: 20 MB of `[` make the parser take seconds and a gigabyte (measured, Bun 1.4.5). Of a text that is no JSON the
 * answer means nothing; the parser will refuse it.
 */
export const isDeeperThan = (levels: number, json: string): boolean => {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) {
      at = endOfString(json, at)
      if (at === -1) return false
    } else if (code === openBracket || code === openBrace) {
      if (++depth > levels) return true
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return false
}

/** The offset of the quote that ends the string that begins at `start`; -1 when there is none. */
const endOfString = (json: string, start: number): number => {
  let end = json.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end
}

const isEscaped = (json: string, at: number): boolean => {
  let before = at - 1
  while (json.charCodeAt(before) === backslash) before--
  return (at - before) % 2 === 0
}
