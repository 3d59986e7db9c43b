import { fault } from './faults.ts'
import { type Media, mimeTypeOfBytes, toGoogleMimeType } from './media.ts'

export const isDataUrl = (address: string): boolean => /^\s*data:/i.test(address)

/**
 * The type and the bytes of a `data:` URL, base64 or percent-encoded (RFC 2397).
 * @throws GatewayError where it is malformed or empty
 */
export const readDataUrl = (address: string, path: string): Media => {
  const comma = address.indexOf(',')
  if (comma < 0 || comma > longestHead)
    throw fault(`Invalid '${path}': a data URL must be 'data:<type>;base64,<data>'.`, path)
  const [declared = '', ...parameters] = address.slice(address.indexOf(':') + 1, comma).split(';')
  const isBase64 = parameters.some(parameter => parameter.trim().toLowerCase() === 'base64')
  const body = address.slice(comma + 1)
  const data = isBase64
    ? readBase64(body.includes('%') ? percentDecoded(body).toString('latin1') : body, path)
    : percentDecoded(body).toString('base64')
  if (data === '') throw fault(`Invalid '${path}': the data URL holds no data.`, path)
  return { mimeType: typeOf(declared, data), data }
}

/** Types with all their parameters take a hundredth of it. */
const longestHead = 10_000

/**
 * base64 as it may go up: without white space. Both alphabets are left as they are, Google reads both.
 * @throws GatewayError
 */
export const readBase64 = (text: string, path: string): string => {
  // Data is long: looked through once where it is as it should be.
  if (isBase64(text)) return text
  const data = text.replace(/\s+/g, '')
  // Google would print all of it in its refusal.
  if (!isBase64(data)) throw fault(`Invalid base64 data in '${path}'.`, path)
  return data
}

/** Either alphabet, with or without padding, as Google reads it. */
export const isBase64 = (text: string): boolean => {
  const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  const bare = text.slice(0, end)
  return end % 4 !== 1 && (!/[^A-Za-z0-9+/]/.test(bare) || !/[^A-Za-z0-9_-]/.test(bare))
}

const typeOf = (declared: string, data: string): string => {
  const mimeType = toGoogleMimeType(declared)
  const isUnknown = mimeType === '' || mimeType === 'application/octet-stream'
  return isUnknown ? (mimeTypeOfBytes(data) ?? (mimeType || 'text/plain')) : mimeType
}

const percent = 0x25

/** Not `decodeURIComponent`: the bytes need not be text. */
const percentDecoded = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    const escaped = byte === percent ? 16 * digitIn(bytes[index + 1]) + digitIn(bytes[index + 2]) : Number.NaN
    const isEscape = !Number.isNaN(escaped)
    bytes[length++] = isEscape ? escaped : byte
    if (isEscape) index += 2
  }
  return bytes.subarray(0, length)
}

/** What a hexadecimal digit is worth, NaN for any other byte. */
const digitIn = (byte = 0): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}
