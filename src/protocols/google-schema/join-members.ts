import { convertTypes } from './dialects.ts'
import { annotations } from './keywords.ts'
import { isRawSchema, type RawSchema } from './raw-schema.ts'

/**
 * One schema that says what all members say, or undefined where keywords meet that cannot be joined.
 * Where `additionalProperties: false` stands beside other members' properties, all properties are meant.
 */
export const joinMembers = (members: readonly RawSchema[]): RawSchema | undefined => {
  const joined = new Map<string, unknown>()
  const groups = new Map<string, RawSchema>()
  for (const member of members) {
    for (const [keyword, value] of Object.entries(member)) {
      const group = groupOf.get(keyword)
      if (group !== undefined && (groups.get(group) ?? member) !== member) return undefined
      if (group !== undefined) groups.set(group, member)
      const together = joined.has(keyword) ? join(keyword, joined.get(keyword), value) : value
      if (together === undefined) return undefined
      joined.set(keyword, together)
    }
  }
  if (joined.has('properties')) joined.set('properties', joinProperties(members))
  return Object.fromEntries(joined)
}

/** Keywords that change each other's meaning must come from one member. */
const groupOf: ReadonlyMap<string, string> = new Map(
  [
    ['if', 'then', 'else'],
    ['contains', 'minContains', 'maxContains'],
    ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems'],
  ].flatMap(group => group.map(keyword => [keyword, group.join()] as const)),
)

const lowerLimits: ReadonlySet<string> = new Set([
  'minimum',
  'exclusiveMinimum',
  'minLength',
  'minItems',
  'minProperties',
])
const upperLimits: ReadonlySet<string> = new Set([
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
])

const join = (keyword: string, first: unknown, second: unknown): unknown => {
  if (annotations.has(keyword) || first === second) return first
  if (keyword === 'properties') return first
  if (keyword === 'nullable') return true
  if (keyword === 'type') return joinTypes(first, second)
  if (keyword === 'additionalProperties') return joinOpenness(first, second)
  if (keyword === 'required' || keyword === 'propertyOrdering')
    return Array.isArray(first) && Array.isArray(second) ? [...first, ...second] : undefined
  if (typeof first !== 'number' || typeof second !== 'number') return undefined
  if (lowerLimits.has(keyword)) return Math.max(first, second)
  return upperLimits.has(keyword) ? Math.min(first, second) : undefined
}

const joinProperties = (members: readonly RawSchema[]): RawSchema => {
  const byName = new Map<string, unknown[]>()
  for (const { properties } of members)
    for (const [name, schema] of Object.entries(isRawSchema(properties) ? properties : {})) {
      const schemas = byName.get(name) ?? []
      schemas.push(schema)
      byName.set(name, schemas)
    }
  return Object.fromEntries(
    [...byName].map(([name, schemas]) => [name, schemas.length > 1 ? { allOf: schemas } : schemas[0]]),
  )
}

const joinTypes = (first: unknown, second: unknown): readonly string[] | string | undefined => {
  const left = [convertTypes(first) ?? []].flat()
  const right = [convertTypes(second) ?? []].flat()
  const common = [...left, ...right].filter(type => allows(left, type) && allows(right, type))
  const [only, ...others] = new Set(common)
  return only === undefined ? undefined : others.length === 0 ? only : [only, ...others]
}

const allows = (types: readonly string[], type: string) =>
  types.includes(type) || (type === 'integer' && types.includes('number'))

const joinOpenness = (first: unknown, second: unknown): unknown => {
  if (first === false || second === false) return false
  if (first === true) return second
  return second === true ? first : undefined
}
