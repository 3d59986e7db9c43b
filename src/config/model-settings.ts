import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'
import { listOfTexts } from './setting-schemas.ts'

export const modelSettings = defineSettings({
  FILTERED_MODELS: setting({
    schema: listOfTexts(),
    default: ['gemini-1.0*', 'gemini-pro-vision', 'chat-bison-*', 'text-bison-*', 'embedding-gecko-*'],
    group: 'models',
    help: {
      en: 'Models that are hidden from the lists and refused. * stands for any characters, as in gemini-1.0*.',
      zh: '从模型列表中隐藏并拒绝调用的模型。* 代表任意字符，例如 gemini-1.0*。',
    },
  }),
  MODELS_CACHE_SECONDS: setting({
    schema: Type.Integer({ minimum: 0, maximum: 86_400 }),
    default: 600,
    unit: 'seconds',
    group: 'models',
    help: {
      en: "How long Google's list of models is remembered. 0: it is fetched every time.",
      zh: 'Google 模型列表的缓存时间。0 表示每次都重新获取。',
    },
  }),
})
