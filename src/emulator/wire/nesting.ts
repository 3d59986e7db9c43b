import type { JsonValue } from './json-value.ts'

/** Protobuf's JSON parser goes this deep and no further (`kDefaultMaxRecursionDepth` of its `json_stream_parser`). */
const deepest = 100

/** Whether objects and lists stand in each other deeper than Google reads. Level by level: recursion is what must not be. */
export const isNestedTooDeep = (root: JsonValue): boolean => {
  let level = [root].filter(isContainer)
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap(container => Object.values<JsonValue>(container).filter(isContainer))
  }
  return false
}

const isContainer = (value: JsonValue) => typeof value === 'object' && value !== null
