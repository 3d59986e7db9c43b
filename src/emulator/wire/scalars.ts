import type { ScalarKind } from './descriptors.ts'
import { isJsonObject, type JsonValue } from './json-value.ts'

export type ScalarReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly typeName: string; readonly reason?: string }

/** Reads one scalar by proto3's JSON rules; a refusal names the type as Google's error texts do. */
export const readScalar = (kind: ScalarKind, value: JsonValue): ScalarReading => readers[kind](value)

const accepted = (value: JsonValue): ScalarReading => ({ ok: true, value })

const refused = (typeName: string): ScalarReading => ({ ok: false, typeName })

const readText =
  (typeName: string, pattern: RegExp) =>
  (value: JsonValue): ScalarReading =>
    typeof value === 'string' && pattern.test(value) ? accepted(value) : refused(typeName)

const anyText = /^/

const toNumber = (value: JsonValue): number => {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() === value && value !== '' ? Number(value) : Number.NaN
}

const readInteger =
  (typeName: string, limit: number) =>
  (value: JsonValue): ScalarReading => {
    const number = toNumber(value)
    return Number.isInteger(number) && number >= -limit && number < limit ? accepted(number) : refused(typeName)
  }

const readFraction =
  (typeName: string) =>
  (value: JsonValue): ScalarReading => {
    const number = toNumber(value)
    return Number.isNaN(number) ? refused(typeName) : accepted(number)
  }

const readBoolean = (value: JsonValue): ScalarReading => {
  if (value === true || value === 'true') return accepted(true)
  if (value === false || value === 'false') return accepted(false)
  return refused('TYPE_BOOL')
}

/** Standard and URL-safe alphabets, with and without padding; the text is kept, so that nothing is decoded twice. */
const base64 = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/

const readBytes = (value: JsonValue): ScalarReading => {
  if (typeof value !== 'string') return refused('TYPE_BYTES')
  if (base64.test(value) && value.replace(/=+$/, '').length % 4 !== 1) return accepted(value)
  return { ok: false, typeName: 'TYPE_BYTES', reason: `Base64 decoding failed for ${JSON.stringify(value)}` }
}

const readers: Readonly<Record<ScalarKind, (value: JsonValue) => ScalarReading>> = {
  string: readText('TYPE_STRING', anyText),
  bool: readBoolean,
  int32: readInteger('TYPE_INT32', 2 ** 31),
  int64: readInteger('TYPE_INT64', 2 ** 63),
  float: readFraction('TYPE_FLOAT'),
  double: readFraction('TYPE_DOUBLE'),
  bytes: readBytes,
  duration: readText('type.googleapis.com/google.protobuf.Duration', /^-?\d+(?:\.\d{1,9})?s$/),
  timestamp: readText(
    'type.googleapis.com/google.protobuf.Timestamp',
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/,
  ),
  struct: value => (isJsonObject(value) ? accepted(value) : refused('type.googleapis.com/google.protobuf.Struct')),
  value: accepted,
}
