import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { listOfTexts } from './setting-schemas.ts'

export const securitySettings = defineSettings({
  AUTH_TOKEN: setting({
    schema: Type.String(),
    default: '',
    group: 'security',
    secret: true,
    help: {
      en: 'Token of the administrator: opens the dashboard and every API. Empty: one is made at first start and printed once.',
      zh: '管理员令牌：可登录管理页面并使用全部接口。留空则在首次启动时自动生成，并只显示一次。',
    },
    refuse: token =>
      isSample(token)
        ? 'must not be a sample token that stands in public documents'
        : hasBlanks(token)
          ? 'must not hold spaces or line breaks'
          : undefined,
  }),
  ALLOWED_TOKENS: setting({
    schema: listOfTexts(),
    default: [],
    group: 'security',
    secret: true,
    help: {
      en: 'Tokens with which clients use the API; none of them opens the dashboard. Unset: one is made at first start and printed once.',
      zh: '客户端调用接口所用的令牌，均不能登录管理页面。未设置时在首次启动时自动生成一个，并只显示一次。',
    },
    refuse: tokens => {
      const entry = tokens.findIndex(hasBlanks)
      return entry < 0 ? undefined : `must not hold spaces or line breaks inside a token, as entry ${entry + 1} does`
    },
  }),
  ADMIN_SESSION_EXPIRE: setting({
    schema: Type.Integer({ minimum: 300, maximum: 2_592_000 }),
    default: 3600,
    unit: 'seconds',
    group: 'security',
    help: {
      en: 'How long a sign-in to the dashboard lasts without being used.',
      zh: '管理页面的登录在无操作情况下保持有效的时间。',
    },
  }),
})

/** Words of the original's documents and others that anyone tries first, with `_` for `-`. */
const samples: ReadonlySet<string> = new Set(['sk_123456', '123456', 'admin', 'changeme', 'password', 'token'])

/** Besides those words: `your_token_1` and its kin, and the `sk-xxxx` of a hundred guides. */
const isSample = (token: string): boolean => {
  const word = token.toLowerCase().replaceAll('-', '_')
  return samples.has(word) || /^(sk_)?(your_.*|x+[.…]*)$/.test(word)
}

const hasBlanks = (token: string): boolean => /\s/.test(token)
