import { lastStep, Targets } from './find-target.ts'
import { type GoogleSchema, isRawSchema, type RawSchema } from './raw-schema.ts'

/** Gives every schema that is referred to one place in `$defs`, and remembers which are still to be converted. */
export class Definitions {
  readonly #targets: Targets
  readonly #names = new Map<RawSchema, string>()
  readonly #taken = new Set<string>()
  readonly #counts = new Map<string, number>()
  readonly #waiting: { readonly name: string; readonly raw: RawSchema }[] = []

  constructor(root: RawSchema) {
    this.#targets = new Targets(root)
  }

  /** What a reference means; undefined when it leads nowhere. */
  find(reference: string): unknown {
    return this.#targets.find(reference)
  }

  /** What stands where the reference stood. A reference that leads nowhere allows anything. */
  refer(reference: string): GoogleSchema {
    const target = this.find(reference)
    if (target === false) return { not: {} }
    if (!isRawSchema(target)) return {}
    return { $ref: prefix + this.#nameOf(target, reference) }
  }

  /** The next schema that was referred to and not yet handed out. */
  next(): { readonly name: string; readonly raw: RawSchema } | undefined {
    return this.#waiting.pop()
  }

  #nameOf(target: RawSchema, reference: string): string {
    const known = this.#names.get(target)
    if (known !== undefined) return known
    const name = this.#newName(lastStep(reference))
    this.#names.set(target, name)
    this.#waiting.push({ name, raw: target })
    return name
  }

  /** Plain characters only, so that the name needs no escapes inside a pointer. */
  #newName(wish: string): string {
    const plain = wish.slice(0, longestName).replace(/[^A-Za-z0-9_.-]/g, '_')
    const base = plain === '' ? 'root' : plain === '__proto__' ? '_proto_' : plain
    let name = base
    while (this.#taken.has(name)) {
      const count = (this.#counts.get(base) ?? 1) + 1
      this.#counts.set(base, count)
      name = `${base}_${count}`
    }
    this.#taken.add(name)
    return name
  }
}

const prefix = '#/$defs/'

/** The name in a reference that `refer` wrote. */
export const nameIn = (reference: string): string => reference.slice(prefix.length)

/** The definitions that are of use to a schema, by way of others as well. */
export const usedDefinitions = (
  root: GoogleSchema,
  definitions: ReadonlyMap<string, GoogleSchema>,
): ReadonlyMap<string, GoogleSchema> => {
  const used = new Map<string, GoogleSchema>()
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const member of Object.values(value)) waiting.push(member)
    const name = isRawSchema(value) && typeof value.$ref === 'string' ? nameIn(value.$ref) : undefined
    const definition = name === undefined || used.has(name) ? undefined : definitions.get(name)
    if (name === undefined || definition === undefined) continue
    used.set(name, definition)
    waiting.push(definition)
  }
  return used
}

const longestName = 64
