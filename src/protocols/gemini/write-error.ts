import { catalogue } from '../../errors/catalogue.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'

/** The stream forms of `streamGenerateContent`: with `alt=sse`, and without. */
export type StreamForm = 'sse' | 'array'

/** The body of an error as Google writes one: `google.rpc.Status` under `error`, two spaces, with a RetryInfo where it helps. */
export const googleErrorBody = (error: GatewayError): string => JSON.stringify(toGoogle(error), null, 2)

/** An error in mid-stream, when status 200 is long sent; `isFirst` when no event went before it. */
export const googleErrorFrame = (form: StreamForm, error: GatewayError, isFirst: boolean): string =>
  form === 'sse'
    ? `data: ${JSON.stringify(toGoogle(error))}\r\n\r\n`
    : `${isFirst ? '[' : ',\r\n'}${googleErrorBody(error)}\n]`

const toGoogle = (error: GatewayError) => {
  const { status, google } = catalogue[error.errorCode]
  const details =
    error.retryAfterSeconds === undefined
      ? {}
      : {
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${error.retryAfterSeconds}s` }],
        }
  return { error: { code: status, message: error.message, status: google, ...details } }
}
