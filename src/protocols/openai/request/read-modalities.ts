import { findVoice } from '../../gemini/voices.ts'
import type { AudioFormat } from '../chat-manner.ts'
import type { Conversion } from './conversion.ts'
import { fault, missing, shortened, unsupported, wrongType } from './faults.ts'
import { isRecord, isSet, type JsonObject, readList, readObject, requireText } from './read-values.ts'

export type Modalities = {
  /** Members of `generationConfig`. */
  readonly config: JsonObject
  readonly audioFormat: AudioFormat | null
}

/**
 * What an answer is made of: text, sound or pictures. Speech models always speak.
 * @param voice stands in for voices that Google does not have
 * @throws GatewayError where sound is asked of a model that has none, or in a form that would have to be encoded
 */
export const readModalities = (body: JsonObject, voice: string, conversion: Conversion): Modalities => {
  const { can, ignored } = conversion
  const wanted = readWanted(body.modalities)
  const audio = readObject(body.audio, 'audio')
  const speaks = can.family === 'speech' || can.family === 'live'
  if (wanted.has('audio') && !speaks) {
    throw fault(
      `Invalid value for 'modalities': the model '${shortened(String(body.model))}' does not answer with audio. Use one of Google's speech models (their names hold 'tts').`,
      'modalities',
    )
  }
  if (wanted.has('audio') && audio === undefined) throw missing('audio')
  if (wanted.has('image') && can.family !== 'image') ignored.add('modalities')
  if (!speaks && audio !== undefined) ignored.add('audio')
  if (can.family === 'speech' || wanted.has('audio')) return toSpeech(audio, voice, conversion)
  const config = wanted.has('image') && can.family === 'image' ? { responseModalities: ['TEXT', 'IMAGE'] } : {}
  return { config, audioFormat: null }
}

const readWanted = (value: unknown): ReadonlySet<string> => {
  const wanted = (readList(value, 'modalities') ?? []).map((modality, index) => {
    const path = `modalities[${index}]`
    if (typeof modality !== 'string') throw wrongType(path, 'a string', modality)
    if (!modalities.includes(modality)) throw unsupported(path, modality, modalities)
    return modality
  })
  return new Set(wanted)
}

const modalities = ['text', 'audio', 'image']

const toSpeech = (audio: JsonObject | undefined, fallback: string, { ignored }: Conversion): Modalities => {
  const voice = readVoice(audio?.voice)
  const known = voice === undefined ? undefined : findVoice(voice)
  if (voice !== undefined && known === undefined) ignored.add('audio.voice')
  if (audio !== undefined) ignored.addUnknown(audio, new Set(['voice', 'format']), 'audio')
  const voiceConfig = { prebuiltVoiceConfig: { voiceName: known ?? fallback } }
  return {
    config: { responseModalities: ['AUDIO'], speechConfig: { voiceConfig } },
    audioFormat: readFormat(audio?.format),
  }
}

const readVoice = (value: unknown): string | undefined => {
  if (isRecord(value)) return requireText(value.id, 'audio.voice.id')
  return isSet(value) ? requireText(value, 'audio.voice') : undefined
}

const formats: readonly AudioFormat[] = ['wav', 'pcm16']

const readFormat = (value: unknown): AudioFormat => {
  if (!isSet(value)) return 'wav'
  const text = requireText(value, 'audio.format')
  const format = formats.find(known => known === text)
  if (format === undefined) throw unsupported('audio.format', text, formats)
  return format
}
