import { Type } from '@sinclair/typebox'
import type { Answered, GeminiAnswer, ModeDetected } from '#pipeline/exchange.ts'
import { definePlugin } from '#pipeline/plugin.ts'
import { defineSettings, setting } from '#src/config/define-settings.ts'
import { matchesModel } from '#src/config/match-model.ts'
import { addOwnTool, describeAddedTool, hasOwnTool, wantsStructure } from '#src/protocols/gemini/add-own-tool.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { appendSources } from '#src/protocols/gemini/source-links.ts'

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
  SHOW_SEARCH_LINK: setting({
    schema: Type.Boolean(),
    default: true,
    group: 'models',
    help: {
      en: 'Ends answers of -search models, and of OpenAI clients that searched, with a list of links to the sources.',
      zh: '在 -search 模型的回答以及 OpenAI 客户端使用搜索的回答末尾附上来源链接列表。',
    },
  }),
})

/** `<model>-search`: the model may search with Google before it answers. OpenAI clients may ask for it by a tool as well. */
export const search = definePlugin({
  name: 'search',
  settings,
  parts: settings => {
    const sourcesOf = new WeakMap<object, (event: GeminiAnswer) => GeminiAnswer>()
    const cite = {
      applies: (known: Answered) => sourcesOf.has(known),
      run: (answer: GeminiAnswer, known: Answered) => sourcesOf.get(known)?.(answer) ?? answer,
    }
    return {
      suffixes: [
        {
          suffix,
          label: 'For Search',
          allows: model => matchesModel(settings.SEARCH_MODELS, model) && capabilitiesOf(model).canSearch,
        },
      ],
      stages: {
        payload: {
          applies: known => isAskedFor(known) || known.door.protocol === 'openai',
          run: (payload, known) => {
            const { refined, isSearching } = turnOn(payload, known)
            // A list of links would spoil structured output.
            const isCited = settings.SHOW_SEARCH_LINK && isSearching && !wantsStructure(payload)
            if (isCited) sourcesOf.set(known, appendSources())
            return refined
          },
        },
        response: cite,
        events: cite,
      },
    }
  },
})

const isAskedFor = ({ target }: ModeDetected) => target?.suffixes.includes(suffix) === true

const turnOn = (payload: GeminiPayload, known: ModeDetected) => {
  const added = isAskedFor(known) ? addOwnTool(payload, known.target?.model ?? '', 'googleSearch') : null
  const isSearching = added?.kind === 'added' || hasOwnTool(payload, 'googleSearch')
  if (isSearching || added !== null) {
    known.notes.set('x-gemini-balance-search', added === null ? 'on' : describeAddedTool(added))
  }
  return { refined: added?.kind === 'added' ? added.payload : payload, isSearching }
}
