/** Shorter texts are no secrets worth the name, and replacing them would tear words apart. */
const shortestSecret = 8
const replacement = '[secret]'
/** Google's API keys; one that was deleted long ago may still stand in an error text. */
const googleKey = /AIza[\w-]{35}/g

/**
 * Makes a function that replaces known secrets in a text. Its cost grows with the text, not with the number of secrets,
 * since there may be ten thousand keys.
 */
export const createScrubber = (secrets: Iterable<string>): ((text: string) => string) => {
  const byStart = groupByStart(secrets)
  return text => replaceKnown(text, byStart).replace(googleKey, replacement)
}

/** Longest first: one secret may be the beginning of another. */
const groupByStart = (secrets: Iterable<string>) => {
  const known = [...new Set(secrets)].filter(secret => secret.length >= shortestSecret)
  return Map.groupBy(
    known.sort((left, right) => right.length - left.length),
    secret => secret.slice(0, shortestSecret),
  )
}

const replaceKnown = (text: string, byStart: ReadonlyMap<string, readonly string[]>) => {
  let clean = ''
  let copied = 0
  for (let at = 0; at + shortestSecret <= text.length; at += 1) {
    const found = byStart.get(text.slice(at, at + shortestSecret))?.find(secret => text.startsWith(secret, at))
    if (!found) continue
    clean += text.slice(copied, at) + replacement
    copied = at + found.length
    at = copied - 1
  }
  return clean + text.slice(copied)
}
