import type { Violation } from '../wire/google-error.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../wire/json-value.ts'

/** The little that Google refuses of a JSON Schema; unknown keywords are carried along and ignored. */
export const jsonSchemaViolations = (schema: JsonValue, path: string): readonly Violation[] => {
  if (!isJsonObject(schema)) return [`${path}: schema must be an object`]
  return nestedViolations(schema, path)
}

const schemaMaps = ['properties', '$defs']
const schemaLists = ['anyOf', 'oneOf', 'prefixItems']

const nestedViolations = (schema: JsonValue, path: string): readonly Violation[] => {
  if (!isJsonObject(schema)) return []
  const maps = schemaMaps.flatMap(keyword => {
    const members = schema[keyword]
    if (!isJsonObject(members)) return []
    return Object.entries(members).flatMap(([name, member]) => nestedViolations(member, `${path}.${keyword}[${name}]`))
  })
  const lists = schemaLists.flatMap(keyword => {
    const members = schema[keyword]
    if (!isJsonArray(members)) return []
    return members.flatMap((member, index) => nestedViolations(member, `${path}.${keyword}[${index}]`))
  })
  const items = schema.items === undefined ? [] : nestedViolations(schema.items, `${path}.items`)
  return [...refViolations(schema, path), ...maps, ...lists, ...items]
}

const refViolations = (schema: Readonly<Record<string, JsonValue>>, path: string): readonly Violation[] => {
  if (schema.$ref === undefined) return []
  const beside = Object.keys(schema).filter(keyword => !keyword.startsWith('$'))
  return beside.length === 0 ? [] : [`${path}: $ref cannot be combined with other fields (${beside.join(', ')})`]
}
