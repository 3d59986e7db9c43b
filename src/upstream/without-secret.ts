const blank = '[redacted]'

/** The text with every occurrence of the secret blanked out, also where it is percent-encoded or escaped in JSON. */
export const withoutSecret = (text: string, secret: string): string =>
  formsOf(secret).reduce((cleared, form) => cleared.replaceAll(form, blank), text)

/** The same for bytes; the very same buffer when the secret is not in it. */
export const bytesWithoutSecret = (bytes: Buffer, secret: string): Buffer =>
  formsOf(secret).some(form => bytes.includes(form))
    ? Buffer.from(withoutSecret(bytes.toString('utf8'), secret))
    : bytes

/** How the secret may be written: all the same for the keys Google makes today. */
const formsOf = (secret: string): readonly string[] => {
  if (/^[\w.~-]*$/.test(secret)) return secret === '' ? [] : [secret]
  const inJson = JSON.stringify(secret).slice(1, -1)
  // Google's own writer of JSON escapes what means something in HTML.
  const inGoogleJson = inJson.replace(/[=&<>']/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`)
  return [secret, encodeURIComponent(secret), inJson, inGoogleJson]
}
