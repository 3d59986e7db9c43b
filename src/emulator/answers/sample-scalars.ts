import type { JsonObject, JsonValue } from '../wire/json-value.ts'

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-23T12:00:00Z',
  date: '2026-11-23',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** A schema may ask for more than fits into memory. */
const mostCharacters = 100_000

/** A text of the format and the length that the schema wants. */
export const sampleText = (schema: JsonObject, name: string): string => {
  const formatted = typeof schema.format === 'string' ? formats[schema.format] : undefined
  const text = formatted ?? `a ${name}`
  const padded = text.padEnd(Math.min(Number(schema.minLength ?? 0), mostCharacters), '.')
  return schema.maxLength === undefined ? padded : padded.slice(0, Number(schema.maxLength))
}

/** The number next to 1 within the bounds, then the next multiple of what it must be one of. */
export const sampleNumber = (schema: JsonObject, whole: boolean): number => {
  const above = bound(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY)
  const below = bound(schema.exclusiveMaximum, Number.POSITIVE_INFINITY)
  const gap = whole ? 1 : Math.min(1, (below - above) / 2)
  const minimum = Math.max(bound(schema.minimum, Number.NEGATIVE_INFINITY), above + gap)
  const maximum = Math.min(bound(schema.maximum, Number.POSITIVE_INFINITY), below - gap)
  const value = Math.min(Math.max(1, minimum), maximum)
  const rounded = whole ? Math.ceil(value) : value
  const step = bound(schema.multipleOf, 0)
  return step > 0 ? multipleOf(step, rounded, minimum, maximum) : rounded
}

const multipleOf = (step: number, value: number, minimum: number, maximum: number): number => {
  const up = Math.ceil(value / step) * step
  return up <= maximum && up >= minimum ? up : Math.floor(value / step) * step
}

const bound = (value: JsonValue | undefined, otherwise: number): number =>
  value === undefined ? otherwise : Number(value)
