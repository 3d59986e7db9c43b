import { catalogue, type ErrorCode } from './catalogue.ts'

export type GatewayErrorOptions = {
  /** When the caller may try again, in whole seconds. */
  readonly retryAfterSeconds?: number
  /** The part of the request that is at fault, as a path: `messages[2].content`. */
  readonly param?: string
  /** What the log must know and the caller must not. */
  readonly detail?: string
  readonly cause?: unknown
}

/**
 * The one class that is thrown on purpose. `message` is written for the caller and may be shown;
 * `detail` and `cause` are for the log only.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  /** Not named `code`: Elysia reads `error.code` before anything else. */
  readonly errorCode: ErrorCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined
  readonly param: string | undefined
  readonly detail: string | undefined

  constructor(errorCode: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.errorCode = errorCode
    this.status = catalogue[errorCode].status
    this.retryAfterSeconds = options.retryAfterSeconds
    this.param = options.param
    this.detail = options.detail
  }
}

/** What a caller may see of any error: an unplanned one shows nothing but the request's id. */
export const toGatewayError = (error: unknown, requestId: string): GatewayError =>
  error instanceof GatewayError
    ? error
    : new GatewayError(
        'internal',
        `An internal error occurred in the gateway. Quote request ${requestId} to its administrator.`,
        {
          detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
          cause: error,
        },
      )
