/** What media is named for in a request; `file` is anything Gemini reads. */
export type MediaKind = 'image' | 'audio' | 'video' | 'file'

/**
 * The type by the first bytes, in Google's spelling (`audio/mp3`, `video/mov`); null when they are of no form known here.
 * Some forms hold sound as well as film: there `kind` decides.
 */
export const sniffType = (bytes: Buffer, kind: MediaKind): string | null => {
  const text = bytes.toString('latin1', 0, longestLook)
  if (text.slice(4, 8) === 'ftyp') return typeOfBrands(text, kind)
  if (text.startsWith('\x1aE\xdf\xa3')) return typeOfMatroska(text, kind)
  if (text.startsWith('OggS\0')) return text.includes('\x80theora') ? 'video/ogg' : 'audio/ogg'
  return signatures.find(([signature]) => begins(text, signature))?.[1] ?? null
}

/** Whether a file of this type would have been known by its bytes; then what a header says cannot add to it. */
export const isSniffable = (type: string): boolean => sniffable.has(type)

const longestLook = 1024

const begins = (text: string, signature: string): boolean =>
  text.length >= signature.length && [...signature].every((sign, place) => sign === '?' || sign === text[place])

/** `?` is any byte. From the formats' specifications; pictures as https://mimesniff.spec.whatwg.org has them. */
const signatures: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF????WEBPVP', 'image/webp'],
  // With the size of the header behind it: "BM" alone also begins a text.
  ...['\x0c', '\x28', '\x38', '\x6c', '\x7c'].map(size => [`BM????????????${size}\0\0\0`, 'image/bmp'] as const),
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['RIFF????WAVE', 'audio/wav'],
  ['RF64????WAVE', 'audio/wav'],
  ['FORM????AIFF', 'audio/aiff'],
  ['FORM????AIFC', 'audio/aiff'],
  ['fLaC', 'audio/flac'],
  ['ID3', 'audio/mp3'],
  ['ADIF', 'audio/aac'],
  // Frames without a tag in front: ADTS, then MPEG 1, 2 and 2.5, layer III.
  ...['\xf0', '\xf1', '\xf8', '\xf9'].map(byte => [`\xff${byte}`, 'audio/aac'] as const),
  ...['\xfa', '\xfb', '\xf2', '\xf3', '\xe2', '\xe3'].map(byte => [`\xff${byte}`, 'audio/mp3'] as const),
  ['RIFF????AVI ', 'video/avi'],
  ['\0\0\x01\xba', 'video/mpeg'],
  ['\0\0\x01\xb3', 'video/mpeg'],
  ['????moov', 'video/mov'],
  ['????mdat', 'video/mov'],
  ['????wide', 'video/mov'],
  ['FLV\x01', 'video/x-flv'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video/wmv'],
  ['%PDF-', 'application/pdf'],
]

/** The document's type stands among the first elements (RFC 9559). */
const typeOfMatroska = (text: string, kind: MediaKind): string | null => {
  const form = /webm|matroska/.exec(text.slice(0, 80))?.[0]
  if (form === undefined) return null
  return `${kind === 'audio' ? 'audio' : 'video'}/${form === 'webm' ? 'webm' : 'x-matroska'}`
}

/** ISO base media (ISO/IEC 14496-12): the brand in front, then those it is compatible with. */
const typeOfBrands = (text: string, kind: MediaKind): string => {
  const size = Math.max(12, Math.min(longestLook, text.charCodeAt(2) * 256 + text.charCodeAt(3)))
  const [first = '', , ...others] = text.slice(8, size).match(/.{4}/gs) ?? []
  if (/^(?:mif1|msf1|miaf)$/.test(first)) return others.map(brand => pictures.get(brand)).find(Boolean) ?? 'image/heif'
  const picture = pictures.get(first)
  if (picture !== undefined) return picture
  if (/^M4[ABP] $/.test(first)) return 'audio/m4a'
  if (first === 'qt  ') return 'video/mov'
  if (first.startsWith('3g')) return kind === 'audio' ? 'audio/3gpp' : 'video/3gpp'
  return kind === 'audio' ? 'audio/mp4' : 'video/mp4'
}

const pictures = new Map([
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'].map(brand => [brand, 'image/heic'] as const),
  ['avif', 'image/avif'],
  ['avis', 'image/avif'],
])

/** With the other names servers use for the same. */
const sniffable = new Set([
  ...signatures.map(([, type]) => type),
  ...pictures.values(),
  ...['image/heif', 'image/jpg', 'image/x-ms-bmp', 'audio/mpeg', 'audio/x-wav', 'audio/wave', 'audio/x-flac'],
  ...['audio/m4a', 'audio/x-m4a', 'audio/mp4', 'audio/3gpp', 'audio/x-aiff', 'audio/ogg', 'audio/opus', 'audio/aacp'],
  ...['audio/webm', 'audio/x-matroska', 'video/webm', 'video/x-matroska', 'video/ogg', 'video/mp4', 'video/quicktime'],
  ...['video/x-msvideo', 'video/mpg', 'video/3gpp', 'video/x-ms-wmv', 'application/x-pdf'],
])
