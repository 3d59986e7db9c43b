export type GoogleStatus =
  | 'INVALID_ARGUMENT'
  | 'FAILED_PRECONDITION'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'RESOURCE_EXHAUSTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'

export type ErrorDetail = { readonly '@type': string; readonly [name: string]: unknown }

/** A refusal in the shape of `google.rpc.Status`, thrown anywhere and written once, at the server's edge. */
export class GoogleError extends Error {
  readonly httpStatus: number
  readonly status: GoogleStatus
  readonly details: readonly ErrorDetail[]

  constructor(httpStatus: number, status: GoogleStatus, message: string, details: readonly ErrorDetail[] = []) {
    super(message)
    this.name = 'GoogleError'
    this.httpStatus = httpStatus
    this.status = status
    this.details = details
  }

  /** The JSON envelope; `details` is absent, not empty, when there are none. */
  toBody(): { readonly error: Readonly<Record<string, unknown>> } {
    return {
      error: {
        code: this.httpStatus,
        message: this.message,
        status: this.status,
        ...(this.details.length > 0 && { details: this.details }),
      },
    }
  }
}

export const invalidArgument = (message: string, details: readonly ErrorDetail[] = []): GoogleError =>
  new GoogleError(400, 'INVALID_ARGUMENT', message, details)

export const notFound = (message: string): GoogleError => new GoogleError(404, 'NOT_FOUND', message)

/** One violated rule of the backend's own validation; Google writes each as a line `* path: text`. */
export type Violation = string

/** Throws what Google answers for violated field rules; does nothing when there are none. */
export const refuseViolations = (violations: readonly Violation[]): void => {
  if (violations.length > 0) throw invalidArgument(violations.map(violation => `* ${violation}\n`).join(''))
}

/** What one project stores and no other may see. */
export type ForeignCollection = 'files' | 'cachedContents' | 'batches'

/** Google does not tell what is not there from what is somebody else's; only batches are "not found". */
export const foreignResource = (collection: ForeignCollection, id: string): GoogleError => {
  if (collection === 'batches') return notFound('Requested entity was not found.')
  const message =
    collection === 'files'
      ? `You do not have permission to access the File ${id} or it may not exist.`
      : 'CachedContent not found (or permission denied)'
  return new GoogleError(403, 'PERMISSION_DENIED', message)
}
