import { GatewayError } from '../../errors/gateway-error.ts'
import type { RawSchema } from './raw-schema.ts'

/** How many values (objects, lists, texts, numbers …) the JSON Schemas of one request may hold: 128 tools of 230 each, for example. */
export const mostValues = 30_000

/** How many may be written out in place of references, where schemas are built on others. */
const mostCopied = 20_000

/**
 * What the JSON Schemas of one request may cost. To convert a value takes about two microseconds, in which nothing else
 * happens; a body may be large enough for millions.
 */
export class SchemaBudget {
  #values = mostValues
  #copied = mostCopied
  readonly #sizes = new Map<RawSchema, number>()

  /** @throws GatewayError `invalid-request` where the schemas of the request are too large together */
  take(schema: unknown): void {
    this.#values -= countValues(schema, this.#values)
    if (this.#values < 0)
      throw new GatewayError(
        'invalid-request',
        `The JSON Schemas of one request hold more than ${mostValues} values together.`,
      )
  }

  /** Whether what is referred to may be written out in place of the reference. */
  takeCopy(target: RawSchema): boolean {
    const size = this.#sizes.get(target) ?? countValues(target, this.#copied)
    this.#sizes.set(target, size)
    if (size > this.#copied) return false
    this.#copied -= size
    return true
  }
}

/** All values in a value and itself; `most + 1` where there are more than `most`. Without recursion, whatever its depth. */
const countValues = (value: unknown, most: number): number => {
  const waiting = [value]
  let count = 1
  for (let next = waiting.pop(); next !== undefined && count <= most; next = waiting.pop()) {
    for (const name in next as object) {
      count++
      const member = (next as RawSchema)[name]
      if (typeof member === 'object' && member !== null) waiting.push(member)
      if (count > most) break
    }
  }
  return count
}
