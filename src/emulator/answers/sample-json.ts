import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import type { Schema } from '../wire/messages.ts'

/** A value that satisfies the schema, always the same one. */
export const sampleOfSchema = (schema: Schema): JsonValue =>
  sampleOfJsonSchema(lowerCaseTypes(schema as unknown as JsonObject))

/** The same for JSON Schema; references inside the document are followed. */
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

const deepest = 12

const sample = (schema: JsonValue, root: JsonValue, name: string, depth: number): JsonValue => {
  if (!isJsonObject(schema)) return name
  const followed = typeof schema.$ref === 'string' ? resolve(schema.$ref, root) : undefined
  if (followed !== undefined) return depth > deepest ? null : sample(followed, root, name, depth + 1)
  if (schema.const !== undefined) return schema.const
  if (isJsonArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0]
  const alternatives = schema.anyOf ?? schema.oneOf
  if (isJsonArray(alternatives) && alternatives[0] !== undefined) return sample(alternatives[0], root, name, depth + 1)
  return samplers[typeOf(schema)]?.(schema, root, name, depth) ?? null
}

type Sampler = (schema: JsonObject, root: JsonValue, name: string, depth: number) => JsonValue

const typeOf = (schema: JsonObject): string => {
  const { type } = schema
  const named = isJsonArray(type) ? type.find(member => member !== 'null') : type
  if (typeof named === 'string') return named
  if (schema.properties !== undefined) return 'object'
  return schema.items === undefined && schema.prefixItems === undefined ? 'string' : 'array'
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-23T12:00:00Z',
  date: '2026-11-23',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const sampleText: Sampler = (schema, _root, name) => {
  const formatted = typeof schema.format === 'string' ? formats[schema.format] : undefined
  const text = formatted ?? `a ${name}`
  const padded = text.padEnd(Number(schema.minLength ?? 0), '.')
  return schema.maxLength === undefined ? padded : padded.slice(0, Number(schema.maxLength))
}

const sampleNumber =
  (whole: boolean): Sampler =>
  schema => {
    const minimum = Number(schema.minimum ?? Number.NEGATIVE_INFINITY)
    const maximum = Number(schema.maximum ?? Number.POSITIVE_INFINITY)
    const value = Math.min(Math.max(1, minimum), maximum)
    return whole ? Math.ceil(value) : value
  }

const sampleArray: Sampler = (schema, root, name, depth) => {
  const prefix = isJsonArray(schema.prefixItems) ? schema.prefixItems : []
  const wanted = Math.max(Number(schema.minItems ?? 1), prefix.length)
  if (depth > deepest) return []
  return Array.from({ length: wanted }, (_, index) =>
    sample(prefix[index] ?? schema.items ?? {}, root, name, depth + 1),
  )
}

/** Optional properties are left out where the nesting would not end. */
const sampleObject: Sampler = (schema, root, _name, depth) => {
  const properties = isJsonObject(schema.properties) ? schema.properties : {}
  const required = isJsonArray(schema.required) ? schema.required : []
  const ordering = isJsonArray(schema.propertyOrdering) ? schema.propertyOrdering.map(String) : []
  const names = [...new Set([...ordering.filter(name => Object.hasOwn(properties, name)), ...Object.keys(properties)])]
  const kept = depth < 4 ? names : names.filter(name => required.includes(name))
  return Object.fromEntries(kept.map(name => [name, sample(properties[name] ?? {}, root, name, depth + 1)]))
}

const samplers: Readonly<Record<string, Sampler>> = {
  string: sampleText,
  number: sampleNumber(false),
  integer: sampleNumber(true),
  boolean: () => true,
  array: sampleArray,
  object: sampleObject,
  null: () => null,
}

const resolve = (reference: string, root: JsonValue): JsonValue | undefined => {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let found: JsonValue | undefined = root
  for (const step of reference.slice(2).split('/')) found = isJsonObject(found) ? found[step] : undefined
  return found
}
