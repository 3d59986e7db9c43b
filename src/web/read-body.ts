import { GatewayError } from '../errors/gateway-error.ts'
import type { Watchdog } from '../upstream/watchdog.ts'

export type BodyLimits = {
  readonly mostBytes: number
  /** How long the client may take for the whole body. */
  readonly milliseconds: number
  readonly watchdog: Watchdog
}

/**
 * Reads a request body within its limits. The size is checked before and while reading: a client may say one length
 * and send another, or none at all.
 * @throws GatewayError `request-too-large`, `request-timeout`, `unsupported-encoding`, `client-gone`
 */
export const readBody = async (request: Request, limits: BodyLimits): Promise<Buffer> => {
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? null
  if (encoding !== null && encoding !== 'identity') {
    throw new GatewayError(
      'unsupported-encoding',
      'Send the request body uncompressed: content-encoding is not supported.',
    )
  }
  const announced = request.headers.get('content-length')
  if (announced !== null && Number(announced) > limits.mostBytes) throw tooLarge(limits.mostBytes)
  if (request.body === null) return Buffer.alloc(0)
  // A small body of known length arrives with the head nearly always; one call is all it takes then.
  return announced === null ? await collect(request.body, limits) : await withDeadline(request, limits)
}

const withDeadline = (request: Request, { milliseconds, watchdog }: BodyLimits): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const watch = watchdog.watch(milliseconds, () => reject(tooSlow(milliseconds)))
    request.bytes().then(
      bytes => {
        watch.stop()
        resolve(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      },
      error => {
        watch.stop()
        reject(new GatewayError('client-gone', 'The request body did not arrive whole.', { cause: error }))
      },
    )
  })

const collect = async (body: ReadableStream<Uint8Array>, { mostBytes, milliseconds, watchdog }: BodyLimits) => {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  let isLate = false
  const watch = watchdog.watch(milliseconds, () => {
    isLate = true
    reader.cancel().catch(() => {
      // The client left at the same moment.
    })
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (isLate) throw tooSlow(milliseconds)
      if (done) return Buffer.concat(chunks)
      size += value.byteLength
      if (size > mostBytes) throw tooLarge(mostBytes)
      chunks.push(value)
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('client-gone', 'The request body did not arrive whole.', { cause: error })
  } finally {
    watch.stop()
  }
}

const tooLarge = (mostBytes: number) =>
  new GatewayError(
    'request-too-large',
    `The request body is larger than the limit of ${Math.floor(mostBytes / 1_048_576)} MB.`,
  )

const tooSlow = (milliseconds: number) =>
  new GatewayError(
    'request-timeout',
    `The request body did not arrive within ${Math.round(milliseconds / 1000)} seconds.`,
  )
