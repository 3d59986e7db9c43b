import type { Target } from '#pipeline/exchange.ts'
import { matchesModel } from '#src/config/match-model.ts'
import { capabilitiesOf } from '#src/protocols/gemini/capabilities.ts'
import type { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { leastThinking, thinkingConfigOf } from '#src/protocols/gemini/thinking.ts'
import { isRecord } from '#src/protocols/read-value.ts'
import type { ThinkingSettings } from './settings.ts'

/** The ending that asks for as little thinking as a model can. */
export const nonThinking = (settings: ThinkingSettings) => ({
  suffix: '-non-thinking' as const,
  label: 'Non Thinking',
  allows: (model: string) => capabilitiesOf(model).thinking !== 'none',
  offers: (model: string) => matchesModel(settings.THINKING_MODELS, model),
})

/** A native client that says anything of thinking is left alone: inside of its own words nothing can be replaced. */
export const thinkForNative = (payload: GeminiPayload, target: Target, settings: ThinkingSettings): GeminiPayload => {
  const amount = amountFor(target, settings)
  if (amount === null || configIn(payload) !== null) return payload
  const shows = settings.SHOW_THINKING_PROCESS && !isNonThinking(target) && !isOff(amount)
  return payload.addInside('generationConfig', 'thinkingConfig', {
    ...amount,
    ...(shows ? { includeThoughts: true } : {}),
  })
}

/** Whoever speaks OpenAI's dialect means to see the thoughts, unless it said otherwise. */
export const thinkForOpenai = (
  payload: GeminiPayload,
  target: Target,
  settings: ThinkingSettings,
): { readonly refined: GeminiPayload; readonly showsThoughts: boolean } => {
  const asked = configIn(payload) ?? {}
  const amount = saysHowMuch(asked) ? null : amountFor(target, settings)
  const config: ThinkingConfig = { ...asked, ...amount }
  const shown = memberOf(config, 'includeThoughts', 'include_thoughts')
  // Image models think in pictures, which nobody wants to see beside the one that was asked for.
  const isKeptShort = isNonThinking(target) && !saysHowMuch(asked)
  const mayShow = capabilitiesOf(target.model).family === 'text' && !isKeptShort && !isOff(config)
  const adds = shown === undefined && settings.SHOW_THINKING_PROCESS && mayShow
  const refined =
    amount === null && !adds
      ? payload
      : payload.addInside('generationConfig', 'thinkingConfig', {
          ...config,
          ...(adds ? { includeThoughts: true } : {}),
        })
  return { refined, showsThoughts: adds || shown === true }
}

type ThinkingConfig = Readonly<Record<string, unknown>>

/** How much to think where the client did not say: by the model's name, else by the settings. */
const amountFor = (target: Target, settings: ThinkingSettings): ThinkingConfig | null => {
  if (isNonThinking(target)) return leastThinking(target.model)
  const tokens = tokensFor(settings.THINKING_BUDGET_MAP, target.model)
  return tokens === undefined ? null : thinkingConfigOf(tokens, target.model)
}

const isNonThinking = ({ suffixes }: Target) => suffixes.includes('-non-thinking')

/** A name that stands there whole goes before any pattern; of patterns the first. */
const tokensFor = (map: ThinkingSettings['THINKING_BUDGET_MAP'], model: string): number | undefined =>
  Object.hasOwn(map, model) ? map[model] : patternsOf(map).find(({ names }) => matchesModel(names, model))?.tokens

type Pattern = { readonly names: readonly string[]; readonly tokens: number }

/** By identity: settings hand out a new value at every change. */
const knownPatterns = new WeakMap<object, readonly Pattern[]>()

const patternsOf = (map: ThinkingSettings['THINKING_BUDGET_MAP']): readonly Pattern[] => {
  const known = knownPatterns.get(map)
  if (known !== undefined) return known
  const patterns = Object.entries(map).flatMap(([name, tokens]) =>
    name.includes('*') ? [{ names: [name], tokens }] : [],
  )
  knownPatterns.set(map, patterns)
  return patterns
}

const saysHowMuch = (config: ThinkingConfig): boolean =>
  memberOf(config, 'thinkingBudget', 'thinking_budget') !== undefined ||
  memberOf(config, 'thinkingLevel', 'thinking_level') !== undefined

const isOff = (config: ThinkingConfig): boolean =>
  memberOf(config, 'thinkingBudget', 'thinking_budget') === 0 ||
  String(memberOf(config, 'thinkingLevel', 'thinking_level')).toUpperCase() === 'MINIMAL'

const configIn = (payload: GeminiPayload): ThinkingConfig | null => {
  if (!payload.mentions('generationConfig', 'hinking')) return null
  const generation = payload.get('generationConfig')
  if (!isRecord(generation) || !('thinkingConfig' in generation || 'thinking_config' in generation)) return null
  const config = memberOf(generation, 'thinkingConfig', 'thinking_config')
  return isRecord(config) ? config : {}
}

/** In either spelling; `null` means unset. */
const memberOf = (value: unknown, name: string, snakeName: string): unknown =>
  isRecord(value) ? (value[name] ?? value[snakeName] ?? undefined) : undefined
