import type { AttemptOutcome } from '#src/keys/verdict.ts'
import type { Secret } from '#src/security/secret.ts'
import { SecretSieve } from '#src/upstream/secret-sieve.ts'
import type { Watchdog } from '#src/upstream/watchdog.ts'

/** An answer of this size or more is passed on as it comes instead of being held and looked at. */
export const mostHeldBytes = 8 * 1024 * 1024

/** One that is to be translated has to be held; four pictures of the largest size fit. */
export const mostTranslatedBytes = 128 * 1024 * 1024

/** A body of this known size or less is read in one go, which is faster; the limit then is for the whole of it. */
const mostAtOnceBytes = 256 * 1024

export type WholeBody =
  | { readonly kind: 'held'; readonly bytes: Buffer }
  | { readonly kind: 'large'; readonly body: ReadableStream<Uint8Array> }
  | { readonly kind: 'broken'; readonly outcome: AttemptOutcome }

export type ReadWholeLimits = {
  readonly watchdog: Watchdog
  /** The key of the attempt, which must not stand in what is passed on. */
  readonly secret: Secret
  /** What is larger is not held. */
  readonly mostBytes: number
  /** How long the body may bring no byte; one of known, small length must be there by then. */
  readonly progressMilliseconds: number
  readonly abort: () => void
  /** The body has been read to its end. */
  readonly release: () => void
}

/** Reads a body that is not a stream of events, as long as it is of a size that can be held. */
export const readWhole = async (response: Response, limits: ReadWholeLimits): Promise<WholeBody> => {
  let isStalled = false
  const watch = limits.watchdog.watch(limits.progressMilliseconds, () => {
    isStalled = true
    limits.abort()
  })
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  try {
    if (length <= mostAtOnceBytes) {
      const bytes = Buffer.from(await response.arrayBuffer())
      limits.release()
      watch.stop()
      return { kind: 'held', bytes }
    }
    if (response.body === null) {
      watch.stop()
      return { kind: 'held', bytes: Buffer.alloc(0) }
    }
    const reader = response.body.getReader()
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) {
        limits.release()
        watch.stop()
        return {
          kind: 'held',
          bytes:
            chunks.length === 1 && chunks[0]
              ? Buffer.from(chunks[0].buffer, chunks[0].byteOffset, chunks[0].byteLength)
              : Buffer.concat(chunks),
        }
      }
      watch.extend(limits.progressMilliseconds)
      chunks.push(value)
      size += value.byteLength
      if (size >= limits.mostBytes) break
    }
    const sieve = new SecretSieve(limits.secret)
    const passed = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const held = chunks.shift()
          if (held !== undefined) return controller.enqueue(sieve.push(held))
          watch.extend(limits.progressMilliseconds)
          watch.resume()
          const { done, value } = await reader.read()
          watch.pause()
          if (!done) return controller.enqueue(sieve.push(value))
          watch.stop()
          limits.release()
          controller.enqueue(sieve.end())
          controller.close()
        },
        cancel() {
          watch.stop()
          limits.abort()
        },
      },
      { highWaterMark: 0 },
    )
    // A slow reader is no stall of the upstream: the limit runs only while something is being waited for.
    watch.pause()
    return { kind: 'large', body: passed }
  } catch {
    watch.stop()
    return { kind: 'broken', outcome: isStalled ? { kind: 'stalled' } : { kind: 'cut' } }
  }
}
