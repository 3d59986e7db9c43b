import { invalidArgument } from './google-error.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import { isNestedTooDeep } from './nesting.ts'

/**
 * Reads a request body. An empty body is an empty message, as in Google's transcoder.
 * @throws GoogleError with the transcoder's own texts for malformed JSON and for a root that is not an object, and for
 * nesting that is too deep
 */
export const readJsonText = (text: string): JsonObject => {
  if (text.trim() === '') return {}
  const value = parse(text)
  if (isNestedTooDeep(value)) throw invalidArgument('Message too deep. Max recursion depth reached.')
  if (!isJsonObject(value)) throw rootMustBeMessage()
  return value
}

const parse = (text: string): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    throw invalidArgument(`Invalid JSON payload received. ${describeFault(text)}`)
  }
}

const rootMustBeMessage = () => {
  const description = 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
  return invalidArgument(description, [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ description }] },
  ])
}

/** Says where and why parsing stops, in the words of protobuf's `JsonStreamParser`. */
const describeFault = (text: string): string => {
  const scanner = new FaultScanner(text)
  const fault = scanner.value() ?? scanner.trailing()
  return fault ?? `Unexpected token.\n${around(text, 0)}`
}

type Fault = string | undefined

const contextLength = 20

/** The neighbourhood of the fault and a caret below it, as Google prints it. */
const around = (text: string, at: number): string => {
  const start = Math.max(0, at - contextLength)
  return `${text.slice(start, at + contextLength)}\n${' '.repeat(at - start)}^`
}

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y
const bareWord = /[A-Za-z_$][\w$]*/y
const stringBody = /"(?:[^"\\]|\\.)*"/sy

/** Runs only on text that `JSON.parse` has refused, so its speed does not matter. */
class FaultScanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Fault {
    this.#skipSpace()
    if (this.#ended) return this.#fail('Expected a value.')
    const character = this.#text[this.#at]
    if (character === '{') return this.#object()
    if (character === '[') return this.#array()
    if (character === '"') return this.#string()
    if (this.#match(literal)) return undefined
    return this.#fail(/[\w$-]/.test(character ?? '') ? 'Unexpected token.' : 'Expected a value.')
  }

  trailing(): Fault {
    this.#skipSpace()
    return this.#ended ? undefined : this.#fail('Parsing terminated before end of input.')
  }

  #object(): Fault {
    this.#at++
    for (let first = true; ; first = false) {
      this.#skipSpace()
      if (first && this.#take('}')) return undefined
      const fault = this.#key()
      if (fault !== undefined) return fault
      this.#skipSpace()
      if (!this.#take(':')) return this.#fail('Expected : between key:value pair.')
      const inner = this.value()
      if (inner !== undefined) return inner
      this.#skipSpace()
      if (this.#take('}')) return undefined
      if (!this.#take(',')) return this.#fail('Expected , or } after key:value pair.')
    }
  }

  /** A bare word is read as a key, so that the fault is told where its colon would be. */
  #key(): Fault {
    if (this.#text[this.#at] === '"') return this.#string()
    return this.#match(bareWord) ? undefined : this.#fail('Expected an object key or }.')
  }

  #array(): Fault {
    this.#at++
    for (let first = true; ; first = false) {
      this.#skipSpace()
      if (first && this.#take(']')) return undefined
      if (this.#text[this.#at] === ']') return this.#fail('Expected a value.')
      const fault = this.value()
      if (fault !== undefined) return fault
      this.#skipSpace()
      if (this.#take(']')) return undefined
      if (!this.#take(',')) return this.#fail('Expected , or ] after array value.')
    }
  }

  #string(): Fault {
    return this.#match(stringBody) ? undefined : this.#fail('Closing quote expected in string.')
  }

  get #ended(): boolean {
    return this.#at >= this.#text.length
  }

  #fail(message: string): string {
    if (this.#ended) return `Unexpected end of string. ${message}\n\n^`
    return `${message}\n${around(this.#text, this.#at)}`
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return false
    this.#at += found[0].length
    return true
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }
}
