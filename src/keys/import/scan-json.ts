/** A value of a JSON text with the place it stands at. */
export type JsonNode = {
  /** Counted from 1. */
  readonly line: number
  /** Its own text is `text.slice(start, end)`. */
  readonly start: number
  readonly end: number
  readonly value: JsonLeaf | readonly JsonNode[] | JsonProperties
}

type JsonLeaf = string | number | boolean | null

/** As they stand in the text: a name may be there twice, and may be `__proto__`. */
export type JsonProperties = { readonly properties: readonly (readonly [name: string, node: JsonNode])[] }

const mostDepth = 16

/** Thrown when a text has more values than a list of keys can need. */
export class TooManyValues extends Error {
  override readonly name = 'TooManyValues'
}

/**
 * Reads a JSON text whose values know their lines. Undefined when the text is no JSON, or one nested deeper than any list
 * of keys.
 * @throws TooManyValues
 */
export const scanJson = (text: string, options: { readonly firstLine: number; readonly mostValues: number }) => {
  const scanner = new Scanner(text, options.firstLine, options.mostValues)
  try {
    return scanner.readAll()
  } catch (error) {
    if (error === notJson) return undefined
    throw error
  }
}

const notJson = new SyntaxError('This text is no JSON.')

class Scanner {
  readonly #text: string
  readonly #mostValues: number
  #position = 0
  #line: number
  #values = 0

  constructor(text: string, firstLine: number, mostValues: number) {
    this.#text = text
    this.#line = firstLine
    this.#mostValues = mostValues
  }

  readAll(): JsonNode {
    const node = this.#readValue(0)
    this.#skipBlanks()
    if (this.#position < this.#text.length) throw notJson
    return node
  }

  #readValue(depth: number): JsonNode {
    this.#skipBlanks()
    if (depth > mostDepth) throw notJson
    if (++this.#values > this.#mostValues) throw new TooManyValues('This JSON text has too many values.')
    const line = this.#line
    const start = this.#position
    const sign = this.#text[start]
    const value =
      sign === '[' ? this.#readArray(depth) : sign === '{' ? this.#readObject(depth) : this.#readLeaf(sign ?? '')
    return { line, start, end: this.#position, value }
  }

  #readArray(depth: number): readonly JsonNode[] {
    const nodes: JsonNode[] = []
    this.#readMembers(']', () => nodes.push(this.#readValue(depth + 1)))
    return nodes
  }

  #readObject(depth: number): JsonProperties {
    const properties: (readonly [string, JsonNode])[] = []
    this.#readMembers('}', () => {
      if (this.#text[this.#position] !== '"') throw notJson
      const name = this.#readString()
      this.#skipBlanks()
      if (this.#text[this.#position] !== ':') throw notJson
      this.#position++
      properties.push([name, this.#readValue(depth + 1)])
    })
    return { properties }
  }

  #readMembers(close: string, readMember: () => void) {
    this.#position++
    this.#skipBlanks()
    if (this.#text[this.#position] === close) {
      this.#position++
      return
    }
    for (;;) {
      this.#skipBlanks()
      readMember()
      this.#skipBlanks()
      const sign = this.#text[this.#position++]
      if (sign === close) return
      if (sign !== ',') throw notJson
    }
  }

  #readLeaf(sign: string): JsonLeaf {
    if (sign === '"') return this.#readString()
    word.lastIndex = this.#position
    const found = word.exec(this.#text)?.[0]
    if (found === undefined) throw notJson
    this.#position += found.length
    return parseLiteral(found) as JsonLeaf
  }

  #readString(): string {
    const start = this.#position
    let end = start + 1
    for (;;) {
      const sign = this.#text.charCodeAt(end)
      // A line break must be written as \n inside a string; NaN is the end of the text.
      if (Number.isNaN(sign) || sign === lineFeed) throw notJson
      if (sign === quote) break
      end += sign === backslash ? 2 : 1
    }
    this.#position = end + 1
    return parseLiteral(this.#text.slice(start, end + 1)) as string
  }

  #skipBlanks() {
    for (;;) {
      const sign = this.#text.charCodeAt(this.#position)
      if (sign === lineFeed) this.#line++
      else if (sign !== 0x20 && sign !== 0x09 && sign !== 0x0d) return
      this.#position++
    }
  }
}

const lineFeed = 0x0a
const quote = 0x22
const backslash = 0x5c
const word = /[-+.\w]{1,40}/y

const parseLiteral = (literal: string): unknown => {
  try {
    return JSON.parse(literal)
  } catch {
    throw notJson
  }
}
