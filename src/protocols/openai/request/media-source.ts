import { isDataUrl } from './data-url.ts'
import { fault, missing, unsupported, wrongType } from './faults.ts'
import { audioFormats, mimeTypeOfExtension } from './media.ts'
import { isSet, type JsonObject, readChoice, readText, requireObject, requireText } from './read-values.ts'

export type MediaKind = 'image' | 'audio' | 'video' | 'file'

/** Where the bytes of a content part are. */
export type MediaSource = {
  readonly kind: MediaKind
  /** Path of the text that names or holds them. */
  readonly path: string
} & (
  | { readonly form: 'data-url'; readonly url: string }
  | { readonly form: 'base64'; readonly data: string; readonly mimeType: string }
  /** Google fetches these itself: its own files, and YouTube. */
  | { readonly form: 'google'; readonly uri: string; readonly mimeType: string | undefined }
  | { readonly form: 'remote'; readonly url: string }
)

export type MediaType = (typeof mediaTypes)[number]

export const isMediaType = (type: string): type is MediaType => mediaTypes.some(known => known === type)

const mediaTypes = ['image_url', 'input_audio', 'file', 'video_url', 'input_video'] as const

/**
 * Reads where the media of a content part is to be found.
 * @param path of the part: `messages[0].content[1]`
 * @throws GatewayError
 */
export const readMediaSource = (part: JsonObject, type: MediaType, path: string): MediaSource => {
  const place = `${path}.${type}`
  const value = part[type]
  if (type === 'file') return readFile(requireObject(value, place), place)
  if (type === 'input_audio') return readAudio(requireObject(value, place), place)
  const kind = type === 'image_url' ? 'image' : 'video'
  // Not in OpenAI's schema, but a plain address is what many clients write.
  if (typeof value === 'string') return readAddress(value, kind, place)
  const object = requireObject(value, place)
  if (type === 'input_video' && isSet(object.data)) return readVideoData(object, place)
  return readAddress(requireText(object.url, `${place}.url`), kind, `${place}.url`)
}

const readAddress = (address: string, kind: MediaKind, path: string, mimeType?: string): MediaSource => {
  if (isDataUrl(address)) return { form: 'data-url', kind, path, url: address.trimStart() }
  const url = address.length <= longestAddress && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw fault(`Invalid '${path}': expected an http(s) URL or a data URL with base64 data.`, path)
  }
  if (isGoogleFile(url) || isYouTube(url)) return { form: 'google', kind, path, uri: address.trim(), mimeType }
  return { form: 'remote', kind, path, url: address }
}

const longestAddress = 8192

const isGoogleFile = (url: URL) =>
  url.hostname === 'generativelanguage.googleapis.com' && /^\/v1\w*\/files\/[^/]+$/.test(url.pathname)

const isYouTube = ({ hostname, pathname, searchParams }: URL) =>
  (hostname === 'youtu.be' && pathname.length > 1) ||
  (/^(www\.|m\.|music\.)?youtube\.com$/.test(hostname) &&
    ((pathname === '/watch' && searchParams.has('v')) || /^\/(shorts|live|embed)\/./.test(pathname)))

const readAudio = (audio: JsonObject, path: string): MediaSource => {
  const data = requireText(audio.data, `${path}.data`)
  if (isAddress(data)) return readAddress(data, 'audio', `${path}.data`)
  const format = readText(audio.format, `${path}.format`)
  if (format === undefined) throw missing(`${path}.format`)
  const mimeType = audioFormats.includes(format.toLowerCase()) ? mimeTypeOfExtension(format) : undefined
  if (mimeType === undefined) throw unsupported(`${path}.format`, format, audioFormats)
  return {
    form: 'base64',
    kind: 'audio',
    path: `${path}.data`,
    data,
    mimeType: mimeType.replace('video/', 'audio/'),
  }
}

const readVideoData = (video: JsonObject, path: string): MediaSource => {
  const data = requireText(video.data, `${path}.data`)
  if (isAddress(data)) return readAddress(data, 'video', `${path}.data`)
  const format = readChoice(video.format, videoFormats, `${path}.format`) ?? 'mp4'
  const mimeType = mimeTypeOfExtension(format) ?? 'video/mp4'
  return { form: 'base64', kind: 'video', path: `${path}.data`, data, mimeType }
}

const videoFormats = ['mp4', 'mpeg', 'mov', 'avi', 'webm', 'wmv', 'flv', '3gp'] as const

const readFile = (file: JsonObject, path: string): MediaSource => {
  const filename = readText(file.filename, `${path}.filename`)
  const data = readText(file.file_data, `${path}.file_data`)
  const id = readText(file.file_id, `${path}.file_id`)
  if (data !== undefined && data !== '') {
    if (isAddress(data)) return readAddress(data, 'file', `${path}.file_data`)
    const mimeType = mimeTypeOfExtension(filename?.split('.').at(-1) ?? '')
    if (mimeType !== undefined) return { form: 'base64', kind: 'file', path: `${path}.file_data`, data, mimeType }
    throw fault(
      `Invalid '${path}.file_data': the type of the file is not known. Send a data URL ('data:application/pdf;base64,…') or a filename with a known ending.`,
      `${path}.file_data`,
    )
  }
  if (id === undefined) throw missing(`${path}.file_data`)
  const format = readText(file.format, `${path}.format`)
  const source = isAddress(id) ? readAddress(id, 'file', `${path}.file_id`, format) : undefined
  if (source?.form === 'google') return source
  throw fault(
    `Invalid '${path}.file_id': uploaded files are not served here yet. Send the file in 'file_data', or the address of a file at Google ('https://generativelanguage.googleapis.com/v1beta/files/…').`,
    `${path}.file_id`,
  )
}

/** Unlike base64, which holds no colon. */
const isAddress = (text: string) => /^\s*(data:|https?:\/\/)/i.test(text)

/** @throws GatewayError for what is no part at all */
export const readPartType = (part: unknown, path: string): { readonly part: JsonObject; readonly type: string } => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) throw wrongType(path, 'an object', part)
  const object = part as JsonObject
  return { part: object, type: requireText(object.type, `${path}.type`) }
}
