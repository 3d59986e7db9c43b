import type { AudioFormat } from '../chat-manner.ts'
import { type Samples, type SoundPiece, samplesOf, toWavFile, usualRate } from './sound-file.ts'

/**
 * Joins the pieces of sound of one choice. Samples go out as they come; a wav waits for the end, since its header tells
 * its length. Every piece of base64 stands for whole samples and needs no padding but the last, so that clients may
 * decode each by itself or all of them joined.
 */
export class Sound {
  readonly #format: AudioFormat
  readonly #held: SoundPiece[] = []
  #rest: Buffer = Buffer.alloc(0)

  constructor(format: AudioFormat) {
    this.#format = format
  }

  /** @returns base64 that can go out now, or an empty text */
  add(piece: SoundPiece): string {
    if (this.#format === 'wav') {
      this.#held.push(piece)
      return ''
    }
    const bytes = Buffer.concat([this.#rest, atUsualRate(samplesOf(piece))])
    const whole = bytes.length - (bytes.length % step)
    this.#rest = bytes.subarray(whole)
    return bytes.toString('base64', 0, whole)
  }

  /** @returns what was held back, base64 */
  end(): string {
    return this.#format === 'wav' ? toWavFile(this.#held) : this.#rest.toString('base64')
  }
}

/** Bytes: base64 turns three into four letters, a sample is two. */
const step = 6

/** OpenAI's pcm16 is 24 kHz mono and has no place to say otherwise. */
const atUsualRate = ({ bytes, rate, channels }: Samples): Buffer => {
  if (rate === usualRate && channels === 1) return bytes
  const frames = Math.floor(bytes.length / (2 * channels))
  const sampleAt = (frame: number) => bytes.readInt16LE(Math.min(frame, frames - 1) * 2 * channels)
  const samples = Buffer.alloc(Math.floor((frames * usualRate) / rate) * 2)
  for (let index = 0; index * 2 < samples.length; index++) {
    const place = (index * rate) / usualRate
    const before = Math.floor(place)
    const left = sampleAt(before)
    samples.writeInt16LE(Math.round(left + (sampleAt(before + 1) - left) * (place - before)), index * 2)
  }
  return samples
}
