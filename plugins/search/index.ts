import { Type } from '@sinclair/typebox'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { matchesModel } from '#src/config/match-model.ts'
import { addOwnTool } from '#src/protocols/gemini/add-own-tool.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'

const suffix = '-search'

const settings = defineSettings({
  SEARCH_MODELS: setting({
    schema: Type.Array(Type.String()),
    default: ['gemini-*'],
    group: 'models',
    help: {
      en: 'Models that are offered with the ending -search, which lets them search with Google. * stands for any text; models that cannot search are left out by themselves.',
      zh: '可加 -search 后缀使用 Google 搜索的模型。* 代表任意文本；不支持搜索的模型会自动排除。',
    },
  }),
})

/** `<model>-search`: the model may search with Google before it answers. */
export const search = definePlugin({
  name: 'search',
  settings,
  parts: settings => ({
    suffixes: [
      {
        suffix,
        label: 'For Search',
        allows: model => matchesModel(settings.SEARCH_MODELS, model) && capabilitiesOf(model).canSearch,
      },
    ],
    stages: {
      payload: {
        applies: ({ target }) => target?.suffixes.includes(suffix) === true,
        run: (payload, { target, notes }) => {
          const added = addOwnTool(payload, target?.model ?? '', 'googleSearch')
          notes.set('x-gemini-balance-search', added.kind === 'added' ? 'on' : `off; ${added.reason}`)
          return added.kind === 'added' ? added.payload : payload
        },
      },
    },
  }),
})
