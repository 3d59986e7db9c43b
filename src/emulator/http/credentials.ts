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

const unusableToken = () =>
  new GoogleError(
    401,
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
    ],
  )
