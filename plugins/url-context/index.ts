import { Type } from '@sinclair/typebox'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { matchesModel } from '#src/config/match-model.ts'
import { addOwnToolUnasked, describeAddedTool } from '#src/protocols/gemini/add-own-tool.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'

const settings = defineSettings({
  URL_CONTEXT_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'tools',
    help: {
      en: 'Lets models read the web addresses in a prompt when the client brings no functions of its own.',
      zh: '客户端没有自带函数工具时，允许模型读取提示词中的网址。',
    },
  }),
  URL_CONTEXT_MODELS: setting({
    schema: Type.Array(Type.String()),
    default: ['gemini-*'],
    group: 'tools',
    help: {
      en: 'Models that get the URL context tool. * stands for any text; models that cannot read addresses are left out by themselves.',
      zh: '使用网址上下文工具的模型。* 代表任意文本；不支持的模型会自动排除。',
    },
  }),
})

/** Reading of web addresses by default, where the client brings no functions. */
export const urlContext = definePlugin({
  name: 'url-context',
  settings,
  parts: settings => ({
    stages: {
      payload: {
        applies: ({ target, mode }) =>
          settings.URL_CONTEXT_ENABLED &&
          mode.kind === 'text' &&
          target !== null &&
          matchesModel(settings.URL_CONTEXT_MODELS, target.model) &&
          capabilitiesOf(target.model).canReadUrls,
        run: (payload, { target, notes }) => {
          const added = addOwnToolUnasked(payload, target?.model ?? '', 'urlContext')
          notes.set('x-gemini-balance-url-context', describeAddedTool(added))
          return added.kind === 'added' ? added.payload : payload
        },
      },
    },
  }),
})
