import { listOf } from '../read-value.ts'
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
const readKeywords: ReadonlyMap<string, 'one' | 'list' | 'map'> = new Map(
  Object.entries({
    one: ['items', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'propertyNames', 'contains'],
    list: ['anyOf', 'oneOf', 'allOf', 'prefixItems'],
    map: ['patternProperties', 'dependentSchemas', 'dependencies'],
  }).flatMap(([kind, keywords]) => keywords.map(keyword => [keyword, kind as 'one' | 'list' | 'map'] as const)),
)

const collect = (schema: unknown, property: Property | undefined, found: Reference[]): void => {
  if (!isRawSchema(schema)) return
  const owner = schema as GoogleSchema
  if (typeof owner.$ref === 'string') found.push({ schema: owner, to: nameIn(owner.$ref), property })
  for (const keyword in owner) {
    const value = owner[keyword]
    const kind = readKeywords.get(keyword)
    if (kind === 'one') collect(value, property, found)
    else if (kind === 'list') for (const member of listOf(value)) collect(member, property, found)
    else if (kind === 'map') for (const member of membersOf(value)) collect(member, property, found)
    else if (keyword === 'properties') collectRequired(owner, found)
  }
}

const collectRequired = (owner: GoogleSchema, found: Reference[]): void => {
  if (!isRawSchema(owner.properties)) return
  for (const name of new Set(listOf(owner.required)))
    if (typeof name === 'string' && Object.hasOwn(owner.properties, name))
      collect(owner.properties[name], { owner, name }, found)
}

const membersOf = (value: unknown): readonly unknown[] => (isRawSchema(value) ? Object.values(value) : [])
