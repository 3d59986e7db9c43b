import { GatewayError } from '../errors/gateway-error.ts'
import { breakCycles } from './google-schema/break-cycles.ts'
import { convertSchema } from './google-schema/convert-schema.ts'
import { Definitions, nameIn, usedDefinitions } from './google-schema/definitions.ts'
import { annotations } from './google-schema/keywords.ts'
import { refuseDeepNesting } from './google-schema/nesting.ts'
import { type GoogleSchema, isRawSchema, type RawSchema } from './google-schema/raw-schema.ts'
import { SchemaBudget } from './google-schema/schema-budget.ts'

/**
 * A JSON Schema in the form `parametersJsonSchema` and `responseJsonSchema` accept; undefined when it says nothing (an
 * object without properties, anything at all). The input stays as it is.
 * @param budget of the request, for all of its schemas together
 * @throws GatewayError `invalid-request` for what is no schema, and for one that is too large or nested too deep
 */
export const toGoogleSchema = (
  schema: unknown,
  budget = new SchemaBudget(),
): Readonly<Record<string, unknown>> | undefined => {
  if (schema === undefined || schema === null || typeof schema === 'boolean') return undefined
  if (!isRawSchema(schema)) throw new GatewayError('invalid-request', 'A JSON Schema must be an object.')
  budget.take(schema)
  const definitions = new Definitions(schema)
  const convert = (raw: RawSchema) =>
    convertSchema(raw, { definitions, depth: 1, within: { raw, outer: undefined }, budget })
  const converted = new Map<string, GoogleSchema>()
  const written = convert(schema)
  for (let next = definitions.next(); next !== undefined; next = definitions.next())
    converted.set(next.name, convert(next.raw))
  breakCycles(written, converted)
  const root = resolveRoot(written, converted)
  if (saysNothing(root)) return undefined
  const used = usedDefinitions(root, converted)
  const whole = { ...asObject(root), ...(used.size > 0 && { $defs: Object.fromEntries(used) }) }
  refuseDeepNesting(whole)
  return whole
}

/** A root that is nothing but a reference, said something about or not, is what it refers to. There are no circles any more. */
const resolveRoot = (written: GoogleSchema, definitions: ReadonlyMap<string, GoogleSchema>): GoogleSchema => {
  let root = written
  for (let reference = referenceIn(root); reference !== undefined; reference = referenceIn(root)) {
    const { $ref: _reference, anyOf: _around, ...notes } = root
    root = { ...definitions.get(nameIn(reference)), ...notes }
  }
  return root
}

const referenceIn = (root: GoogleSchema): string | undefined => {
  if (typeof root.$ref === 'string') return root.$ref
  const [only, ...others] = Array.isArray(root.anyOf) ? root.anyOf : []
  const isAlone = others.length === 0 && Object.keys(root).every(word => word === 'anyOf' || annotations.has(word))
  return isAlone && typeof only?.$ref === 'string' ? only.$ref : undefined
}

const saysNothing = (root: GoogleSchema): boolean =>
  Object.entries(root).every(([keyword, value]) => {
    if (keyword === 'type') return value === 'object'
    if (keyword === 'properties') return Object.keys(value as object).length === 0
    if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') return typeof value === 'boolean'
    return annotations.has(keyword)
  })

/** What describes an object without saying that it is one. */
const asObject = (root: GoogleSchema): GoogleSchema =>
  root.type === undefined && aboutObjects.some(keyword => root[keyword] !== undefined)
    ? { type: 'object', ...root }
    : root

const aboutObjects = ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties']
