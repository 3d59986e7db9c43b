import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'

const delay = Type.Number({ minimum: 0, maximum: 10 })
const characters = Type.Integer({ minimum: 1, maximum: 100_000 })

export const streamSettings = defineSettings({
  STREAM_OPTIMIZER_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'streams',
    help: {
      en: 'Cut the large pieces that Google streams into small ones with short pauses, so that text flows evenly. Makes answers a little slower.',
      zh: '把 Google 流式返回的大段内容切成小段并稍作间隔，使文字输出更平滑。回答会略慢一些。',
    },
  }),
  STREAM_MIN_DELAY: setting({
    schema: delay,
    default: 0.016,
    unit: 'seconds',
    group: 'streams',
    help: {
      en: 'Pause between the pieces of a long text (see STREAM_LONG_TEXT_THRESHOLD).',
      zh: '长文本各小段之间的间隔（参见 STREAM_LONG_TEXT_THRESHOLD）。',
    },
  }),
  STREAM_MAX_DELAY: setting({
    schema: delay,
    default: 0.024,
    unit: 'seconds',
    group: 'streams',
    help: {
      en: 'Pause between the pieces of a short text (see STREAM_SHORT_TEXT_THRESHOLD). Lengths in between get a pause in between.',
      zh: '短文本各小段之间的间隔（参见 STREAM_SHORT_TEXT_THRESHOLD）。长度介于两者之间时，间隔也介于两者之间。',
    },
  }),
  STREAM_SHORT_TEXT_THRESHOLD: setting({
    schema: characters,
    default: 10,
    unit: 'characters',
    group: 'streams',
    help: {
      en: 'Texts up to this length count as short and get the longest pause.',
      zh: '不超过该长度的内容视为短文本，使用最长间隔。',
    },
  }),
  STREAM_LONG_TEXT_THRESHOLD: setting({
    schema: characters,
    default: 50,
    unit: 'characters',
    group: 'streams',
    help: {
      en: 'Texts from this length on count as long: they get the shortest pause and go out in pieces of STREAM_CHUNK_SIZE.',
      zh: '达到该长度的内容视为长文本：使用最短间隔，并按 STREAM_CHUNK_SIZE 分段输出。',
    },
  }),
  STREAM_CHUNK_SIZE: setting({
    schema: characters,
    default: 5,
    unit: 'characters',
    group: 'streams',
    help: { en: 'Length of one piece of a long text.', zh: '长文本每段的长度。' },
  }),
  FAKE_STREAM_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'streams',
    help: {
      en: 'Send signs of life while a streamed answer is silent, for clients and proxies that give up during long thinking. The answer is really streamed. An error that comes after the first sign of life is told inside the stream.',
      zh: '流式回答静默期间发送心跳，适用于在长时间思考时会断开的客户端和代理。回答本身仍是真正的流式输出。首次心跳之后发生的错误会在流中告知。',
    },
  }),
  FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS: setting({
    schema: Type.Integer({ minimum: 1, maximum: 300 }),
    default: 5,
    unit: 'seconds',
    group: 'streams',
    help: { en: 'How long the stream may be silent before such a sign of life.', zh: '流静默多久后发送一次心跳。' },
  }),
})
