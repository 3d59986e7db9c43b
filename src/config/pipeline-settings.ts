import { Type } from '@sinclair/typebox'
import { defineSettings, setting } from './define-settings.ts'

export const pipelineSettings = defineSettings({
  DISABLED_PLUGINS: setting({
    schema: Type.Array(Type.String()),
    default: [],
    group: 'server',
    help: {
      en: 'Names of plugins that are switched off, for example search or safety. A plugin that is off answers nothing and changes nothing.',
      zh: '已关闭的插件名称，例如 search 或 safety。关闭的插件不处理任何请求，也不做任何修改。',
    },
  }),
})
