import type { Model } from '../models/catalogue.ts'
import type { ThinkingConfig } from '../wire/messages.ts'

const tokensByLevel: Readonly<Record<string, number>> = { MINIMAL: 0, LOW: 8, MEDIUM: 16, HIGH: 32 }

/** How many tokens the model thinks; small numbers, so that a small `maxOutputTokens` still shows text. */
export const thoughtTokens = (config: ThinkingConfig, { traits: { thinking } }: Model): number => {
  if (thinking.control === 'none') return 0
  const budget = config.thinkingBudget
  if (budget !== undefined && budget >= 0) return Math.min(budget, 16)
  if (thinking.control === 'budget') return budget !== undefined || thinking.onByDefault ? 16 : 0
  const level = config.thinkingLevel
  return tokensByLevel[level === undefined || level === 'THINKING_LEVEL_UNSPECIFIED' ? thinking.default : level] ?? 16
}
