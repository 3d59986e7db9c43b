/**
 * Tells whether a model's name stands in a list whose entries may hold `*` for any run of characters
 * (`gemini-3*-image`). A list is compiled once, at its first use; every part of a pattern is looked for once, from
 * left to right, so that no pattern and no name can make it slow.
 */
export const matchesModel = (patterns: readonly string[], model: string): boolean => {
  const { names, wildcards } = compiledOf(patterns)
  return names.has(model) || wildcards.some(parts => matchesParts(parts, model))
}

/** `parts`: what stands between the stars. */
type CompiledList = { readonly names: ReadonlySet<string>; readonly wildcards: readonly (readonly string[])[] }

/** By identity: settings hand out a new, frozen list at every change. */
const compiledLists = new WeakMap<readonly string[], CompiledList>()

const compiledOf = (patterns: readonly string[]): CompiledList => {
  const known = compiledLists.get(patterns)
  if (known !== undefined) return known
  const compiled: CompiledList = {
    names: new Set(patterns.filter(pattern => !pattern.includes('*'))),
    wildcards: patterns.filter(pattern => pattern.includes('*')).map(pattern => pattern.split('*')),
  }
  compiledLists.set(patterns, compiled)
  return compiled
}

const matchesParts = (parts: readonly string[], model: string): boolean => {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (model.length < first.length + last.length || !model.startsWith(first) || !model.endsWith(last)) return false
  const end = model.length - last.length
  let position = first.length
  for (const part of parts.slice(1, -1)) {
    const found = model.indexOf(part, position)
    if (found < 0 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}
