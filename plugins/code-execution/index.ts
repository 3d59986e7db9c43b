import { Type } from '@sinclair/typebox'
import type { Target } from '#pipeline/exchange.ts'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { addOwnToolUnasked, describeAddedTool, hasOwnTool } from '#src/protocols/gemini/add-own-tool.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'

const settings = defineSettings({
  TOOLS_CODE_EXECUTION_ENABLED: setting({
    schema: Type.Boolean(),
    default: false,
    group: 'tools',
    help: {
      en: 'Gives models that can run code the code execution tool when the client brings no functions of its own.',
      zh: '客户端没有自带函数工具时，为支持代码执行的模型添加代码执行工具。',
    },
  }),
})

/** Code execution by default, where the client brings no functions. */
export const codeExecution = definePlugin({
  name: 'code-execution',
  settings,
  parts: settings => ({
    stages: {
      payload: {
        applies: ({ target, mode }) =>
          settings.TOOLS_CODE_EXECUTION_ENABLED &&
          mode.kind === 'text' &&
          target !== null &&
          capabilitiesOf(target.model).canRunCode,
        run: (payload, { target, notes }) => {
          const reason = reasonAgainst(payload, target)
          const added = reason === null ? addOwnToolUnasked(payload, target?.model ?? '', 'codeExecution') : null
          notes.set('x-gemini-balance-code-execution', added === null ? `off; ${reason}` : describeAddedTool(added))
          return added?.kind === 'added' ? added.payload : payload
        },
      },
    },
  }),
})

/** As in the original: a model that searches, or looks at media, is not tempted to write a program about it. */
const reasonAgainst = (payload: GeminiPayload, target: Target | null): 'search' | 'media' | null => {
  if (target?.suffixes.includes('-search') || hasOwnTool(payload, 'googleSearch')) return 'search'
  return holdsMedia(payload) ? 'media' : null
}

/** Looked for in the client's own bytes, which may be many megabytes of media, without parsing them. */
const holdsMedia = (payload: GeminiPayload): boolean => {
  const bytes = payload.raw('contents')
  if (bytes !== undefined) return bytes.includes('"inlineData"') || bytes.includes('"inline_data"')
  return [payload.get('contents')].flat().some(content => partsOf(content).some(isMedia))
}

const partsOf = (content: unknown): readonly unknown[] =>
  typeof content === 'object' && content !== null && 'parts' in content ? [content.parts].flat() : []

const isMedia = (part: unknown) => typeof part === 'object' && part !== null && 'inlineData' in part
