import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import type { Schema } from '../wire/messages.ts'
import { resolveReference } from '../wire/schema-references.ts'
import { sampleNumber, sampleText } from './sample-scalars.ts'

/** A value that satisfies the schema, always the same one. */
export const sampleOfSchema = (schema: Schema): JsonValue =>
  sampleOfJsonSchema(lowerCaseTypes(schema as unknown as JsonObject))

/** The same for JSON Schema; references inside the document are followed. `pattern` and `not` are not looked at. */
export const sampleOfJsonSchema = (schema: JsonValue): JsonValue => sample(schema, schema, 'text', 0)

/** `Schema` spells its types in capitals; everything else it has in common with JSON Schema. */
const lowerCaseTypes = (schema: JsonObject): JsonObject => {
  const members = Object.entries(schema).map(([name, value]) => {
    if (name === 'type' && typeof value === 'string') return [name, value.toLowerCase()]
    if (name === 'items' && isJsonObject(value)) return [name, lowerCaseTypes(value)]
    if (name === 'anyOf' && isJsonArray(value))
      return [name, value.map(member => (isJsonObject(member) ? lowerCaseTypes(member) : member))]
    if (name === 'properties' && isJsonObject(value))
      return [
        name,
        Object.fromEntries(
          Object.entries(value).map(([key, member]) => [key, isJsonObject(member) ? lowerCaseTypes(member) : member]),
        ),
      ]
    return [name, value]
  })
  return Object.fromEntries(members)
}

/** From here on only what is required, and from {@link deepest} on nothing that nests. */
const deep = 4
const deepest = 64

const sample = (schema: JsonValue, root: JsonValue, name: string, depth: number): JsonValue => {
  if (!isJsonObject(schema)) return name
  if (depth > deepest) return null
  const followed = typeof schema.$ref === 'string' ? resolveReference(schema.$ref, root) : undefined
  if (followed !== undefined) return sample(followed, root, name, depth + 1)
  if (schema.const !== undefined) return schema.const
  if (isJsonArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0]
  const alternatives = schema.anyOf ?? schema.oneOf
  if (isJsonArray(alternatives) && alternatives.length > 0)
    return sample(joined(withoutAlternatives(schema), chosen(alternatives, depth)), root, name, depth + 1)
  if (isJsonArray(schema.allOf) && schema.allOf.length > 0) {
    const { allOf: _, ...rest } = schema
    const members = schema.allOf.map(member => reached(member, root, depth))
    return sample(members.reduce<JsonValue>(joined, rest), root, name, depth + 1)
  }
  return samplers[typeOf(schema)]?.(schema, root, name, depth) ?? null
}

const withoutAlternatives = ({ anyOf: _, oneOf: _also, ...rest }: JsonObject): JsonObject => rest

/** The first, or deep down the first that does not nest. */
const chosen = (alternatives: readonly JsonValue[], depth: number): JsonValue => {
  const first = alternatives[0] ?? {}
  return depth < deep ? first : (alternatives.find(isFlat) ?? first)
}

const isFlat = (schema: JsonValue): boolean =>
  isJsonObject(schema) && schema.$ref === undefined && !['object', 'array'].includes(typeOf(schema))

const reached = (schema: JsonValue, root: JsonValue, depth: number): JsonValue => {
  if (depth > deepest || !isJsonObject(schema) || typeof schema.$ref !== 'string') return schema
  return reached(resolveReference(schema.$ref, root) ?? {}, root, depth + 1)
}

/** Both at once: what either says, and the properties and required names of both. A reference stands alone. */
const joined = (left: JsonValue, right: JsonValue): JsonValue => {
  if (!isJsonObject(left) || !isJsonObject(right) || right.$ref !== undefined) return right
  const properties = { ...objectOf(left.properties), ...objectOf(right.properties) }
  const required = [...listOf(left.required), ...listOf(right.required)]
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {})
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isJsonArray(value) ? value : [])

type Sampler = (schema: JsonObject, root: JsonValue, name: string, depth: number) => JsonValue

const typeOf = (schema: JsonObject): string => {
  const { type } = schema
  const named = isJsonArray(type) ? (type.find(member => member !== 'null') ?? type[0]) : type
  if (typeof named === 'string') return named
  if (schema.properties !== undefined || schema.required !== undefined) return 'object'
  return schema.items === undefined && schema.prefixItems === undefined ? 'string' : 'array'
}

/** A schema may ask for more than fits into memory. */
const mostItems = 10_000

const sampleArray: Sampler = (schema, root, name, depth) => {
  const prefix = listOf(schema.prefixItems)
  const least = Math.max(Math.min(Number(schema.minItems ?? 1), mostItems), prefix.length)
  const wanted = Math.min(least, Number(schema.maxItems ?? least))
  const differs = schema.uniqueItems === true && wanted > 1
  return Array.from({ length: wanted }, (_, index) => {
    const value = sample(prefix[index] ?? schema.items ?? {}, root, name, depth + 1)
    return differs ? varied(value, index) : value
  })
}

const varied = (value: JsonValue, index: number): JsonValue => {
  if (index === 0) return value
  if (typeof value === 'number') return value + index
  return typeof value === 'string' ? `${value} ${index + 1}` : value
}

/** Optional properties are left out where the nesting would not end. */
const sampleObject: Sampler = (schema, root, _name, depth) => {
  const properties = objectOf(schema.properties)
  const required = listOf(schema.required).map(String)
  const ordering = listOf(schema.propertyOrdering).map(String)
  const names = [
    ...new Set([...ordering.filter(name => Object.hasOwn(properties, name)), ...Object.keys(properties), ...required]),
  ]
  const kept = depth < deep ? names : names.filter(name => required.includes(name))
  const others = isJsonObject(schema.additionalProperties) ? schema.additionalProperties : {}
  return Object.fromEntries(
    kept.map(name => [
      name,
      sample(Object.hasOwn(properties, name) ? (properties[name] ?? {}) : others, root, name, depth + 1),
    ]),
  )
}

const samplers: Readonly<Record<string, Sampler>> = {
  string: (schema, _root, name) => sampleText(schema, name),
  number: schema => sampleNumber(schema, false),
  integer: schema => sampleNumber(schema, true),
  boolean: () => true,
  array: sampleArray,
  object: sampleObject,
  null: () => null,
}
