import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'

/**
 * What a `$ref` means inside its own document: the root, a JSON pointer, an `$anchor` or an `$id`; `undefined` for
 * everything else, since nothing is fetched.
 */
export const resolveReference = (reference: string, root: JsonValue): JsonValue | undefined => {
  if (reference === '#') return root
  if (reference.startsWith('#/')) return atPointer(reference.slice(2).split('/').map(unescaped), root)
  if (reference.startsWith('#')) return findNamed('$anchor', reference.slice(1), root)
  return findNamed('$id', reference, root)
}

const atPointer = (steps: readonly string[], root: JsonValue): JsonValue | undefined => {
  let found: JsonValue | undefined = root
  for (const step of steps) {
    if (isJsonArray(found)) found = found[Number(step)]
    else found = isJsonObject(found) && Object.hasOwn(found, step) ? found[step] : undefined
  }
  return found
}

const unescaped = (step: string): string => {
  const slashes = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(slashes)
  } catch {
    return slashes
  }
}

const findNamed = (keyword: string, name: string, value: JsonValue): JsonObject | undefined => {
  if (isJsonObject(value) && value[keyword] === name) return value
  if (typeof value !== 'object' || value === null) return undefined
  for (const member of Object.values(value)) {
    const found = findNamed(keyword, name, member)
    if (found !== undefined) return found
  }
  return undefined
}
