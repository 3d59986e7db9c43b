/** Google reads each with a dollar before it as well. */
const credentialNames = new Set(['key', '$key', 'access_token', '$access_token'])

/**
 * A query without the client's credentials: a second one beside the gateway's own makes Google refuse the request, and
 * the client's is none of its business.
 */
export const withoutCredentials = (query: string): string => {
  if (!/key|access_token|%/i.test(query)) return query
  return query
    .split('&')
    .filter(pair => !credentialNames.has(decodeName(pair)))
    .join('&')
}

const decodeName = (pair: string): string => {
  const name = pair.split('=', 1)[0] ?? ''
  try {
    return decodeURIComponent(name).toLowerCase()
  } catch {
    return name.toLowerCase()
  }
}
