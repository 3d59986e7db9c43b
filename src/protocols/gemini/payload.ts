import { GatewayError } from '../../errors/gateway-error.ts'
import { isRecord } from '../read-value.ts'
import { isDeeperThan } from '../text-depth.ts'
import { toCamelCase } from './camel-case.ts'
import {
  eachMember,
  isArrayAt,
  isObjectAt,
  MalformedJson,
  readName,
  type Span,
  skipSpace,
  skipValue,
} from './json-scanner.ts'

type Splice = { readonly at: number; readonly text: string; readonly replaces?: number }

/**
 * A native request body: the client's bytes and what the gateway wants to add beside them.
 * Nothing of the client's is parsed and written again: additions are spliced in, so that a field that does not exist
 * today, a big number or an odd escape goes up exactly as it came. Immutable; every addition gives a new payload.
 */
export class GeminiPayload {
  readonly #bytes: Buffer
  readonly #members: ReadonlyMap<string, Span>
  /** Members the client wrote as `null`, which means unset; an addition takes their place. */
  readonly #unset: ReadonlyMap<string, Span>
  readonly #splices: readonly Splice[]
  readonly #added: ReadonlyMap<string, unknown>

  private constructor(
    bytes: Buffer,
    members: ReadonlyMap<string, Span>,
    unset: ReadonlyMap<string, Span>,
    splices: readonly Splice[],
    added: ReadonlyMap<string, unknown>,
  ) {
    this.#bytes = bytes
    this.#members = members
    this.#unset = unset
    this.#splices = splices
    this.#added = added
  }

  /** @throws GatewayError `invalid-request` when the bytes are not one JSON object */
  static read(bytes: Buffer): GeminiPayload {
    const members = new Map<string, Span>()
    const unset = new Map<string, Span>()
    const start = skipSpace(bytes, 0)
    try {
      const end = eachMember(bytes, start, (nameStart, nameEnd, valueStart) => {
        const valueEnd = skipValue(bytes, valueStart)
        const isNull = valueEnd - valueStart === 4 && bytes[valueStart] === 0x6e
        const name = toCamelCase(readName(bytes, nameStart, nameEnd))
        ;(isNull ? unset : members).set(name, { start: valueStart, end: valueEnd })
        return valueEnd
      })
      if (skipSpace(bytes, end) !== bytes.length) throw new MalformedJson(end)
    } catch (error) {
      if (!(error instanceof MalformedJson)) throw error
      throw new GatewayError(
        'invalid-request',
        `Invalid JSON payload received. The body must be one JSON object; reading failed at byte ${error.offset}.`,
      )
    }
    return new GeminiPayload(bytes, members, unset, [], new Map())
  }

  /** A body that was made from another dialect: there are no bytes of the client's to keep. */
  static of(members: Readonly<Record<string, unknown>>): GeminiPayload {
    const given = Object.entries(members).filter(([, value]) => value !== undefined)
    return new GeminiPayload(emptyObject, new Map(), new Map(), [], new Map(given))
  }

  /** Whether the client, or a stage before, said anything of the top-level `name` (camelCase; snake_case is found too). */
  has(name: string): boolean {
    return this.#added.has(name) || this.#members.has(name)
  }

  /**
   * The parsed value of a top-level member as the client wrote it, or as it was added whole; undefined when absent,
   * malformed inside, or nested deeper than Google reads.
   */
  get(name: string): unknown {
    const span = this.#members.get(name)
    if (span === undefined) return this.#added.get(name)
    try {
      const text = this.#bytes.toString('utf8', span.start, span.end)
      return isDeeperThan(deepest, text) ? undefined : JSON.parse(text)
    } catch {
      return undefined
    }
  }

  /** The bytes of a top-level member as the client wrote it. */
  raw(name: string): Buffer | undefined {
    const span = this.#members.get(name)
    return span && this.#bytes.subarray(span.start, span.end)
  }

  /**
   * Whether the ASCII `text` may stand anywhere in a top-level member; cheaper than parsing it to find that it does not.
   * Of one that was added whole, nothing is known without looking.
   */
  mentions(name: string, text: string): boolean {
    const span = this.#members.get(name)
    if (span === undefined) return this.#added.has(name)
    return this.#bytes.subarray(span.start, span.end).includes(text, 0, 'latin1')
  }

