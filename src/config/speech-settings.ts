import { defineSettings, setting } from './define-settings.ts'
import { someText } from './setting-schemas.ts'

/** Only the voice is read so far, by OpenAI chats that ask for sound; the rest waits for the speech plugin. */
export const speechSettings = defineSettings({
  TTS_MODEL: setting({
    schema: someText(),
    default: 'gemini-3.8-flash-tts',
    group: 'speech',
    help: {
      en: 'Model that speaks: for /v1/audio/speech, and for names ending in -tts that Google does not list.',
      zh: '语音合成所用的模型：用于 /v1/audio/speech，以及 Google 未列出的以 -tts 结尾的名称。',
    },
  }),
  TTS_VOICE_NAME: setting({
    schema: someText(),
    default: 'Zephyr',
    group: 'speech',
    help: {
      en: 'Voice for requests that name none, or one that Gemini does not have (alloy, nova …).',
      zh: '请求未指定音色，或指定了 Gemini 没有的音色（alloy、nova 等）时使用的音色。',
    },
  }),
  TTS_SPEED: setting({
    schema: someText(),
    default: 'normal',
    group: 'speech',
    help: {
      en: 'Speed of speech, in words that the model understands: slow, normal, fast.',
      zh: '语速，用模型能理解的词语表示：slow、normal、fast。',
    },
  }),
})
