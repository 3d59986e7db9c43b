const blank = '[redacted]'

/** The text with every occurrence of the secret blanked out, also where it is percent-encoded. */
export const withoutSecret = (text: string, secret: string): string => {
  if (secret === '') return text
  const encoded = encodeURIComponent(secret)
  const cleared = text.replaceAll(secret, blank)
  return encoded === secret ? cleared : cleared.replaceAll(encoded, blank)
}

/** The same for bytes; the very same buffer when the secret is not in it. */
export const bytesWithoutSecret = (bytes: Buffer, secret: string): Buffer =>
  secret !== '' && bytes.includes(secret) ? Buffer.from(withoutSecret(bytes.toString('utf8'), secret)) : bytes
