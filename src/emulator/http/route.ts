import type { ForeignCollection } from '../wire/google-error.ts'

const apiVersions = ['v1beta', 'v1', 'v1alpha'] as const

export type Route =
  | { readonly kind: 'list-models'; readonly version: string }
  | { readonly kind: 'get-model'; readonly version: string; readonly model: string }
  | { readonly kind: 'call-model'; readonly version: string; readonly model: string; readonly method: string }
  /** Nothing is stored here: every list is empty. */
  | { readonly kind: 'list-empty'; readonly version: string }
  /** And whatever is named belongs to somebody else. */
  | {
      readonly kind: 'foreign-resource'
      readonly version: string
      readonly collection: ForeignCollection
      readonly id: string
    }
  /** Google's own OpenAI layer; `model` is empty where the address names none. */
  | {
      readonly kind: 'openai'
      readonly version: string
      readonly operation: 'chat' | 'embeddings' | 'list-models' | 'get-model'
      readonly model: string
    }
  /** Not an address of the API: the front end answers with a page. */
  | { readonly kind: 'unknown' }

export type KnownRoute = Exclude<Route, { kind: 'unknown' }>

/** What may be done with one of them by its name. */
const collections: Readonly<Record<ForeignCollection, readonly string[]>> = {
  files: ['GET', 'DELETE'],
  cachedContents: ['GET', 'DELETE', 'PATCH'],
  batches: ['GET', 'DELETE'],
}

const unknown: Route = { kind: 'unknown' }

/** Which method of the API a path means. A colon may be percent-encoded, as some clients do. */
export const routeOf = (httpMethod: string, pathname: string): Route => {
  if (isOpenAi(pathname)) return openAiRoute(httpMethod, pathname)
  const [, version = '', resource = '', ...rest] = pathname.split('/')
  if (!apiVersions.some(known => known === version) || rest.length > 1) return unknown
  if (isCollection(resource)) return storedRoute(httpMethod, version, resource, rest[0])
  if (resource !== 'models') return unknown
  const [segment] = rest
  if (segment === undefined) return httpMethod === 'GET' ? { kind: 'list-models', version } : unknown
  const [model = '', method, ...more] = decode(segment).split(':')
  if (model === '' || more.length > 0) return unknown
  if (method === undefined) return httpMethod === 'GET' ? { kind: 'get-model', version, model } : unknown
  return httpMethod === 'POST' ? { kind: 'call-model', version, model, method } : unknown
}

const openAiPrefix = '/v1beta/openai/'

/** Two of its methods answer without the layer's name too. */
const withoutPrefix: readonly string[] = ['/v1beta/chat/completions', '/v1beta/embeddings']

/** Whether an address belongs to Google's OpenAI layer, which takes other credentials and answers errors in arrays. */
export const isOpenAi = (pathname: string): boolean =>
  pathname.startsWith(openAiPrefix) || withoutPrefix.includes(pathname)

const openAiRoute = (httpMethod: string, pathname: string): Route => {
  const path = pathname.replace(openAiPrefix, '').replace('/v1beta/', '')
  const route = { kind: 'openai', version: 'v1beta', model: '' } as const
  if (httpMethod === 'POST' && path === 'chat/completions') return { ...route, operation: 'chat' }
  if (httpMethod === 'POST' && path === 'embeddings') return { ...route, operation: 'embeddings' }
  if (httpMethod !== 'GET') return unknown
  if (path === 'models') return { ...route, operation: 'list-models' }
  const model = /^models\/(?:models\/)?([^/]+)$/.exec(decode(path))?.[1]
  return model === undefined ? unknown : { ...route, operation: 'get-model', model }
}

const isCollection = (name: string): name is ForeignCollection => Object.hasOwn(collections, name)

const storedRoute = (
  httpMethod: string,
  version: string,
  collection: ForeignCollection,
  segment: string | undefined,
): Route => {
  if (segment === undefined) return httpMethod === 'GET' ? { kind: 'list-empty', version } : unknown
  const id = decode(segment)
  if (id === '' || id.includes(':') || !collections[collection].includes(httpMethod)) return unknown
  return { kind: 'foreign-resource', version, collection, id }
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
