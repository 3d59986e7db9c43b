import type { GeminiAnswer } from '#pipeline/exchange.ts'
import { isRecord } from '#src/protocols/read-value.ts'

/** An answer, or one event of it, without its thoughts. Everything else stays, signatures among them. */
export const hideThoughts = (answer: GeminiAnswer): GeminiAnswer =>
  Array.isArray(answer.candidates) ? { ...answer, candidates: answer.candidates.map(withoutThoughts) } : answer

const withoutThoughts = (candidate: unknown): unknown => {
  const content = isRecord(candidate) ? candidate.content : undefined
  if (!isRecord(candidate) || !isRecord(content) || !Array.isArray(content.parts)) return candidate
  return { ...candidate, content: { ...content, parts: content.parts.flatMap(withoutThought) } }
}

const withoutThought = (part: unknown): readonly unknown[] => {
  if (!isRecord(part) || part.thought !== true || part.functionCall !== undefined) return [part]
  return part.thoughtSignature === undefined ? [] : [{ text: '', thoughtSignature: part.thoughtSignature }]
}
