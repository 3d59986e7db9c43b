import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { listOfTexts, oneOf, someText } from './setting-schemas.ts'

export const keySettings = defineSettings({
  API_KEYS: setting({
    schema: listOfTexts(),
    default: [],
    group: 'keys',
    secret: true,
    help: {
      en: 'Gemini API keys the requests are spread over. Keys added on the dashboard come on top of these.',
      zh: '用于分摊请求的 Gemini API 密钥。在管理页面添加的密钥会与这些密钥一并使用。',
    },
    refuse: keys => refuseUnsendable(keys),
  }),
  VERTEX_API_KEYS: setting({
    schema: listOfTexts(),
    default: [],
    group: 'keys',
    secret: true,
    help: {
      en: 'Keys for Vertex AI in express mode, used under /vertex-express only.',
      zh: 'Vertex AI 快速模式（Express）的密钥，仅用于 /vertex-express 路径。',
    },
    refuse: keys => refuseUnsendable(keys),
  }),
  PAID_KEY: setting({
    schema: Type.String(),
    default: '',
    group: 'keys',
    secret: true,
    help: {
      en: 'Key of a project with billing, for models without a free tier such as those that make images. Empty: the other keys are tried.',
      zh: '已启用结算的项目的密钥，用于图像生成等没有免费额度的模型。留空则尝试其他密钥。',
    },
    refuse: key => (key === '' ? undefined : refuseUnsendable([key])),
  }),
  MAX_FAILURES: setting({
    schema: Type.Integer({ minimum: 1, maximum: 1000 }),
    default: 3,
    group: 'keys',
    help: {
      en: 'A key rests after this many failures in a row that nobody could classify. Known failures, such as used-up quotas and invalid keys, act at once and do not count here.',
      zh: '密钥连续出现多少次无法归类的失败后停用。额度用尽、密钥无效等已知失败会立即处理，不计入此数。',
    },
  }),
  MAX_RETRIES: setting({
    schema: Type.Integer({ minimum: 1, maximum: 100 }),
    default: 3,
    unit: 'attempts',
    group: 'keys',
    help: {
      en: 'How many times one request is tried in all, each time with another key; 1 means no second attempt. Nothing is repeated once the answer has begun.',
      zh: '一个请求总共尝试的次数，每次换用另一个密钥；1 表示不重试。回答一旦开始输出就不再重试。',
    },
  }),
  MAX_IN_FLIGHT_PER_KEY: setting({
    schema: Type.Integer({ minimum: 0, maximum: 100_000 }),
    default: 0,
    group: 'keys',
    help: {
      en: 'How many requests may run with one key at the same time. 0: no limit.',
      zh: '同一密钥可同时进行的请求数。0 表示不限制。',
    },
  }),
  KEY_WAIT_MAX_SECONDS: setting({
    schema: Type.Integer({ minimum: 0, maximum: 3600 }),
    default: 0,
    unit: 'seconds',
    group: 'keys',
    help: {
      en: 'How long a request may wait for a key to become free when all are resting. 0: it is answered with 429 and Retry-After at once.',
      zh: '所有密钥都在冷却时，请求等待可用密钥的最长时间。0 表示立即返回 429 和 Retry-After。',
    },
  }),
  KEY_POLICY: setting({
    schema: oneOf(['round-robin', 'headroom', 'affinity']),
    default: 'round-robin',
    group: 'keys',
    help: {
      en: 'How a key is chosen among those that are ready. round-robin: all in turn; headroom: the one with most of its daily allowance left; affinity: one conversation stays with one key, so that Google can reuse its cache.',
      zh: '在可用密钥中的选择方式。round-robin：轮流使用；headroom：优先当日剩余额度最多的；affinity：同一会话固定使用同一密钥，便于命中 Google 的缓存。',
    },
  }),
  TEST_MODEL: setting({
    schema: someText(),
    default: 'gemini-3.5-flash-lite',
    group: 'keys',
    help: {
      en: 'Model that a deep check of a key asks for a short answer. The ordinary check needs no model and uses no quota.',
      zh: '深度检测密钥时，用来请求一句简短回答的模型。普通检测不需要模型，也不消耗额度。',
    },
  }),
  CHECK_INTERVAL_HOURS: setting({
    schema: Type.Integer({ minimum: 0, maximum: 720 }),
    default: 1,
    unit: 'hours',
    group: 'schedule',
    help: {
      en: 'How often keys that were taken out are checked again. 0: never.',
      zh: '重新检测已停用密钥的间隔。0 表示不检测。',
    },
  }),
})

/** What is no visible ASCII cannot stand in the header that carries the key. */
const refuseUnsendable = (keys: readonly string[]): string | undefined => {
  const entry = keys.findIndex(key => !/^[\x21-\x7e]+$/.test(key))
  return entry < 0 ? undefined : `must hold only letters, digits and signs without spaces, unlike key ${entry + 1}`
}
