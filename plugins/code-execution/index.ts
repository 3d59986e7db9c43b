import { Type } from '@sinclair/typebox'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { addOwnTool } from '#src/protocols/gemini/add-own-tool.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'

const settings = defineSettings({
  TOOLS_CODE_EXECUTION_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'tools',
    help: {
      en: 'Gives models that can run code the code execution tool when the client brings no tools of its own.',
      zh: '客户端没有自带工具时，为支持代码执行的模型添加代码执行工具。',
    },
  }),
})

/** Code execution by default, where the client said nothing of tools. */
export const codeExecution = definePlugin({
  name: 'code-execution',
  settings,
  parts: settings => ({
    stages: {
      payload: {
        applies: ({ target, mode, ask }) =>
          settings.TOOLS_CODE_EXECUTION_ENABLED &&
          mode.kind === 'text' &&
          ask.body.kind === 'payload' &&
          !ask.body.payload.has('tools') &&
          !ask.body.payload.has('cachedContent') &&
          target !== null &&
          target.suffixes.length === 0 &&
          capabilitiesOf(target.model).canRunCode,
        run: (payload, { target }) => {
          const added = addOwnTool(payload, target?.model ?? '', 'codeExecution')
          return added.kind === 'added' ? added.payload : payload
        },
      },
    },
  }),
})
