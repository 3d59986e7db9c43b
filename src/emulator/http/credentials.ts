import { unusableToken } from '../keys/key-refusals.ts'
import { GoogleError, invalidArgument } from '../wire/google-error.ts'

/**
 * The one API key of a request.
 * @throws GoogleError for none, for more than one credential of any kind, and for a token where a key belongs
 */
export const readCredential = (headers: Headers, query: URLSearchParams): string => {
  const keys = [headers.get('x-goog-api-key'), ...query.getAll('key')].filter(key => key !== null && key !== '')
  const tokens = [headers.get('authorization'), ...query.getAll('access_token')].filter(
    token => token !== null && token !== '',
  )
  if (keys.length + tokens.length > 1)
    throw invalidArgument('Multiple authentication credentials received. Please pass only one.')
  if (tokens.length > 0) throw unusableToken()
  const [key] = keys
  if (key === undefined || key === null)
    throw new GoogleError(
      403,
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    )
  return key
}

/** The key a request names, whether or not it may be used; for the record of requests. */
export const namedKey = (headers: Headers, query: URLSearchParams): string | null =>
  headers.get('x-goog-api-key') ?? query.get('key')
