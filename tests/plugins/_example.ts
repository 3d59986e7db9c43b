import { definePlugin } from '#pipeline/plugin.ts'

/** `<model>-brief`: answers are kept short. */
export const brief = definePlugin({
  name: 'brief',
  settings: {},
  parts: () => ({
    suffixes: [{ suffix: '-brief', label: 'Brief', allows: () => true }],
    stages: {
      payload: {
        applies: ({ target }) => target?.suffixes.includes('-brief') === true,
        run: payload => payload.addInside('generationConfig', 'maxOutputTokens', 100),
      },
    },
  }),
})
