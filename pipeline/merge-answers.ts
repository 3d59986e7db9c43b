import { addUsage } from '#src/protocols/gemini/add-usage.ts'
import type { AnswerFacts } from '#src/protocols/gemini/answer-facts.ts'
import { isRecord } from '#src/protocols/read-value.ts'
import type { GeminiAnswer } from './exchange.ts'

/** Several answers to the same request as one with several candidates; tokens are those of all together. */
export const mergeCandidates = (values: readonly unknown[]): GeminiAnswer => {
  const answers = values.filter(isRecord)
  const [first = {}] = answers
  return {
    ...first,
    candidates: answers.flatMap(({ candidates }, index) =>
      Array.isArray(candidates) ? candidates.map(candidate => ({ ...candidate, index })) : [],
    ),
    usageMetadata: mergeUsage(answers.map(({ usageMetadata }) => usageMetadata)),
  }
}

/** Counts are added; what is no count is the last one told. */
export const mergeUsage = (usages: readonly unknown[]): Readonly<Record<string, unknown>> | undefined => {
  const known = usages.filter(isRecord)
  if (known.length === 0) return undefined
  const merged: Record<string, unknown> = {}
  for (const usage of known) {
    for (const [name, value] of Object.entries(usage)) {
      const before = merged[name]
      merged[name] = typeof value === 'number' && typeof before === 'number' ? before + value : value
    }
  }
  return merged
}

export const mergeFacts = (left: AnswerFacts, right: AnswerFacts): AnswerFacts => ({
  visible: left.visible || right.visible,
  thought: left.thought || right.thought,
  finishReason: left.finishReason ?? right.finishReason,
  blockReason: left.blockReason ?? right.blockReason,
  usage: addUsage(left.usage, right.usage),
  hasError: left.hasError || right.hasError,
})
