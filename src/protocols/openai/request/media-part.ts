import type { Conversion, Part } from './conversion.ts'
import { readBase64, readDataUrl } from './data-url.ts'
import { fault } from './faults.ts'
import { type Media, toGoogleMimeType } from './media.ts'
import { type MediaSource, type MediaType, readMediaSource } from './media-source.ts'
import { isRecord, type JsonObject, readChoice } from './read-values.ts'

/**
 * A picture, sound, film or document as one of Gemini's parts.
 * @param takesResolution false where Google knows no resolution of a part, as inside of a function's response
 * @throws GatewayError
 */
export const toMediaPart = (
  part: JsonObject,
  type: MediaType,
  path: string,
  conversion: Conversion,
  takesResolution = true,
): Part => {
  const source = readMediaSource(part, type, path)
  const resolution = readResolution(part, type, path)
  listUnused(part, type, source, path, conversion)
  const content = toContent(source, conversion)
  if (resolution === undefined) return content
  if (takesResolution && conversion.can.takesPartResolution)
    return { ...content, mediaResolution: { level: resolution } }
  conversion.ignored.add(`${path}.image_url.detail`)
  return content
}

const toContent = (source: MediaSource, { media }: Conversion): Part => {
  if (source.form === 'google') {
    const { uri, mimeType } = source
    return { fileData: { ...(mimeType !== undefined && { mimeType: toGoogleMimeType(mimeType) }), fileUri: uri } }
  }
  if (source.form === 'data-url') return { inlineData: readDataUrl(source.url, source.path) }
  if (source.form === 'base64') {
    return { inlineData: { mimeType: source.mimeType, data: readBase64(source.data, source.path) } }
  }
  const fetched = media.get(source.url)
  if (fetched === undefined) throw fault(`Invalid '${source.path}': the file could not be fetched.`, source.path)
  const inlineData: Media = { mimeType: toGoogleMimeType(fetched.mimeType), data: fetched.data }
  return { inlineData }
}

const details = ['auto', 'low', 'high', 'original'] as const

const resolutions = new Map<string, string>([
  ['low', 'MEDIA_RESOLUTION_LOW'],
  ['high', 'MEDIA_RESOLUTION_HIGH'],
  ['original', 'MEDIA_RESOLUTION_ULTRA_HIGH'],
])

const readResolution = (part: JsonObject, type: MediaType, path: string): string | undefined => {
  const picture = part.image_url
  if (type !== 'image_url' || !isRecord(picture)) return undefined
  return resolutions.get(readChoice(picture.detail, details, `${path}.image_url.detail`) ?? 'auto')
}

const listUnused = (part: JsonObject, type: MediaType, source: MediaSource, path: string, { ignored }: Conversion) => {
  ignored.addUnknown(part, new Set(['type', type]), path)
  const value = part[type]
  if (isRecord(value)) ignored.addUnknown(value, usedMembers(type, source), `${path}.${type}`)
}

/** A file's name only tells its type, and only where nothing else does. */
const usedMembers = (type: MediaType, { form }: MediaSource): ReadonlySet<string> => {
  if (type === 'image_url') return new Set(['url', 'detail'])
  if (type === 'input_audio') return new Set(['data', 'format'])
  if (type === 'video_url') return new Set(['url'])
  if (type === 'input_video') return form === 'base64' ? new Set(['data', 'format']) : new Set(['url', 'data'])
  if (form === 'base64') return new Set(['file_data', 'filename'])
  return form === 'google' ? new Set(['file_id', 'file_data', 'format']) : new Set(['file_data'])
}
