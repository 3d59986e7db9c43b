import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { ThinkingConfig } from '../wire/messages.ts'

/** Budgets belong to the 2.5 families, levels to everything since; never both. */
export const checkThinking = (config: ThinkingConfig | undefined, model: Model): void => {
  if (config === undefined) return
  const { thinkingBudget: budget, thinkingLevel: level } = config
  if (budget !== undefined && level !== undefined)
    throw invalidArgument('You can only set only one of thinking budget and thinking level.')
  const { thinking } = model.traits
  if (thinking.control === 'none') {
    if (budget !== undefined || level !== undefined || config.includeThoughts === true)
      throw invalidArgument('Thinking is not enabled for this model.')
    return
  }
  if (level !== undefined) checkLevel(level, model)
  if (budget !== undefined) checkBudget(budget, model)
}

const checkLevel = (level: string, { traits: { thinking } }: Model): void => {
  if (thinking.control !== 'level') throw invalidArgument('Thinking level is not supported for this model.')
  if (level !== 'THINKING_LEVEL_UNSPECIFIED' && !thinking.levels.includes(level))
    throw invalidArgument(`Thinking level ${level} is not supported for this model.`)
}

const dynamic = -1

const checkBudget = (budget: number, { traits: { thinking } }: Model): void => {
  if (budget === dynamic && !(thinking.control === 'level' && !thinking.takesBudget)) return
  if (thinking.control === 'level') {
    if (!thinking.takesBudget) throw invalidArgument('Thinking budget is not supported for this model.')
    if (budget === 0 && !thinking.levels.includes('MINIMAL')) throw onlyThinks()
    checkRange(budget, 0, 32_768)
  }
  if (thinking.control === 'budget') {
    if (budget === 0 && !thinking.canBeOff) throw onlyThinks()
    if (budget !== 0) checkRange(budget, thinking.minimum, thinking.maximum)
  }
}

const onlyThinks = () => invalidArgument('Budget 0 is invalid. This model only works in thinking mode.')

const checkRange = (budget: number, minimum: number, maximum: number): void => {
  if (budget < minimum || budget > maximum)
    throw invalidArgument(
      `The thinking budget ${budget} is invalid. Please choose a value between ${minimum} and ${maximum}.`,
    )
}
