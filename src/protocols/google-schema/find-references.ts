import { nameIn } from './definitions.ts'
import { type GoogleSchema, isRawSchema } from './raw-schema.ts'

/** A reference that every value must follow, as far as `required` says. */
export type Reference = {
  /** The schema that is the reference. */
  readonly schema: GoogleSchema
  readonly to: string
  /** The nearest required property around it. */
  readonly property: Property | undefined
}

type Property = { readonly owner: GoogleSchema; readonly name: string }

/** The references of one definition that are not inside a property which may be left out. */
export const findReferences = (schema: GoogleSchema): readonly Reference[] => {
  const found: Reference[] = []
  collect(schema, undefined, found)
  return found
}

/** What Google reads. `not`, `if` and the like are carried along, and nothing is unrolled for them. */
const one = ['items', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'propertyNames', 'contains']
const many = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const named = ['patternProperties', 'dependentSchemas', 'dependencies']

const collect = (schema: unknown, property: Property | undefined, found: Reference[]): void => {
  if (!isRawSchema(schema)) return
  const owner = schema as GoogleSchema
  if (typeof owner.$ref === 'string') found.push({ schema: owner, to: nameIn(owner.$ref), property })
  for (const keyword of one) collect(owner[keyword], property, found)
  for (const keyword of many) for (const member of listOf(owner[keyword])) collect(member, property, found)
  for (const keyword of named) for (const member of membersOf(owner[keyword])) collect(member, property, found)
  const required = new Set(listOf(owner.required))
  for (const [name, member] of Object.entries(isRawSchema(owner.properties) ? owner.properties : {}))
    if (required.has(name)) collect(member, { owner, name }, found)
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const membersOf = (value: unknown): readonly unknown[] => (isRawSchema(value) ? Object.values(value) : [])
