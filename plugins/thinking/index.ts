import { definePlugin } from '#pipeline/plugin.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import { nonThinking, thinkForNative, thinkForOpenai } from './choose-thinking.ts'
import { hideThoughts } from './hide-thoughts.ts'
import { thinkingSettings } from './settings.ts'

/**
 * How much a model thinks where the client said nothing of it (`<model>-non-thinking`, THINKING_BUDGET_MAP), and whether
 * clients of OpenAI's dialect are shown the thoughts.
 */
export const thinking = definePlugin({
  name: 'thinking',
  settings: thinkingSettings,
  parts: settings => {
    const hidden = new WeakSet<object>()
    const hide = { applies: (known: object) => hidden.has(known), run: hideThoughts }
    return {
      suffixes: [nonThinking(settings)],
      stages: {
        payload: {
          applies: ({ target, mode }) =>
            mode.kind === 'text' && target !== null && capabilitiesOf(target.model).thinking !== 'none',
          run: (payload, known) => {
            if (known.target === null) return payload
            if (known.door.protocol !== 'openai') return thinkForNative(payload, known.target, settings)
            const { refined, showsThoughts } = thinkForOpenai(payload, known.target, settings)
            if (!settings.SHOW_THINKING_PROCESS && !showsThoughts) hidden.add(known)
            return refined
          },
        },
        response: hide,
        events: hide,
      },
    }
  },
})
