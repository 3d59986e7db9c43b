import { GatewayError } from '../../errors/gateway-error.ts'

/** What a native path asks for. */
export type GeminiCall = {
  /** `v1beta`, `v1`, `v1alpha`. */
  readonly version: string
  /** The model of `models/{model}` or `models/{model}:{method}`; null for every other resource. */
  readonly model: string | null
  /** Behind the colon; null where there is none. */
  readonly method: string | null
  /** Everything behind the version, checked: `/models`, `/files/abc`. */
  readonly resource: string
}

const plainName = /^[A-Za-z0-9._~@-]+$/
const modelName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const methodName = /^[A-Za-z][A-Za-z0-9_]*$/

/**
 * Reads the path behind a version, as it stood in the request line. Clients write the colon as `%3A` too. Whatever could
 * change the meaning of the upstream address (dots, encoded slashes, `?`, `#`) is no name of anything.
 * @throws GatewayError `not-found`
 */
export const parseGeminiCall = (version: string, path: string): GeminiCall => {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  // Split first, then decode: an encoded slash is part of a name, and no name may hold one.
  const segments = trimmed.slice(1).split('/').map(decode)
  const last = segments.at(-1) ?? ''
  const colon = last.lastIndexOf(':')
  const method = colon === -1 ? null : last.slice(colon + 1)
  const names = colon === -1 ? segments : [...segments.slice(0, -1), last.slice(0, colon)]
  const isFine =
    names.every(name => plainName.test(name) && !/^\.+$/.test(name)) && (method === null || methodName.test(method))
  if (!isFine) throw notFound()
  const isModel = names.length === 2 && names[0] === 'models'
  const model = isModel ? (names[1] ?? '') : null
  if (model !== null && !modelName.test(model)) throw notFound()
  return { version, model, method, resource: `/${names.join('/')}` }
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw notFound()
  }
}

/** The path is not repeated in the message: it is the caller's text, and may be anything. */
const notFound = () => new GatewayError('not-found', 'The requested URL was not found on this server.')
