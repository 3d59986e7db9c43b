import { listOf, type Members, numberOf, recordOf, textOf } from '../../read-value.ts'

/**
 * `usageMetadata` as OpenAI's `usage`. Google counts thoughts beside the answer and what its tools read beside the
 * prompt; OpenAI counts both inside. All zero where Google told nothing.
 */
export const toUsage = (usage: Members | null) => {
  const thoughts = numberOf(usage?.thoughtsTokenCount)
  const prompt = numberOf(usage?.promptTokenCount) + numberOf(usage?.toolUsePromptTokenCount)
  const completion = numberOf(usage?.candidatesTokenCount) + thoughts
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: numberOf(usage?.cachedContentTokenCount),
      ...audioTokens(usage?.promptTokensDetails),
    },
    completion_tokens_details: { reasoning_tokens: thoughts, ...audioTokens(usage?.candidatesTokensDetails) },
  }
}

/** The tier that served the request, in OpenAI's words; null where it has none for it. */
export const toServiceTier = (usage: Members | null): 'default' | 'flex' | 'priority' | null =>
  tiers[textOf(usage?.serviceTier).toLowerCase()] ?? null

const tiers: Readonly<Record<string, 'default' | 'flex' | 'priority'>> = {
  standard: 'default',
  flex: 'flex',
  priority: 'priority',
}

const audioTokens = (details: unknown) => {
  const audio = listOf(details).find(detail => recordOf(detail)?.modality === 'AUDIO')
  return audio === undefined ? {} : { audio_tokens: numberOf(recordOf(audio)?.tokenCount) }
}
