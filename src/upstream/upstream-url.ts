const versionEnding = /\/v\d+[a-z0-9]*$/

/**
 * The upstream address of a call. A base that ends in a version (`…/v1beta`) gets the client's version instead, so that
 * a client of `/v1` reaches Google's `/v1`; a base without one (a mirror) is used as it is.
 * @param path begins with `/`; already checked and percent-encoded
 * @param query without `?` and without credentials; may be empty
 */
export const upstreamUrl = (base: string, version: string, path: string, query: string): string => {
  const trimmed = base.endsWith('/') ? base.slice(0, -1) : base
  return `${trimmed.replace(versionEnding, `/${version}`)}${path}${query === '' ? '' : `?${query}`}`
}
