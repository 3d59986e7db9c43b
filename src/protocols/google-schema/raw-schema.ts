/** A schema as the client sent it: any JSON object. */
export type RawSchema = Readonly<Record<string, unknown>>

/** A schema on its way to Google, made by the conversion and changed by nobody else. */
export type GoogleSchema = Record<string, unknown>

export const isRawSchema = (value: unknown): value is RawSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a schema refers to; the two forms for schemas that extend each other are read as plain references. */
export const referenceOf = (raw: RawSchema): string | undefined => {
  const reference = raw.$ref ?? raw.$dynamicRef ?? raw.$recursiveRef
  return typeof reference === 'string' ? reference : undefined
}
