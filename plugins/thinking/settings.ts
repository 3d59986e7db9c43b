import { Type } from '@sinclair/typebox'
import { defineSettings, type SettingValues, setting } from '#src/config/define-settings.ts'

export const thinkingSettings = defineSettings({
  THINKING_MODELS: setting({
    schema: Type.Array(Type.String()),
    default: [],
    group: 'thinking',
    help: {
      en: 'Models that are listed with the ending -non-thinking as well; * stands for any text. It may be used with any model that thinks: those that can be stopped do not think, the others as little as they can.',
      zh: '在模型列表中同时列出 -non-thinking 后缀的模型，* 代表任意文本。任何会思考的模型都可使用该后缀：能关闭思考的会关闭，其余的尽量少思考。',
    },
  }),
  THINKING_BUDGET_MAP: setting({
    schema: Type.Record(Type.String(), Type.Number()),
    default: {},
    group: 'thinking',
    help: {
      en: 'Tokens a model may think for when the client says nothing, by model name (* stands for any text); 0 is as little as it can, -1 lets the model decide. Models that think by level (generation 3 and newer) get the nearest level.',
      zh: '客户端未指定时各模型的思考预算（token 数），按模型名设置（* 代表任意文本）；0 表示尽量少，-1 表示由模型决定。按等级思考的模型（第 3 代及更新）使用最接近的等级。',
    },
  }),
  SHOW_THINKING_PROCESS: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'thinking',
    help: {
      en: 'Shows OpenAI clients the thoughts of models that think, as reasoning_content; native clients where a budget of THINKING_BUDGET_MAP is used. Off: thoughts are only shown to clients that ask for them.',
      zh: '向 OpenAI 客户端以 reasoning_content 显示模型的思考过程；原生客户端仅在使用 THINKING_BUDGET_MAP 的预算时显示。关闭后，仅向主动请求的客户端显示。',
    },
  }),
})

export type ThinkingSettings = SettingValues<typeof thinkingSettings>
