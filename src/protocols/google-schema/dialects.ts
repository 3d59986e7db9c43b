import { annotations } from './keywords.ts'
import type { GoogleSchema, RawSchema } from './raw-schema.ts'

const types: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** The types that exist; `STRING` as Google's own `Schema` writes it is understood. Undefined when none is left. */
export const convertTypes = (value: unknown): string | readonly string[] | undefined => {
  if (typeof value === 'string') return knownType(value)
  if (!Array.isArray(value)) return undefined
  const known = value.map(knownType)
  if (known.length === 0 || known.includes(undefined)) return undefined
  return [...new Set(known.filter(type => type !== undefined))]
}

const knownType = (value: unknown): string | undefined => {
  const type = typeof value === 'string' ? value.toLowerCase() : ''
  return types.has(type) ? type : undefined
}

/** Draft 4: `exclusiveMinimum: true` beside `minimum` is today's number. */
export const exclusiveLimit = (raw: RawSchema, keyword: string, value: unknown): number | undefined => {
  const limit = keyword === 'exclusiveMinimum' ? raw.minimum : keyword === 'exclusiveMaximum' ? raw.maximum : undefined
  return value === true && typeof limit === 'number' ? limit : undefined
}

/** OpenAPI's `nullable: true`, which is no keyword of JSON Schema. */
export const addNull = (schema: GoogleSchema): GoogleSchema => {
  const restrictions = Object.keys(schema).filter(keyword => !annotations.has(keyword))
  if (restrictions.length === 0) return schema
  const { type } = schema
  if (type !== undefined && !restrictions.some(keyword => limitsEveryType.has(keyword))) {
    const list = Array.isArray(type) ? type : [type]
    return { ...schema, type: list.includes('null') ? list : [...list, 'null'] }
  }
  const outside = Object.entries(schema).filter(([keyword]) => annotations.has(keyword))
  const inside = Object.entries(schema).filter(([keyword]) => !annotations.has(keyword))
  return { ...Object.fromEntries(outside), anyOf: [Object.fromEntries(inside), { type: 'null' }] }
}

/** Keywords that say no to null although `type` allows it. */
const limitsEveryType: ReadonlySet<string> = new Set([
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  '$ref',
])
