import { toGoogleSchema } from '../../google-schema.ts'
import type { Conversion } from './conversion.ts'
import { type JsonObject, readChoice, readObject, readText, requireObject } from './read-values.ts'

/** What the text of an answer must look like. */
export type ResponseFormat =
  | { readonly kind: 'text' }
  /** `schema` undefined where any JSON will do. */
  | { readonly kind: 'json'; readonly schema: JsonObject | undefined }

/** @throws GatewayError */
export const readResponseFormat = (value: unknown, { ignored }: Conversion): ResponseFormat => {
  const format = typeof value === 'string' ? { type: value } : readObject(value, 'response_format')
  if (format === undefined) return { kind: 'text' }
  const type = readChoice(format.type, ['text', 'json_object', 'json_schema'], 'response_format.type') ?? 'text'
  ignored.addUnknown(format, formatMembers, 'response_format')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json', schema: undefined }
  return { kind: 'json', schema: readSchema(format.json_schema, ignored) }
}

const readSchema = (value: unknown, ignored: Conversion['ignored']): JsonObject | undefined => {
  const path = 'response_format.json_schema'
  const named = requireObject(value, path)
  // Its name says nothing to Google, and `strict` is how Google always is.
  ignored.addUnknown(named, schemaMembers, path)
  const description = readText(named.description, `${path}.description`)
  const schema = toGoogleSchema(readObject(named.schema, `${path}.schema`))
  if (schema === undefined || description === undefined) return schema
  // Nothing may stand beside a reference.
  if ('$ref' in schema || 'description' in schema) return schema
  return { ...schema, description }
}

const formatMembers = new Set(['type', 'json_schema'])
const schemaMembers = new Set(['name', 'strict', 'schema', 'description'])
