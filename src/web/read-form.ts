export type FormReading =
  | { readonly kind: 'form'; readonly fields: URLSearchParams }
  | { readonly kind: 'refused'; readonly status: 413 | 415 }

const urlEncoded = 'application/x-www-form-urlencoded'

/**
 * Reads the fields of a urlencoded form, of which no more than `limitBytes` are ever held. A request without a body is
 * an empty form.
 */
export const readForm = async (request: Request, limitBytes = 16_384): Promise<FormReading> => {
  if (request.body === null) return { kind: 'form', fields: new URLSearchParams() }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== urlEncoded) return { kind: 'refused', status: 415 }
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return { kind: 'refused', status: 413 }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body) {
    length += chunk.byteLength
    if (length > limitBytes) return { kind: 'refused', status: 413 }
    chunks.push(chunk)
  }
  return { kind: 'form', fields: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) }
}
