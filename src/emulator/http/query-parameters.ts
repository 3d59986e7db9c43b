import { invalidArgument } from '../wire/google-error.ts'

/** The parameters Google's front end knows on every method. */
const systemParameters = [
  'alt',
  '$.xgafv',
  'fields',
  'key',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
  'callback',
  'access_token',
]

/** A `$` may stand before them: `$alt`, `$fields`. */
const systemNames = new Set(systemParameters.flatMap(name => [name, `$${name}`]))

const pagingNames = ['pageSize', 'page_size', 'pageToken', 'page_token']

/** @throws GoogleError for every name that is neither a system parameter nor a field of the method's request */
export const checkQuery = (query: URLSearchParams, takesPaging: boolean): void => {
  const descriptions = [...new Set(query.keys())]
    .filter(name => !systemNames.has(name) && !(takesPaging && pagingNames.includes(name)))
    .map(
      name =>
        `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
    )
  if (descriptions.length === 0) return
  throw invalidArgument(descriptions.join('\n'), [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: descriptions.map(description => ({ description })),
    },
  ])
}

export const pagingOf = (query: URLSearchParams) => ({
  pageSize: query.get('pageSize') ?? query.get('page_size') ?? undefined,
  pageToken: query.get('pageToken') ?? query.get('page_token') ?? undefined,
})

export const wantsEvents = (query: URLSearchParams): boolean => (query.get('alt') ?? query.get('$alt')) === 'sse'

export const wantsPretty = (query: URLSearchParams): boolean =>
  (query.get('prettyPrint') ?? query.get('$prettyPrint')) !== 'false'
