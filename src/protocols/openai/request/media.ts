/** A picture, sound, film or document that goes up inside the request. */
export type Media = {
  readonly mimeType: string
  /** base64 */
  readonly data: string
}

/** `image/jpg` and the like are names that Google does not know. */
export const toGoogleMimeType = (mimeType: string): string => {
  const bare = (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase()
  return googleNames.get(bare) ?? bare
}

const googleNames = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-aac', 'audio/aac'],
  ['audio/x-aiff', 'audio/aiff'],
  ['audio/x-m4a', 'audio/m4a'],
  ['application/x-pdf', 'application/pdf'],
])

/** By the ending of a file's name, or the `format` of a sound; undefined where it says nothing. */
export const mimeTypeOfExtension = (extension: string): string | undefined => byExtension.get(extension.toLowerCase())

export const audioFormats: readonly string[] = ['wav', 'mp3', 'flac', 'ogg', 'opus', 'aac', 'aiff', 'm4a', 'webm']

const byExtension = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mp3'],
  ['flac', 'audio/flac'],
  ['ogg', 'audio/ogg'],
  ['opus', 'audio/ogg'],
  ['aac', 'audio/aac'],
  ['aiff', 'audio/aiff'],
  ['aif', 'audio/aiff'],
  ['m4a', 'audio/m4a'],
  ['pdf', 'application/pdf'],
  ['json', 'application/json'],
  ['xml', 'text/xml'],
  ['txt', 'text/plain'],
  ['md', 'text/md'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['css', 'text/css'],
  ['js', 'text/javascript'],
  ['py', 'text/x-python'],
  ['rtf', 'text/rtf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['bmp', 'image/bmp'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['mp4', 'video/mp4'],
  ['mpeg', 'video/mpeg'],
  ['mpg', 'video/mpg'],
  ['mov', 'video/mov'],
  ['avi', 'video/avi'],
  ['webm', 'video/webm'],
  ['wmv', 'video/wmv'],
  ['flv', 'video/x-flv'],
  ['3gp', 'video/3gpp'],
])

/** What the first bytes say, for media that is declared as no type at all. */
export const mimeTypeOfBytes = (base64: string): string | undefined =>
  beginnings.find(([beginning]) => base64.startsWith(beginning))?.[1]

const beginnings = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['JVBERi0', 'application/pdf'],
  ['SUQz', 'audio/mp3'],
  ['T2dnUw', 'audio/ogg'],
  ['ZkxhQ', 'audio/flac'],
] as const
