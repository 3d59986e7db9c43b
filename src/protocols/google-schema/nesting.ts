import { GatewayError } from '../../errors/gateway-error.ts'

/**
 * How many objects and lists may stand in each other. Google's JSON reader goes 100 deep (protobuf's
 * `kDefaultMaxRecursionDepth`), five of which are around the schema of a function; the rest is for what lies between.
 */
export const deepestSchema = 90

export const nestedTooDeep = () =>
  new GatewayError('invalid-request', `A JSON Schema is nested more than ${deepestSchema} levels deep.`)

/** @throws GatewayError `invalid-request` */
export const refuseDeepNesting = (value: unknown, depth = 1): void => {
  if (typeof value !== 'object' || value === null) return
  if (depth > deepestSchema) throw nestedTooDeep()
  for (const member of Object.values(value)) refuseDeepNesting(member, depth + 1)
}
