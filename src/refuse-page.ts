import { GatewayError, toGatewayError } from './errors/gateway-error.ts'
import type { Logger } from './logging/logger.ts'
import { googleErrorBody } from './protocols/gemini/write-error.ts'
import { openaiErrorBody } from './protocols/openai/write-error.ts'
import { isGeminiRequest } from './web/is-gemini-request.ts'
import { meantPath } from './web/meant-path.ts'

/**
 * Every address is read together with the `Host` it came with; one that is no host (RFC 9110, 7.2) would move the path,
 * or end in an error nobody can answer.
 */
export const refuseBadHost = ({ headers }: Request): Response | undefined => {
  const host = headers.get('host')
  if (host === null || host === '' || /^(\[[\da-fA-F:.]+\]|[\w.~-]+)(:\d{1,5})?$/.test(host)) return undefined
  return new Response(googleErrorBody(new GatewayError('invalid-request', 'The Host header is not valid.')), {
    status: 400,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
  })
}

/** What is answered where no route answers, or one failed in a way nobody planned. */
export const refusePage = (
  error: unknown,
  code: string | number,
  logger: Logger,
  request: Request,
  basePath: string,
): Response => {
  const requestId = crypto.randomUUID()
  const shown =
    code === 'NOT_FOUND'
      ? new GatewayError(
          'not-found',
          `There is nothing at this address.${meantPath(request, basePath)} Gemini clients use the address without a path, or with /v1beta, OpenAI clients /v1, people the page at /.`,
        )
      : toGatewayError(error, requestId)
  if (shown.errorCode === 'internal') logger.error('a request failed', { requestId, error: shown.detail })
  const isOpenai = request.headers.has('authorization') && !isGeminiRequest(request)
  return new Response(isOpenai ? openaiErrorBody(shown) : googleErrorBody(shown), {
    status: shown.status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'x-gemini-balance-request-id': requestId,
      'access-control-allow-origin': '*',
    },
  })
}
