import { Type } from '@sinclair/typebox'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'

const categories = ['HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT', 'CIVIC_INTEGRITY'].map(
  name => `HARM_CATEGORY_${name}`,
)
const thresholds = ['OFF', 'BLOCK_NONE', 'BLOCK_ONLY_HIGH', 'BLOCK_MEDIUM_AND_ABOVE', 'BLOCK_LOW_AND_ABOVE']

const settings = defineSettings({
  SAFETY_SETTINGS: setting({
    schema: Type.Array(Type.Object({ category: Type.String(), threshold: Type.String() })),
    default: categories.map(category => ({
      category,
      threshold: category === 'HARM_CATEGORY_CIVIC_INTEGRITY' ? 'BLOCK_NONE' : 'OFF',
    })),
    group: 'safety',
    help: {
      en: 'Safety filters for requests that bring none: a list of {category, threshold}. A client that sends its own keeps them. Empty: Google decides.',
      zh: '请求未自带安全设置时使用的安全过滤：由 {category, threshold} 组成的列表。客户端自带的设置优先。留空则由 Google 决定。',
    },
    refuse: list => {
      const seen = new Set<string>()
      for (const { category, threshold } of list) {
        if (!categories.includes(category)) return `every category must be one of ${categories.join(', ')}`
        if (!thresholds.includes(threshold)) return `every threshold must be one of ${thresholds.join(', ')}`
        if (seen.has(category)) return `${category} must stand in it only once`
        seen.add(category)
      }
      return undefined
    },
  }),
})

/** Safety filters where the client said nothing of them. */
export const safety = definePlugin({
  name: 'safety',
  settings,
  parts: settings => ({
    stages: {
      payload: {
        applies: ({ mode }) => mode.kind === 'text' && settings.SAFETY_SETTINGS.length > 0,
        run: payload =>
          payload.has('safetySettings') ? payload : payload.add('safetySettings', settings.SAFETY_SETTINGS),
      },
    },
  }),
})
