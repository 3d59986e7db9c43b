const apiVersions = ['v1beta', 'v1', 'v1alpha'] as const

export type Route =
  | { readonly kind: 'list-models'; readonly version: string }
  | { readonly kind: 'get-model'; readonly version: string; readonly model: string }
  | { readonly kind: 'call-model'; readonly version: string; readonly model: string; readonly method: string }
  | { readonly kind: 'list-files'; readonly version: string }
  /** Not an address of the API: the front end answers with a page. */
  | { readonly kind: 'unknown' }

const unknown: Route = { kind: 'unknown' }

/** Which method of the API a path means. A colon may be percent-encoded, as some clients do. */
export const routeOf = (httpMethod: string, pathname: string): Route => {
  const [, version = '', resource = '', ...rest] = pathname.split('/')
  if (!apiVersions.some(known => known === version) || rest.length > 1) return unknown
  if (resource === 'files') return rest.length === 0 && httpMethod === 'GET' ? { kind: 'list-files', version } : unknown
  if (resource !== 'models') return unknown
  const [segment] = rest
  if (segment === undefined) return httpMethod === 'GET' ? { kind: 'list-models', version } : unknown
  const [model = '', method, ...more] = decode(segment).split(':')
  if (model === '' || more.length > 0) return unknown
  if (method === undefined) return httpMethod === 'GET' ? { kind: 'get-model', version, model } : unknown
  return httpMethod === 'POST' ? { kind: 'call-model', version, model, method } : unknown
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
