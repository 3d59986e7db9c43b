import { type BudgetRange, capabilitiesOf, type ThinkingLevel } from './capabilities.ts'

/** How hard a model is asked to think, in OpenAI's words (`reasoning_effort`). */
export type ThinkingEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

type ThinkingConfig = Readonly<Record<string, unknown>>

/**
 * The `thinkingConfig` for an effort, as near as the model can come to it. Up to `high` this is Google's own mapping of
 * `reasoning_effort` (ai.google.dev/gemini-api/docs/openai); above it stands the most a model can do.
 * @returns null when the model does not think
 */
export const thinkingConfigFor = (effort: ThinkingEffort, model: string): ThinkingConfig | null =>
  configFor(efforts[effort], model)

/** The least a model can think: off where that is possible. Null when it does not think at all. */
export const leastThinking = (model: string): ThinkingConfig | null => configFor(efforts.none, model)

/**
 * The `thinkingConfig` for a number of tokens, brought into what the model accepts; a negative number leaves the
 * decision to the model.
 * @returns null when there is nothing to say: the model does not think, or decides by itself anyway
 */
export const thinkingConfigOf = (tokens: number, model: string): ThinkingConfig | null => {
  if (tokens >= 0) return configFor({ tokens: Math.round(tokens), level: levelNear(tokens) }, model)
  return capabilitiesOf(model).thinkingBudget === null ? null : { thinkingBudget: -1 }
}

type Wish = { readonly tokens: number; readonly level: ThinkingLevel }

/** More than any model takes: brought down to its most. */
const most = 1_000_000

const efforts: Readonly<Record<ThinkingEffort, Wish>> = {
  none: { tokens: 0, level: 'MINIMAL' },
  minimal: { tokens: 1024, level: 'MINIMAL' },
  low: { tokens: 1024, level: 'LOW' },
  medium: { tokens: 8192, level: 'MEDIUM' },
  high: { tokens: 24_576, level: 'HIGH' },
  xhigh: { tokens: most, level: 'HIGH' },
  max: { tokens: most, level: 'HIGH' },
}

const configFor = ({ tokens, level }: Wish, model: string): ThinkingConfig | null => {
  const { thinkingBudget: range, thinkingLevels: levels } = capabilitiesOf(model)
  if (range !== null) return { thinkingBudget: within(tokens, range) }
  const nearest = nearestOf(level, levels)
  return nearest === undefined ? null : { thinkingLevel: nearest }
}

const within = (tokens: number, { least, most, canBeOff }: BudgetRange): number =>
  tokens === 0 && canBeOff ? 0 : Math.min(Math.max(tokens, least), most)

const ranks: readonly ThinkingLevel[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

const nearestOf = (wished: ThinkingLevel, levels: readonly ThinkingLevel[]): ThinkingLevel | undefined => {
  const distance = (level: ThinkingLevel) => Math.abs(ranks.indexOf(level) - ranks.indexOf(wished))
  return levels.toSorted((left, right) => distance(left) - distance(right))[0]
}

/** The level whose tokens in Google's mapping are nearest. */
const levelNear = (tokens: number): ThinkingLevel => {
  if (tokens < 512) return 'MINIMAL'
  if (tokens < 4608) return 'LOW'
  return tokens < 16_384 ? 'MEDIUM' : 'HIGH'
}
