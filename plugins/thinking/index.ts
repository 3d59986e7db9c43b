import { Type } from '@sinclair/typebox'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'

const settings = defineSettings({
  THINKING_MODELS: setting({
    schema: Type.Array(Type.String()),
    default: [],
    group: 'thinking',
    help: {
      en: 'Models that are offered with the ending -non-thinking as well.',
      zh: '同时提供 -non-thinking 后缀的模型。',
    },
  }),
  THINKING_BUDGET_MAP: setting({
    schema: Type.Record(Type.String(), Type.Number()),
    default: {},
    group: 'thinking',
    help: {
      en: 'Tokens a model may think for when the client says nothing, by model name; -1 lets the model decide. Holds for models that think by budget (the 2.5 family).',
      zh: '客户端未指定时各模型的思考预算（token 数），按模型名设置；-1 表示由模型决定。仅对按预算思考的模型（2.5 系列）有效。',
    },
  }),
  SHOW_THINKING_PROCESS: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'thinking',
    help: {
      en: 'Asks for the thoughts as well where a budget of THINKING_BUDGET_MAP is used.',
      zh: '使用 THINKING_BUDGET_MAP 的预算时，同时请求返回思考过程。',
    },
  }),
})

/** Thinking budgets where the client said nothing of thinking. */
export const thinking = definePlugin({
  name: 'thinking',
  settings,
  parts: settings => ({
    stages: {
      payload: {
        applies: ({ target, mode, ask }) =>
          mode.kind === 'text' &&
          target !== null &&
          Object.hasOwn(settings.THINKING_BUDGET_MAP, target.model) &&
          capabilitiesOf(target.model).thinking === 'budget' &&
          ask.body.kind === 'payload' &&
          !hasThinking(ask.body.payload),
        run: (payload, { target }) =>
          payload.addInside('generationConfig', 'thinkingConfig', {
            thinkingBudget: settings.THINKING_BUDGET_MAP[target?.model ?? ''],
            ...(settings.SHOW_THINKING_PROCESS ? { includeThoughts: true } : {}),
          }),
      },
    },
  }),
})

const hasThinking = (payload: GeminiPayload): boolean => {
  const configuration = payload.get('generationConfig')
  return (
    typeof configuration === 'object' &&
    configuration !== null &&
    ('thinkingConfig' in configuration || 'thinking_config' in configuration)
  )
}
