/** Content codings that can be undone here, by their names in HTTP (RFC 9110, 8.4.1). */
const formats: Readonly<Record<string, Bun.CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'brotli',
  zstd: 'zstd',
}

/**
 * The response without its content coding. Nobody asked for one, but a mirror may compress all the same, and what is
 * compressed can be neither observed nor searched for the key.
 * @returns null when the coding is not known
 */
export const plainResponse = (response: Response): Response | null => {
  const coding = response.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '' || response.body === null) return response
  const format = formats[coding]
  if (format === undefined) return null
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const body = response.body.pipeThrough(new DecompressionStream(format))
  return new Response(body as ReadableStream<Uint8Array>, { status: response.status, headers })
}
