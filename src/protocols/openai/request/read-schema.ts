import { GatewayError } from '../../../errors/gateway-error.ts'
import { toGoogleSchema } from '../../google-schema.ts'
import type { Conversion } from './conversion.ts'
import { fault, shortened } from './faults.ts'
import { convertOnce } from './known-schemas.ts'
import { type JsonObject, readObject } from './read-values.ts'

/** A JSON Schema as Google takes it; undefined where it says nothing. @throws GatewayError with the path as `param` */
export const readSchema = (value: unknown, path: string, { schemaBudget }: Conversion): JsonObject | undefined => {
  const schema = readObject(value, path)
  if (schema === undefined) return undefined
  try {
    return convertOnce(schema, each => toGoogleSchema(each, schemaBudget))
  } catch (error) {
    if (error instanceof GatewayError && error.param === undefined)
      throw fault(`Invalid '${path}'. ${error.message}`, path)
    throw error
  }
}

/** The schema of a function's arguments, which are an object always. @throws GatewayError in OpenAI's words for any other */
export const readParameters = (
  value: unknown,
  name: string,
  path: string,
  conversion: Conversion,
): JsonObject | undefined => {
  const schema = readSchema(value, path, conversion)
  const type = schema?.type
  if (type === undefined || type === 'object') return schema
  if (Array.isArray(type) && type.includes('object')) return { ...schema, type: 'object' }
  throw fault(
    `Invalid schema for function '${shortened(name)}': schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(type)}'.`,
    path,
  )
}