  /** Adds a top-level member. The caller has seen that it is absent. */
  add(name: string, value: unknown): GeminiPayload {
    return new GeminiPayload(
      this.#bytes,
      this.#members,
      this.#unset,
      this.#splices,
      new Map(this.#added).set(name, value),
    )
  }

  /** Adds a member to the object `parent`, which is made when absent. Left alone when `parent` is not an object. */
  addInside(parent: string, name: string, value: unknown): GeminiPayload {
    const span = this.#members.get(parent)
    if (span === undefined) {
      const present = this.#added.get(parent)
      return this.add(parent, { ...(isRecord(present) ? present : {}), [name]: value })
    }
    if (!isObjectAt(this.#bytes, span.start)) return this
    const isEmpty = skipSpace(this.#bytes, span.start + 1) === span.end - 1 && !this.#isSplicedAt(span.start + 1)
    return this.#splice({ at: span.start + 1, text: `${quoted(name, value)}${isEmpty ? '' : ','}` })
  }

  /** Appends an element to the list `name`, which is made when absent; a lone object becomes a list (proto3 JSON allows it). */
  append(name: string, element: unknown): GeminiPayload {
    const span = this.#members.get(name)
    if (span === undefined) {
      const present = this.#added.get(name)
      return this.add(name, [...(Array.isArray(present) ? present : []), element])
    }
    const text = JSON.stringify(element)
    if (isArrayAt(this.#bytes, span.start)) {
      const isEmpty = skipSpace(this.#bytes, span.start + 1) === span.end - 1 && !this.#isSplicedAt(span.start + 1)
      return this.#splice({ at: span.start + 1, text: isEmpty ? text : `${text},` })
    }
    if (!isObjectAt(this.#bytes, span.start)) return this
    if (this.#isSplicedAt(span.end)) return this.#splice({ at: span.start, text: `${text},` }, 'last')
    return this.#splice({ at: span.start, text: '[' }).#splice({ at: span.end, text: `,${text}]` })
  }

  /** The body to send: the client's own bytes when nothing was added. */
  toBytes(): Buffer {
    if (this.#splices.length === 0 && this.#added.size === 0) return this.#bytes
    const splices = [...this.#splices, ...this.#additions()]
    if (splices.length > 1) splices.sort(byPlace)
    let size = this.#bytes.length
    for (const { text, replaces = 0 } of splices) size += Buffer.byteLength(text) - replaces
    const target = Buffer.allocUnsafe(size)
    let from = 0
    let to = 0
    for (const { at, text, replaces = 0 } of splices) {
      to += this.#bytes.copy(target, to, from, at)
      to += target.write(text, to)
      from = at + replaces
    }
    this.#bytes.copy(target, to, from)
    return target
  }

  #additions(): readonly Splice[] {
    const replacing: Splice[] = []
    const beside: string[] = []
    for (const [name, value] of this.#added) {
      const span = this.#unset.get(name)
      if (span === undefined) beside.push(quoted(name, value))
      else replacing.push({ at: span.start, text: JSON.stringify(value), replaces: span.end - span.start })
    }
    if (beside.length === 0) return replacing
    const separator = this.#members.size + this.#unset.size === 0 ? '' : ','
    return [...replacing, { at: skipSpace(this.#bytes, 0) + 1, text: beside.join(',') + separator }]
  }

  #isSplicedAt(at: number): boolean {
    return this.#splices.some(splice => splice.at === at)
  }

  /** A later splice at the same place goes before the earlier one, which ends in a comma or stands alone. */
  #splice(splice: Splice, place: 'first' | 'last' = 'first'): GeminiPayload {
    const splices = place === 'first' ? [splice, ...this.#splices] : [...this.#splices, splice]
    return new GeminiPayload(this.#bytes, this.#members, this.#unset, splices, this.#added)
  }
}

const emptyObject = Buffer.from('{}')

/** Google reads 100 levels in all. */
const deepest = 200

const byPlace = (left: Splice, right: Splice) => left.at - right.at

const quoted = (name: string, value: unknown) => `"${name}":${textOf(value)}`

/** Settings, which are frozen, are written into every request: their text is kept for as long as the value lives. */
const texts = new WeakMap<object, string>()

const textOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = JSON.stringify(value)
  texts.set(value, text)
  return text
}
