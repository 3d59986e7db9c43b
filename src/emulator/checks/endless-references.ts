import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import { resolveReference } from '../wire/schema-references.ts'

/**
 * The references of a JSON Schema that lead back to themselves without passing a property that may be left out. Google
 * unrolls cycles, and so takes them only where a value can end; that a property may be null is not enough.
 */
export const endlessReferences = (root: JsonObject): readonly string[] => {
  const done = new Set<string>()
  const endless = new Set<string>()
  const follow = (reference: string, trail: readonly string[]): void => {
    if (trail.includes(reference)) {
      endless.add(reference)
      return
    }
    if (done.has(reference)) return
    const target = resolveReference(reference, root)
    if (target !== undefined) for (const next of unavoidable(target)) follow(next, [...trail, reference])
    done.add(reference)
  }
  for (const reference of allReferences(root)) follow(reference, [])
  return [...endless]
}

/** The references a schema reaches without an optional property. */
const unavoidable = (schema: JsonValue): readonly string[] => {
  if (!isJsonObject(schema)) return []
  const { properties, required } = schema
  const names = isJsonArray(required) ? required : []
  const needed = isJsonObject(properties)
    ? Object.entries(properties).flatMap(([name, member]) => (names.includes(name) ? [member] : []))
    : []
  return [
    ...(typeof schema.$ref === 'string' ? [schema.$ref] : []),
    ...[...needed, ...listed(schema.anyOf), ...listed(schema.oneOf), ...listed(schema.prefixItems)].flatMap(
      unavoidable,
    ),
    ...unavoidable(schema.items ?? null),
  ]
}

const listed = (value: JsonValue | undefined) => (isJsonArray(value) ? value : [])

const allReferences = (value: JsonValue): readonly string[] => {
  if (isJsonArray(value)) return value.flatMap(allReferences)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : allReferences(member),
  )
}
