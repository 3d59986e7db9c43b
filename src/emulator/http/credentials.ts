import { unusableToken } from '../keys/key-refusals.ts'
import { GoogleError, invalidArgument } from '../wire/google-error.ts'
import { isOpenAi } from './route.ts'

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

/**
 * The one API key of a request to the OpenAI layer, which looks for it in the Authorization header alone. Anything else
 * that names a caller is a second credential: another key, and the organization and project of OpenAI's clients.
 * @throws GoogleError
 */
export const readBearer = (headers: Headers, query: URLSearchParams): string => {
  const others = [
    headers.get('x-goog-api-key'),
    headers.get('openai-organization'),
    headers.get('openai-project'),
    ...query.getAll('key'),
    ...query.getAll('access_token'),
  ].filter(value => value !== null && value !== '')
  const key = bearerOf(headers)
  if (key === null) throw invalidArgument('Missing or invalid Authorization header.')
  if (others.length > 0) throw invalidArgument('Multiple authentication credentials received. Please pass only one.')
  return key
}

const bearerOf = (headers: Headers): string | null =>
  /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

/** The key a request names, whether or not it may be used; for the record of requests. */
export const namedKey = (headers: Headers, { pathname, searchParams }: URL): string | null =>
  [headers.get('x-goog-api-key'), searchParams.get('key'), isOpenAi(pathname) ? bearerOf(headers) : null].find(
    key => key !== null && key !== '',
  ) ?? null
