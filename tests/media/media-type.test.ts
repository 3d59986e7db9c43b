import { expect, test } from 'bun:test'
import { MediaRefused } from '#src/media/media-refused.ts'
import { mediaTypeOf } from '#src/media/media-type.ts'
import type { MediaKind } from '#src/media/sniff-type.ts'
import { ByteServer, never, picture, publicFetcher, refusalOf } from './_media.ts'

/** First bytes in Latin-1, and the type they are by the kind that was asked for. */
const forms: readonly (readonly [string, MediaKind, string])[] = [
  ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image', 'image/png'],
  ['\xff\xd8\xff\xe0\0\x10JFIF\0', 'image', 'image/jpeg'],
  ['GIF87a', 'image', 'image/gif'],
  ['GIF89a', 'file', 'image/gif'],
  ['RIFF\x24\0\0\0WEBPVP8 ', 'image', 'image/webp'],
  ['BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'image', 'image/bmp'],
  ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'image', 'image/heic'],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'image', 'image/heic'],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1unif', 'image', 'image/heif'],
  ['\0\0\0\x14ftypmif1\0\0\0\0mif1heic', 'image', 'image/heif'],
  ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'image', 'image/avif'],
  ['\0\0\0\x1cftypmif1\0\0\0\0avifmif1miaf', 'image', 'image/avif'],
  ['RIFF\x24\0\0\0WAVEfmt ', 'audio', 'audio/wav'],
  ['ID3\x04\0\0\0\0', 'audio', 'audio/mp3'],
  ['\xff\xfb\x90\x64', 'audio', 'audio/mp3'],
  ['\xff\xf3\x40\xc0', 'audio', 'audio/mp3'],
  ['\xff\xf1\x50\x80', 'audio', 'audio/aac'],
  ['OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\0\0\0\0\x01\x13OpusHead', 'audio', 'audio/ogg'],
  ['OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\0\0\0\0\x01\x2a\x80theora', 'video', 'video/ogg'],
  ['fLaC\0\0\0\x22', 'audio', 'audio/flac'],
  ['FORM\0\0\0\x40AIFFCOMM', 'audio', 'audio/aiff'],
  ['FORM\0\0\0\x40AIFCFVER', 'audio', 'audio/aiff'],
  ['\0\0\0\x20ftypM4A \0\0\0\0', 'audio', 'audio/m4a'],
  ['\0\0\0\x20ftypisom\0\0\x02\0isomiso2', 'audio', 'audio/mp4'],
  ['\0\0\0\x20ftypisom\0\0\x02\0isomiso2', 'video', 'video/mp4'],
  ['\0\0\0\x20ftypmp42\0\0\0\0', 'file', 'video/mp4'],
  ['\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'video', 'video/mov'],
  ['\0\0\0\x08wide\0\0\0\0mdat', 'video', 'video/mov'],
  ['\0\0\0\x14ftyp3gp5\0\0\0\0', 'video', 'video/3gpp'],
  ['\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm', 'video', 'video/webm'],
  ['\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm', 'audio', 'audio/webm'],
  ['\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska', 'video', 'video/x-matroska'],
  ['RIFF\x24\0\0\0AVI LIST', 'video', 'video/avi'],
  ['\0\0\x01\xba\x44', 'video', 'video/mpeg'],
  ['FLV\x01\x05', 'video', 'video/x-flv'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9', 'video', 'video/wmv'],
  ['%PDF-1.7\n', 'file', 'application/pdf'],
]

test('the first bytes name the type, whatever the header says', () => {
  for (const [bytes, kind, type] of forms) {
    for (const header of [null, 'application/octet-stream', 'text/html', 'image/x-lie'])
      expect([bytes, mediaTypeOf(Buffer.from(bytes, 'latin1'), header, kind)]).toEqual([bytes, type])
  }
})

test('what is of another kind than was asked for is refused, and says what it is', () => {
  expect(refusal('%PDF-1.7', 'image/png', 'image')).toBe('The media is not an image but application/pdf.')
  expect(refusal('\x89PNG\r\n\x1a\n', 'audio/wav', 'audio')).toBe('The media is not a sound but image/png.')
  expect(refusal('ID3\x04', 'video/mp4', 'video')).toBe('The media is not a video but audio/mp3.')
})

test('a page is no media, whatever it is called', () => {
  const pages = [
    '<!DOCTYPE html><title>Log in</title>',
    '\n <html lang="en">',
    '\xef\xbb\xbf<!doctype HTML>',
    '<head><title>',
  ]
  for (const page of pages) {
    for (const header of ['image/png', 'image/svg+xml', 'text/html; charset=utf-8', 'text/plain', null])
      for (const kind of ['image', 'audio', 'video', 'file'] as const)
        expect(refusal(page, header, kind)).toContain('is not a')
  }
  expect(refusal('hello', 'text/html', 'file')).toContain('its server calls it text/html')
})

test('the header counts only for types that no first bytes would show', () => {
  const textOf = (text: string, header: string | null, kind: MediaKind) => mediaTypeOf(Buffer.from(text), header, kind)
  expect(textOf('a,b\n1,2\n', 'Text/CSV; charset="utf-8"', 'file')).toBe('text/csv')
  expect(textOf('{"a":1}', 'application/json', 'file')).toBe('application/json')
  expect(textOf('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', 'image')).toBe('image/svg+xml')
  expect(refusal('{"error":"not found"}', 'image/png', 'image')).toBe(
    'The media is not an image; its server calls it image/png.',
  )
  expect(refusal('no sound', 'audio/mpeg', 'audio')).toContain('is not a sound')
  expect(refusal('a text', 'text/plain', 'image')).toContain('is not an image')
  expect(refusal('a text', null, 'file')).toBe('The media is not a file that Gemini reads.')
  expect(refusal('a text', 'application/octet-stream', 'file')).toContain('is not a file')
  expect(refusal('MZ\x90\0', 'application/x-msdownload', 'file')).toContain('is not a file')
  expect(refusal('\xff\xfeh\0i\0', 'text/plain', 'file')).toContain('is not a file')
  expect(refusal('', 'image/png', 'image')).toContain('is empty')
})

test('a header cannot carry anything else into the message', () => {
  expect(refusal('x', 'image/png"><script>', 'image')).toBe('The media is not an image.')
  expect(refusal('x', `image/${'a'.repeat(1000)}`, 'image')).toBe('The media is not an image.')
})

test('random bytes and every cut of a form give a type or a refusal, nothing else', () => {
  for (const [bytes, kind] of forms) {
    for (let length = 0; length <= bytes.length; length++) {
      try {
        expect(mediaTypeOf(Buffer.from(bytes.slice(0, length), 'latin1'), null, kind)).toMatch(/^\w+\/[\w-]+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(MediaRefused)
      }
    }
  }
})

test('over the wire: a picture under a wrong name goes up under its own, a page in its place does not', async () => {
  using server = await ByteServer.start((socket, request) => {
    const body = request.startsWith('GET /picture') ? picture : Buffer.from('<!doctype html><p>Log in first')
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n`)
    socket.end(body)
  })
  const { fetcher } = publicFetcher()
  const at = `http://media.example:${server.port}`
  expect(await fetcher.fetch(`${at}/picture`, 'image', never)).toEqual({
    mimeType: 'image/png',
    data: picture.toString('base64'),
    size: picture.length,
  })
  expect((await refusalOf(fetcher.fetch(`${at}/page`, 'image', never))).message).toContain('is not an image')
})

const refusal = (bytes: string, header: string | null, kind: MediaKind): string => {
  try {
    return `no refusal: ${mediaTypeOf(Buffer.from(bytes, 'latin1'), header, kind)}`
  } catch (error) {
    return error instanceof MediaRefused ? error.message : String(error)
  }
}
