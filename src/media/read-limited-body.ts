import { MediaRefused } from './media-refused.ts'

/**
 * The whole body, counted as it comes: what `Content-Length` says is believed only where it says "too much".
 * @throws MediaRefused when it is too large or breaks off; the signal's reason when that is aborted
 */
export const readLimitedBody = async (
  response: Response,
  { mostBytes, signal }: { readonly mostBytes: number; readonly signal: AbortSignal },
): Promise<Buffer> => {
  const tooLarge = new MediaRefused(`The media was not fetched: it is larger than ${mostBytes / 1_048_576} megabytes.`)
  const reader = response.body?.getReader()
  if (reader === undefined) return Buffer.alloc(0)
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  // One growing piece of memory: a body of many small chunks must not cost a multiple of its size.
  const bytes = new Bun.ArrayBufferSink()
  bytes.start({ asUint8Array: true })
  let size = 0
  try {
    if (Number(response.headers.get('content-length')) > mostBytes) throw tooLarge
    for (;;) {
      const { done, value } = await nextChunk(reader, signal)
      signal.throwIfAborted()
      if (done || value === undefined) return toBuffer(bytes.end())
      size += value.byteLength
      if (size > mostBytes) throw tooLarge
      bytes.write(value)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

const toBuffer = (bytes: ArrayBuffer | Uint8Array): Buffer =>
  bytes instanceof ArrayBuffer ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

type Reader = { readonly read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }> }

const nextChunk = async (reader: Reader, signal: AbortSignal) => {
  try {
    return await reader.read()
  } catch (error) {
    signal.throwIfAborted()
    throw new MediaRefused('The media was not fetched: its server broke off.', String(error))
  }
}
