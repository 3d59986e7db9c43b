import { isUtf8 } from 'node:buffer'
import { MediaRefused } from './media-refused.ts'
import { isSniffable, type MediaKind, sniffType } from './sniff-type.ts'

/**
 * The real type of media: what its bytes say, and only where they say nothing the server's word, for types that have no
 * first bytes to know them by, such as text.
 * @throws MediaRefused when it is not of the kind, as a page with an error instead of a picture
 */
export const mediaTypeOf = (bytes: Buffer, contentType: string | null, kind: MediaKind): string => {
  if (bytes.length === 0) throw new MediaRefused('The media was not fetched: it is empty.')
  const declared = essenceOf(contentType)
  const sniffed = sniffType(bytes, kind)
  if (sniffed !== null && fits[kind].test(sniffed)) return sniffed
  if (sniffed === null && declared !== null && fits[kind].test(declared) && isAsDeclared(bytes, declared))
    return declared
  throw new MediaRefused(`The media is not ${nameOf[kind]}${clue(sniffed, declared)}.`)
}

/** Without parameters, in lower case; null when it is missing or no type at all. */
const essenceOf = (contentType: string | null): string | null =>
  /^\s*([\w.+-]{1,60}\/[\w.+-]{1,60})\s*(?:;|$)/.exec(contentType ?? '')?.[1]?.toLowerCase() ?? null

const fits: Readonly<Record<MediaKind, RegExp>> = {
  image: /^image\//,
  audio: /^audio\//,
  video: /^video\//,
  file: /^(?:(?:image|audio|video|text)\/|application\/(?:pdf|json|xml|rtf|javascript|x-javascript|x-python|yaml)$)/,
}

const isAsDeclared = (bytes: Buffer, declared: string): boolean =>
  !isSniffable(declared) && !isPage(bytes, declared) && (!isText(declared) || (isUtf8(bytes) && !bytes.includes(0)))

/** A page is what servers send in place of a file: "log in first", "not found". */
const isPage = (bytes: Buffer, declared: string): boolean =>
  declared === 'text/html' ||
  /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b/i.test(bytes.toString('latin1', 0, 512))

const isText = (type: string) => /^(?:text|application)\//.test(type)

const nameOf: Readonly<Record<MediaKind, string>> = {
  image: 'an image',
  audio: 'a sound',
  video: 'a video',
  file: 'a file that Gemini reads',
}

const clue = (sniffed: string | null, declared: string | null): string => {
  if (sniffed !== null) return ` but ${sniffed}`
  return declared === null ? '' : `; its server calls it ${declared}`
}
