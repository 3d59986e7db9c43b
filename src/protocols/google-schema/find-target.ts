import { isRawSchema, type RawSchema } from './raw-schema.ts'

/** What a reference of a schema means, looked up in the schema's own text: nothing is ever fetched. */
export class Targets {
  readonly #root: RawSchema
  readonly #found = new Map<string, unknown>()
  /** By `$anchor` (with `#`) and by `$id`; built when the first reference needs it. */
  #named: ReadonlyMap<string, RawSchema> | undefined

  constructor(root: RawSchema) {
    this.#root = root
  }

  /** The schema (an object or a boolean), or undefined when there is none. */
  find(reference: string): unknown {
    if (this.#found.has(reference)) return this.#found.get(reference)
    const target = this.#look(reference)
    const usable = isRawSchema(target) || typeof target === 'boolean' ? target : undefined
    this.#found.set(reference, usable)
    return usable
  }

  #look(reference: string): unknown {
    const hash = reference.indexOf('#')
    const document = hash === -1 ? reference : reference.slice(0, hash)
    const fragment = hash === -1 ? '' : reference.slice(hash + 1)
    const base = document === '' ? this.#root : this.#byName(document)
    if (base === undefined) return undefined
    if (fragment === '') return base
    return fragment.startsWith('/') ? followPointer(base, fragment) : this.#byName(`#${fragment}`)
  }

  #byName(name: string): RawSchema | undefined {
    this.#named ??= indexNames(this.#root)
    return this.#named.get(name)
  }
}

/** No schema that Google takes is deeper than this, counted in steps of a pointer. */
const mostSteps = 100

/** The name a definition is known by: the last step of a reference. */
export const lastStep = (reference: string): string => {
  const steps = reference.slice(reference.indexOf('#') + 1).split('/')
  return decodeStep(steps[steps.length - 1] ?? '')
}

const followPointer = (base: RawSchema, pointer: string): unknown => {
  const steps = pointer.split('/', mostSteps + 2).slice(1)
  if (steps.length > mostSteps) return undefined
  let value: unknown = base
  for (const step of steps.map(decodeStep)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as RawSchema)[step]
  }
  return value
}

const decodeStep = (step: string): string => decodePercent(step).replaceAll('~1', '/').replaceAll('~0', '~')

const decodePercent = (text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Data may look like a schema and is none. */
const dataKeywords: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples'])

const indexNames = (root: RawSchema): ReadonlyMap<string, RawSchema> => {
  const named = new Map<string, RawSchema>()
  const note = (name: unknown, prefix: string, schema: RawSchema) => {
    if (typeof name !== 'string') return
    const key = prefix + (name.endsWith('#') && name.length > 1 ? name.slice(0, -1) : name)
    if (!named.has(key)) named.set(key, schema)
  }
  const waiting: unknown[] = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (isRawSchema(value)) {
      note(value.$anchor, '#', value)
      note(value.$dynamicAnchor, '#', value)
      note(value.$id, '', value)
      note(value.id, '', value)
      for (const [keyword, member] of Object.entries(value)) if (!dataKeywords.has(keyword)) waiting.push(member)
    } else if (Array.isArray(value)) for (const member of value) waiting.push(member)
  }
  return named
}
