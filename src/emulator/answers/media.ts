import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

/** An 8 × 8 PNG of one colour that depends on the text alone. Base64. */
export const pictureOf = (text: string): string => {
  const [red = 0, green = 0, blue = 0] = createHash('sha256').update(text).digest()
  const row = Buffer.from([0, ...Array.from({ length: size }, () => [red, green, blue]).flat()])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: size }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]).toString('base64')
}

const size = 8

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** Named L16, which would be big-endian, and nevertheless little-endian, as Google does it. */
export const speechMimeType = 'audio/L16;codec=pcm;rate=24000'

const samplesPerWord = 1200

/** A tone for each word, 50 ms each: 16-bit little-endian mono at 24 kHz, without a header. */
export const speechOf = (text: string): Buffer => {
  const words = text.split(/\s+/).filter(word => word !== '')
  const samples = Buffer.alloc(Math.max(1, words.length) * samplesPerWord * 2)
  words.forEach((word, index) => {
    const pitch = 200 + 20 * (word.length % 20)
    for (let sample = 0; sample < samplesPerWord; sample++) {
      const value = Math.round(8000 * Math.sin((2 * Math.PI * pitch * sample) / 24_000))
      samples.writeInt16LE(value, (index * samplesPerWord + sample) * 2)
    }
  })
  return samples
}
