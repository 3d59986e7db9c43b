/** As many names as a header can hold without becoming a problem of its own. */
const mostNames = 40

/** Tells which fields of a request were not honoured. They are the client's own words: only what is plain is repeated. */
export const noteIgnored = (notes: Map<string, string>, ignored: readonly string[]): void => {
  if (ignored.length === 0) return
  const names = [...new Set(ignored)].map(name => name.replace(/[^\w.[\]-]/g, '_').slice(0, 80))
  const rest = names.length - mostNames
  const listed = names.slice(0, mostNames).join(', ')
  notes.set('x-gemini-balance-ignored', rest > 0 ? `${listed}, and ${rest} more` : listed)
}
