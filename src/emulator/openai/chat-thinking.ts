import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { ThinkingConfig } from '../wire/messages.ts'
import type { ChatRequest } from './chat-request.ts'

const budgets: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576 }

/**
 * How a chat wants the model to think: by `reasoning_effort`, or by Google's own config in `extra_body`, never both.
 * An effort is a budget for the 2.5 families and a level since; `none` switches no 3.x model off. Whether the model has
 * that budget or level is checked later, as for everybody.
 * @throws GoogleError
 */
export const thinkingOf = (chat: ChatRequest, model: Model): ThinkingConfig | undefined => {
  const { reasoningEffort: effort } = chat
  const custom = chat.extraBody?.google?.thinkingConfig
  if (effort === undefined) return custom
  if (custom !== undefined)
    throw invalidArgument('Expected one of either `reasoning_effort` or custom `thinking_config`; found both.')
  const budget = Object.hasOwn(budgets, effort) ? budgets[effort] : undefined
  if (budget === undefined) throw invalidArgument('Request contains an invalid argument.')
  if (model.traits.thinking.control === 'budget') return { thinkingBudget: budget }
  if (effort === 'none') throw invalidArgument('Request contains an invalid argument.')
  return { thinkingLevel: effort === 'minimal' && isPro(model) ? 'LOW' : effort.toUpperCase() }
}

/** Of the models without MINIMAL, Google's table lowers it to LOW for Pro alone. */
const isPro = (model: Model) => /^gemini-[\d.]+-pro\b/.test(model.modelVersion)
