import type { Secret } from '../security/secret.ts'

const blank = '[redacted]'

/** The text with every occurrence of the secret blanked out, also where it is percent-encoded or escaped in JSON. */
export const withoutSecret = (text: string, secret: Secret): string =>
  formsOf(secret).reduce((cleared, form) => (cleared.includes(form) ? cleared.replaceAll(form, blank) : cleared), text)

/** The same for bytes; the very same buffer when the secret is not in it. */
export const bytesWithoutSecret = (bytes: Buffer, secret: Secret): Buffer =>
  formsOf(secret).some(form => bytes.includes(form))
    ? Buffer.from(withoutSecret(bytes.toString('utf8'), secret))
    : bytes

/** The length of the longest way to write the secret, in bytes. */
export const longestForm = (secret: Secret): number =>
  Math.max(0, ...formsOf(secret).map(form => Buffer.byteLength(form)))

/** Asked for with every header and every event: kept for as long as the secret lives. */
const forms = new WeakMap<Secret, readonly string[]>()

const formsOf = (secret: Secret): readonly string[] => {
  const known = forms.get(secret)
  if (known !== undefined) return known
  const written = waysToWrite(secret.reveal())
  forms.set(secret, written)
  return written
}

/** How the secret may be written: all the same for the keys Google makes today. */
const waysToWrite = (secret: string): readonly string[] => {
  if (/^[\w.~-]*$/.test(secret)) return secret === '' ? [] : [secret]
  const inJson = JSON.stringify(secret).slice(1, -1)
  // Google's own writer of JSON escapes what means something in HTML.
  const inGoogleJson = inJson.replace(/[=&<>']/g, sign => `\\u00${sign.charCodeAt(0).toString(16)}`)
  return [secret, encodeURIComponent(secret), inJson, inGoogleJson]
}
