import type { Conversion } from './conversion.ts'
import { readSchema } from './read-schema.ts'
import { type JsonObject, readChoice, readObject, readText, requireObject } from './read-values.ts'

/** What the text of an answer must look like. */
export type ResponseFormat =
  | { readonly kind: 'text' }
  /** `schema` undefined where any JSON will do. */
  | { readonly kind: 'json'; readonly schema: JsonObject | undefined }

/** @throws GatewayError */
export const readResponseFormat = (value: unknown, conversion: Conversion): ResponseFormat => {
  const { ignored } = conversion
  const format = typeof value === 'string' ? { type: value } : readObject(value, 'response_format')
  if (format === undefined) return { kind: 'text' }
  const type = readChoice(format.type, ['text', 'json_object', 'json_schema'], 'response_format.type') ?? 'text'
  ignored.addUnknown(format, formatMembers, 'response_format')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json', schema: undefined }
  return { kind: 'json', schema: readNamedSchema(format.json_schema, conversion) }
}

const readNamedSchema = (value: unknown, conversion: Conversion): JsonObject | undefined => {
  const path = 'response_format.json_schema'
  const named = requireObject(value, path)
  // Its name says nothing to Google, and `strict` is how Google always is.
  conversion.ignored.addUnknown(named, schemaMembers, path)
  const description = readText(named.description, `${path}.description`)
  const schema = readSchema(named.schema, `${path}.schema`, conversion)
  if (schema === undefined || description === undefined) return schema
  return { description, ...schema }
}

const formatMembers = new Set(['type', 'json_schema'])
const schemaMembers = new Set(['name', 'strict', 'schema', 'description'])
