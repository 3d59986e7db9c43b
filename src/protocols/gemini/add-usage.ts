import type { Usage } from './answer-facts.ts'

/** The tokens of two answers together; what neither tells stays unknown. */
export const addUsage = (left: Usage | null, right: Usage | null): Usage | null => {
  if (left === null || right === null) return left ?? right
  return {
    promptTokens: add(left.promptTokens, right.promptTokens),
    outputTokens: add(left.outputTokens, right.outputTokens),
    thoughtTokens: add(left.thoughtTokens, right.thoughtTokens),
    cachedTokens: add(left.cachedTokens, right.cachedTokens),
    totalTokens: add(left.totalTokens, right.totalTokens),
  }
}

const add = (left: number | null, right: number | null) =>
  left === null && right === null ? null : (left ?? 0) + (right ?? 0)
