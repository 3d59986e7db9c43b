/** A piece of sound as Google sends it: base64 under a mime type. */
export type SoundPiece = { readonly mimeType: string; readonly data: string }

/** Samples without a header: 16 bits, little-endian. */
export type Samples = { readonly bytes: Buffer; readonly rate: number; readonly channels: number }

/** What can be written as wav or as samples; Google sends `audio/L16;codec=pcm;rate=24000`, newer models `audio/wav`. */
export const isSound = (mimeType: string): boolean => {
  const essence = essenceOf(mimeType)
  return essence === 'audio/l16' || essence === 'audio/pcm' || isWav(essence)
}

/**
 * The samples of a piece. Google calls them L16, which would be big-endian, and sends them little-endian.
 * A wav of another kind than 16-bit PCM is taken as it is.
 */
export const samplesOf = ({ mimeType, data }: SoundPiece): Samples => {
  const bytes = Buffer.from(data, 'base64')
  if (isWav(essenceOf(mimeType))) return readWav(bytes) ?? { bytes, rate: usualRate, channels: 1 }
  return {
    bytes,
    rate: parameterOf(mimeType, 'rate') ?? usualRate,
    channels: parameterOf(mimeType, 'channels') ?? 1,
  }
}

/** All pieces as one wav file, base64. A single piece that is one already passes unchanged. */
export const toWavFile = (pieces: readonly SoundPiece[]): string => {
  const [first] = pieces
  if (first === undefined) return ''
  if (pieces.length === 1 && isWav(essenceOf(first.mimeType))) return first.data
  const samples = pieces.map(samplesOf)
  const { rate = usualRate, channels = 1 } = samples[0] ?? {}
  const body = Buffer.concat(samples.map(({ bytes }) => bytes))
  return Buffer.concat([headerOf(body.length, rate, channels), body]).toString('base64')
}

/** Samples a second, of Google's sound and of OpenAI's pcm16. */
export const usualRate = 24_000

const essenceOf = (mimeType: string) => (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase()

const isWav = (essence: string) => essence === 'audio/wav' || essence === 'audio/x-wav' || essence === 'audio/wave'

const parameterOf = (mimeType: string, name: string): number | null => {
  for (const parameter of mimeType.split(';')) {
    const [key = '', value = ''] = parameter.split('=')
    const count = Number(value)
    if (key.trim().toLowerCase() === name && Number.isInteger(count) && count > 0) return count
  }
  return null
}

/** RIFF: 12 bytes, then chunks of a name, a length and their bytes, which start at even places. */
const readWav = (bytes: Buffer): Samples | null => {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF') return null
  let rate = 0
  let channels = 0
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    const start = at + 8
    if (name === 'fmt ' && start + 16 <= bytes.length) {
      if (bytes.readUInt16LE(start) !== pcm || bytes.readUInt16LE(start + 14) !== 16) return null
      channels = bytes.readUInt16LE(start + 2)
      rate = bytes.readUInt32LE(start + 4)
    }
    if (name === 'data') return rate === 0 ? null : { bytes: bytes.subarray(start, start + length), rate, channels }
    at = start + length + (length % 2)
  }
  return null
}

const pcm = 1

const headerOf = (length: number, rate: number, channels: number): Buffer => {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(pcm, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(length, 40)
  return header
}
