/**
 * Walks JSON bytes without building values: finds where members and elements begin and end, and nothing more.
 * Long strings are crossed by a native search for the closing quote, so that a 64 kB body costs microseconds.
 * It checks the structure it walks over, not the grammar of numbers and literals: what it accepts may still be
 * refused by the real parser upstream.
 */
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** The bytes are not JSON; `offset` is where reading failed. */
export class MalformedJson extends Error {
  override readonly name = 'MalformedJson'
  readonly offset: number

  constructor(offset: number) {
    super(`malformed JSON at byte ${offset}`)
    this.offset = offset
  }
}

/** A stretch of bytes: from `start` up to but not including `end`. */
export type Span = { readonly start: number; readonly end: number }

/**
 * Gets the offsets of a member's name (without its quotes) and of its value, and crosses the value: answers the offset
 * behind it, so that what is walked into is not walked over a second time. Numbers, because this runs for every event.
 */
export type VisitMember = (nameStart: number, nameEnd: number, valueStart: number) => number

/**
 * Visits every member of the object that begins at `start`.
 * @returns the offset behind the closing brace
 * @throws MalformedJson
 */
export const eachMember = (bytes: Buffer, start: number, visit: VisitMember): number => {
  if (bytes[start] !== openBrace) throw new MalformedJson(start)
  let offset = skipSpace(bytes, start + 1)
  if (bytes[offset] === closeBrace) return offset + 1
  for (;;) {
    if (bytes[offset] !== quote) throw new MalformedJson(offset)
    const nameEnd = skipString(bytes, offset)
    const nameStart = offset + 1
    offset = skipSpace(bytes, nameEnd)
    if (bytes[offset] !== colon) throw new MalformedJson(offset)
    offset = skipSpace(bytes, visit(nameStart, nameEnd - 1, skipSpace(bytes, offset + 1)))
    if (bytes[offset] === closeBrace) return offset + 1
    if (bytes[offset] !== comma) throw new MalformedJson(offset)
    offset = skipSpace(bytes, offset + 1)
  }
}

/** The name between the offsets as text; escapes in it are resolved. */
export const readName = (bytes: Buffer, start: number, end: number): string => {
  const name = bytes.toString('utf8', start, end)
  if (!name.includes('\\')) return name
  try {
    return JSON.parse(`"${name}"`) as string
  } catch {
    throw new MalformedJson(start)
  }
}

export const isObjectAt = (bytes: Buffer, offset: number): boolean => bytes[offset] === openBrace

export const isArrayAt = (bytes: Buffer, offset: number): boolean => bytes[offset] === openBracket

/** The offset of the first byte at or after `offset` that is not JSON white space. */
export const skipSpace = (bytes: Buffer, offset: number): number => {
  let at = offset
  for (;;) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at++
  }
}

/** The offset behind the value that begins at `start`. Not recursive: nesting costs no stack. */
export const skipValue = (bytes: Buffer, start: number): number => {
  const first = bytes[start]
  if (first === quote) return skipString(bytes, start)
  if (first !== openBrace && first !== openBracket) return skipLiteral(bytes, start)
  let depth = 0
  let offset = start
  for (;;) {
    const byte = bytes[offset]
    if (byte === quote) {
      offset = skipString(bytes, offset)
      continue
    }
    if (byte === undefined) throw new MalformedJson(offset)
    if (byte === openBrace || byte === openBracket) depth++
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return offset + 1
    offset++
  }
}

/**
 * The offset behind the string that begins with the quote at `start`. Short strings are crossed byte by byte; after
 * that the native search takes over, whose call costs as much as about a hundred steps (measured on Bun 1.4.5).
 */
const skipString = (bytes: Buffer, start: number): number => {
  let offset = start + 1
  for (;;) {
    const limit = offset + 256
    while (offset < limit) {
      const byte = bytes[offset]
      if (byte === quote) return offset + 1
      if (byte === undefined) throw new MalformedJson(bytes.length)
      offset += byte === backslash ? 2 : 1
    }
    const found = bytes.indexOf(quote, offset)
    if (found === -1) throw new MalformedJson(bytes.length)
    let slashes = 0
    while (found - 1 - slashes >= offset && bytes[found - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return found + 1
    offset = found + 1
  }
}

const skipLiteral = (bytes: Buffer, start: number): number => {
  let offset = start
  for (;;) {
    const byte = bytes[offset]
    const isLiteral =
      byte !== undefined &&
      ((byte >= 0x30 && byte <= 0x39) ||
        (byte >= 0x61 && byte <= 0x7a) ||
        (byte >= 0x41 && byte <= 0x5a) ||
        byte === 0x2b ||
        byte === 0x2d ||
        byte === 0x2e)
    if (!isLiteral) break
    offset++
  }
  if (offset === start) throw new MalformedJson(start)
  return offset
}
