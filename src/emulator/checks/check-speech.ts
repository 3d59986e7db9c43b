import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GenerateContentRequest, SpeechConfig, VoiceConfig } from '../wire/messages.ts'

const voices =
  'Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix Sadachbia Sadaltager Sulafat'
    .toLowerCase()
    .split(' ')

/** Voices: one prebuilt voice, or exactly two speakers. */
export const checkSpeech = (request: GenerateContentRequest, model: Model): void => {
  const speech = request.generationConfig?.speechConfig
  if (speech === undefined) return
  if (model.traits.kind !== 'speech' && model.traits.kind !== 'live')
    throw invalidArgument(`Speech config is not enabled for models/${model.id}`)
  if (speech.voiceConfig !== undefined && speech.multiSpeakerVoiceConfig !== undefined)
    throw invalidArgument('Only one of voice_config and multi_speaker_voice_config may be set.')
  checkSpeakers(speech)
  for (const voice of voicesOf(speech)) checkVoice(voice, model)
}

const checkSpeakers = ({ multiSpeakerVoiceConfig }: SpeechConfig): void => {
  if (multiSpeakerVoiceConfig === undefined) return
  const speakers = multiSpeakerVoiceConfig.speakerVoiceConfigs ?? []
  if (speakers.length !== 2) throw invalidArgument('The number of enabled_voices must equal 2.')
}

const voicesOf = ({ voiceConfig, multiSpeakerVoiceConfig }: SpeechConfig): readonly VoiceConfig[] => [
  ...(voiceConfig === undefined ? [] : [voiceConfig]),
  ...(multiSpeakerVoiceConfig?.speakerVoiceConfigs ?? []).flatMap(speaker =>
    speaker.voiceConfig === undefined ? [] : [speaker.voiceConfig],
  ),
]

const checkVoice = (voice: VoiceConfig, model: Model): void => {
  const name = voice.prebuiltVoiceConfig?.voiceName ?? voice.voice
  if (name === undefined || voices.includes(name.toLowerCase())) return
  throw invalidArgument(
    `Voice name ${name} is not supported. Allowed voice names are: ${voices.join(', ')}. Model: models/${model.id}`,
  )
}
