import type { MessageName } from './descriptor-table.ts'
import { type Field, findField } from './descriptors.ts'
import { type EnumName, enumTable } from './enum-table.ts'
import { invalidArgument } from './google-error.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import { readScalar } from './scalars.ts'

type Fault = { readonly field: string; readonly description: string }

type Reading = { readonly version: string; readonly faults: Fault[] }

/**
 * Reads JSON as the named protobuf message, by proto3's JSON rules as Google's transcoder applies them: both spellings
 * of names, enums in any case, a lone value for a list, `null` as unset. The result has lowerCamelCase names, upper-case
 * enums, and lists wherever the message has lists.
 * @param version the API version of the path, which error texts mention
 * @throws GoogleError that lists every unknown name and every value of a wrong type
 */
export const readMessage = (message: MessageName, json: JsonObject, version: string): JsonObject => {
  const reading: Reading = { version, faults: [] }
  const result = readFields(reading, message, json, '')
  if (reading.faults.length === 0) return result
  throw invalidArgument(reading.faults.map(fault => fault.description).join('\n'), [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: reading.faults.map(({ field, description }) =>
        field === '' ? { description } : { field, description },
      ),
    },
  ])
}

const readFields = (reading: Reading, message: MessageName, json: JsonObject, path: string): JsonObject => {
  const result: Record<string, JsonValue> = {}
  const oneofs = new Set<string>()
  for (const [name, value] of Object.entries(json)) {
    const field = findField(message, name)
    if (field === undefined) {
      unknownName(reading, name, path, 'Cannot find field.')
      continue
    }
    if (value === null && !takesNull(field)) continue
    if (field.oneof !== undefined) {
      if (oneofs.has(field.oneof)) {
        alreadySet(reading, field, path)
        continue
      }
      oneofs.add(field.oneof)
    }
    const read = readField(reading, field, name, value, path)
    if (read !== undefined) result[field.jsonName] = read
  }
  return result
}

const takesNull = (field: Field) => field.type.kind === 'scalar' && field.type.scalar === 'value'

const readField = (reading: Reading, field: Field, name: string, value: JsonValue, parent: string) => {
  const path = parent === '' ? field.protoName : `${parent}.${field.protoName}`
  if (field.label === 'map') return readMap(reading, field, value, path)
  if (field.label === 'repeated') {
    if (!isJsonArray(value)) return wrapped(readValue(reading, field, value, path, parent))
    return value.flatMap((element, index) => wrapped(readValue(reading, field, element, `${path}[${index}]`, path)))
  }
  if (isJsonArray(value) && !takesNull(field)) {
    unknownName(reading, name, parent, 'Proto field is not repeating, cannot start list.')
    return undefined
  }
  return readValue(reading, field, value, path, parent)
}

const wrapped = (value: JsonValue | undefined): readonly JsonValue[] => (value === undefined ? [] : [value])

/** Google's paths count map entries: the third property is `properties[2].value`. */
const readMap = (reading: Reading, field: Field, value: JsonValue, path: string): JsonValue | undefined => {
  if (!isJsonObject(value)) {
    const description = `Invalid value at '${path}' (Map), Cannot bind a ${isJsonArray(value) ? 'list' : 'scalar'} to map for field '${field.jsonName}'.`
    reading.faults.push({ field: path, description })
    return undefined
  }
  const result: Record<string, JsonValue> = {}
  Object.entries(value).forEach(([key, member], index) => {
    const read = readValue(reading, field, member, `${path}[${index}].value`, path)
    if (read !== undefined) result[key] = read
  })
  return result
}

const readValue = (reading: Reading, field: Field, value: JsonValue, path: string, parent: string) => {
  const { type } = field
  if (type.kind === 'message') {
    if (isJsonObject(value)) return readFields(reading, type.message, value, path)
    return invalidValue(reading, path, typeUrl(reading, type.message), shown(value))
  }
  if (type.kind === 'enum') return readEnum(reading, type.enum, value, path)
  if (isJsonObject(value) && type.scalar !== 'struct' && type.scalar !== 'value')
    return invalidValue(reading, parent, field.protoName, 'Starting an object on a scalar field')
  const read = readScalar(type.scalar, value)
  if (read.ok) return read.value
  return invalidValue(reading, path, read.typeName, read.reason ?? shown(value))
}

const readEnum = (reading: Reading, name: EnumName, value: JsonValue, path: string): JsonValue | undefined => {
  const values: readonly string[] = enumTable[name]
  const found =
    typeof value === 'string'
      ? values.find(known => known === value.toUpperCase())
      : values[Number(value ?? Number.NaN)]
  return found ?? invalidValue(reading, path, typeUrl(reading, name), shown(value))
}

const typeUrl = (reading: Reading, name: string) =>
  `type.googleapis.com/google.ai.generativelanguage.${reading.version}.${name}`

const shown = (value: JsonValue) => JSON.stringify(value)

const at = (path: string) => (path === '' ? '' : ` at '${path}'`)

const unknownName = (reading: Reading, name: string, path: string, reason: string): void => {
  const description = `Invalid JSON payload received. Unknown name "${name}"${at(path)}: ${reason}`
  reading.faults.push({ field: path, description })
}

const invalidValue = (reading: Reading, path: string, typeName: string, reason: string): undefined => {
  reading.faults.push({ field: path, description: `Invalid value${at(path)} (${typeName}), ${reason}` })
  return undefined
}

const alreadySet = (reading: Reading, field: Field, path: string): void => {
  const reason = `oneof field '${field.oneof}' is already set. Cannot set '${field.jsonName}'`
  invalidValue(reading, path, 'oneof', reason)
}
