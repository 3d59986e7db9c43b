import { addNull, convertTypes, exclusiveLimit } from './dialects.ts'
import { keywordKinds, notesOf } from './keywords.ts'
import { mergeAllOf } from './merge-all-of.ts'
import { deepestSchema, nestedTooDeep } from './nesting.ts'
import type { Place } from './place.ts'
import { type GoogleSchema, isRawSchema, type RawSchema, referenceOf } from './raw-schema.ts'

/** One schema, without its definitions. What is no schema at all allows anything. @throws GatewayError when nested too deep */
export const convertSchema = (schema: unknown, place: Place): GoogleSchema => {
  if (place.depth > deepestSchema) throw nestedTooDeep()
  if (schema === false) return { not: {} }
  if (!isRawSchema(schema)) return {}
  const reference = referenceOf(schema)
  if (reference !== undefined) return convertReference([schema], reference, place)
  const merged = mergeAllOf(schema, place)
  const direct = referenceOf(merged.raw)
  if (direct !== undefined) return convertReference([merged.raw, schema], direct, place)
  return withNull(merged.raw, convertKeywords(merged.raw, { ...place, within: merged.within }))
}

/**
 * Google takes nothing beside a reference; what is said about this use of it stands around it.
 * @param bearers the schemas the reference stands in, from the inside out
 */
const convertReference = (bearers: readonly RawSchema[], reference: string, place: Place): GoogleSchema => {
  const meant = place.definitions.refer(reference)
  const schema = bearers.some(bearer => bearer.nullable === true) ? addNull(meant) : meant
  const notes = bearers.flatMap(bearer => Object.entries(convertKeywords(notesOf(bearer) ?? {}, place)))
  if (notes.length === 0) return schema
  return { ...Object.fromEntries(notes), ...('$ref' in schema ? { anyOf: [schema] } : schema) }
}

const withNull = (raw: RawSchema, schema: GoogleSchema): GoogleSchema =>
  raw.nullable === true ? addNull(schema) : schema

const convertKeywords = (raw: RawSchema, place: Place): GoogleSchema => {
  const inside = deeper(place)
  const schema: GoogleSchema = {}
  const types = convertTypes(raw.type)
  if (types !== undefined) schema.type = types
  for (const [keyword, value] of Object.entries(raw)) {
    const converted = convertKeyword(raw, keyword, value, inside)
    if (converted !== undefined) schema[keyword] = converted
  }
  convertTuple(raw, schema, inside)
  if (schema.enum === undefined && (typeof raw.const === 'string' || typeof raw.const === 'number'))
    schema.enum = [raw.const]
  return schema
}

/** Lists in `items` are `prefixItems` since 2020-12, and `additionalItems` became `items`. No more items: `maxItems`. */
const convertTuple = (raw: RawSchema, schema: GoogleSchema, place: Place) => {
  const isList = Array.isArray(raw.items)
  const tuple = isList ? raw.items : raw.prefixItems
  if (!Array.isArray(tuple)) return
  const rest = isList ? raw.additionalItems : raw.items
  delete schema.items
  if (tuple.length > 0) schema.prefixItems ??= convertList(tuple, place)
  if (rest === false) schema.maxItems = Math.min(tuple.length, Number(schema.maxItems ?? tuple.length))
  else if (rest !== undefined) schema.items = convertSchema(rest, place)
}

/** Undefined for what does not go up: unknown keywords, and values that do not suit their keyword. */
const convertKeyword = (raw: RawSchema, keyword: string, value: unknown, place: Place): unknown => {
  switch (keywordKinds.get(keyword)) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'number':
      return typeof value === 'number' ? value : exclusiveLimit(raw, keyword, value)
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'data':
      return value
    case 'data-list':
      return Array.isArray(value) && value.length > 0 ? value : undefined
    case 'names':
      return namesIn(value)
    case 'names-map':
      return isRawSchema(value) ? mapMembers(value, names => namesIn(names) ?? []) : undefined
    case 'schema':
      return convertNested(keyword, value, place)
    case 'schema-or-flag':
      return typeof value === 'boolean' ? value : convertSchema(value, place)
    case 'schema-list':
      return Array.isArray(value) && value.length > 0 ? convertList(value, place) : undefined
    case 'schema-map':
      return isRawSchema(value) ? convertMap(value, place) : undefined
    case 'schema-or-names-map':
      return isRawSchema(value) ? convertDependencies(value, place) : undefined
    case undefined:
      return undefined
  }
}

const namesIn = (value: unknown): readonly string[] | undefined => {
  if (!Array.isArray(value)) return undefined
  const names = new Set(value.filter(name => typeof name === 'string'))
  return names.size === 0 ? undefined : [...names]
}

/** A condition that got lost must not forbid everything. */
const convertNested = (keyword: string, value: unknown, place: Place): unknown => {
  const schema = convertSchema(value, place)
  const isLost = keyword === 'not' && isRawSchema(value) && Object.keys(value).length > 0
  return isLost && Object.keys(schema).length === 0 ? undefined : schema
}

const convertMap = (schemas: RawSchema, place: Place) => {
  const inside = deeper(place)
  return mapMembers(schemas, member => convertSchema(member, inside))
}

const convertDependencies = (dependencies: RawSchema, place: Place) => {
  const inside = deeper(place)
  return mapMembers(dependencies, member =>
    Array.isArray(member) ? (namesIn(member) ?? []) : convertSchema(member, inside),
  )
}

const convertList = (schemas: readonly unknown[], place: Place) => {
  const inside = deeper(place)
  return schemas.map(member => convertSchema(member, inside))
}

const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 })

/** `Object.fromEntries` makes a member of its own even of the name `__proto__`. */
const mapMembers = (members: RawSchema, change: (member: unknown) => unknown) =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]))
