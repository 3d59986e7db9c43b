import { GatewayError } from '#src/errors/gateway-error.ts'
import type { Caller, TokenBook } from '#src/security/token-book.ts'
import type { Arrived } from '../exchange.ts'
import type { Stage } from '../stage.ts'

/** Finds out who is calling, wherever the client has put its token. */
export const authenticate = (tokens: TokenBook): Stage<Arrived, { readonly caller: Caller }> => ({
  name: 'authenticate',
  run: ({ request, journal }) => {
    const caller = findCaller(request, tokens)
    if (caller === undefined) {
      throw new GatewayError(
        'unauthenticated',
        'The request carries no valid token of this gateway. Send one as x-goog-api-key, Authorization: Bearer, x-api-key or ?key=.',
      )
    }
    journal.tokenFingerprint = caller.fingerprint
    return { caller }
  },
})

/** Any one valid token is enough: clients leave stale ones in the query beside a good header. */
const findCaller = ({ headers, url }: Request, tokens: TokenBook): Caller | undefined =>
  tokens.find(headers.get('x-goog-api-key') ?? '') ??
  tokens.find(bearerOf(headers.get('authorization'))) ??
  tokens.find(headers.get('x-api-key') ?? '') ??
  tokens.find(queryKeyOf(url))

const bearerOf = (header: string | null): string =>
  header !== null && /^bearer /i.test(header) ? header.slice('bearer '.length).trim() : ''

const queryKeyOf = (url: string): string => {
  const start = url.indexOf('?')
  return start === -1 ? '' : (new URLSearchParams(url.slice(start)).get('key') ?? '')
}
