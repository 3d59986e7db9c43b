import type { Violation } from '../wire/google-error.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import { resolveReference } from '../wire/schema-references.ts'
import { endlessReferences } from './endless-references.ts'

/** What Google refuses of a JSON Schema; keywords it does not know are carried along and ignored. */
export const jsonSchemaViolations = (schema: JsonValue, path: string): readonly Violation[] => {
  if (!isJsonObject(schema)) return [`${path}: schema must be an object`]
  return [
    ...nestedViolations(schema, path, schema),
    ...endlessReferences(schema).map(
      reference => `${path}: the $ref ${reference} is cyclic, which is only allowed within non-required properties`,
    ),
  ]
}

const schemaMaps = ['properties', '$defs']
const schemaLists = ['anyOf', 'oneOf', 'prefixItems']

const nestedViolations = (schema: JsonValue, path: string, root: JsonObject): readonly Violation[] => {
  if (!isJsonObject(schema)) return [`${path}: schema must be an object`]
  const maps = schemaMaps.flatMap(keyword => {
    const members = schema[keyword]
    if (!isJsonObject(members)) return []
    return Object.entries(members).flatMap(([name, member]) =>
      nestedViolations(member, `${path}.${keyword}[${name}]`, root),
    )
  })
  const lists = schemaLists.flatMap(keyword => {
    const members = schema[keyword]
    if (!isJsonArray(members)) return []
    return members.flatMap((member, index) => nestedViolations(member, `${path}.${keyword}[${index}]`, root))
  })
  const items = schema.items === undefined ? [] : nestedViolations(schema.items, `${path}.items`, root)
  const { additionalProperties: others } = schema
  const additional = isJsonObject(others) ? nestedViolations(others, `${path}.additionalProperties`, root) : []
  return [...refViolations(schema, path, root), ...maps, ...lists, ...items, ...additional]
}

const refViolations = (schema: JsonObject, path: string, root: JsonObject): readonly Violation[] => {
  const { $ref: reference } = schema
  if (reference === undefined) return []
  const beside = Object.keys(schema).filter(keyword => !keyword.startsWith('$'))
  if (beside.length > 0) return [`${path}: $ref cannot be combined with other fields (${beside.join(', ')})`]
  return typeof reference === 'string' && resolveReference(reference, root) !== undefined
    ? []
    : [`${path}.$ref: cannot resolve the reference ${JSON.stringify(reference)}`]
}
