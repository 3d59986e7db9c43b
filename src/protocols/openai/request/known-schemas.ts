import type { JsonObject } from './read-values.ts'

/** A larger one is converted every time. */
const mostOfOne = 32_768

/** Of all together, in characters of JSON. */
const mostCharacters = 4 * 1024 * 1024

const converted = new Map<string, JsonObject | undefined>()
let characters = 0

/**
 * What a JSON Schema was converted to, remembered by its text: agents send the same tools at every turn, and converting
 * one takes far longer than writing it down and looking it up (measured: 43 µs against 5 for 900 characters). Nobody
 * changes what is returned.
 */
export const convertOnce = (
  schema: JsonObject,
  convert: (schema: JsonObject) => JsonObject | undefined,
): JsonObject | undefined => {
  const text = JSON.stringify(schema)
  if (converted.has(text)) return converted.get(text)
  const result = convert(schema)
  if (text.length > mostOfOne) return result
  converted.set(text, result)
  characters += text.length
  for (const oldest of converted.keys()) {
    if (characters <= mostCharacters) break
    converted.delete(oldest)
    characters -= oldest.length
  }
  return result
}
