import { type AnswerFacts, type AnswerReader, noFacts, type Usage } from '../gemini/answer-facts.ts'
import { type Members, recordOf, recordsOf } from '../read-value.ts'

/** Reads what Google's own OpenAI layer answers: a chat completion, or one chunk of a streamed one. */
export const completionReader: AnswerReader = {
  // The last event of a whole stream, and no JSON.
  event: text => (text.trim() === '[DONE]' ? { ...noFacts, finishReason: 'DONE' } : factsOf(JSON.parse(text))),
  whole: bytes => factsOf(JSON.parse(bytes.toString('utf8'))),
  value: value => factsOf(value),
}

const factsOf = (parsed: unknown): AnswerFacts => {
  // Errors of this layer stand in a list of one.
  const answer = recordOf(Array.isArray(parsed) ? parsed[0] : parsed)
  if (answer === null) return noFacts
  const sight = { visible: false, thought: false }
  let finishReason: string | null = null
  for (const choice of recordsOf(answer.choices)) {
    if (typeof choice.finish_reason === 'string') finishReason = reasonOf(choice.finish_reason)
    lookAt(recordOf(choice.message) ?? recordOf(choice.delta) ?? {}, sight)
  }
  return {
    ...sight,
    finishReason,
    blockReason: null,
    usage: readUsage(recordOf(answer.usage)),
    hasError: recordOf(answer.error) !== null,
  }
}

/** This layer also writes `content_filter: SAFETY` and `function_call_filter: MALFORMED_FUNCTION_CALL` (recorded). */
const reasonOf = (reason: string): string => {
  if (reason === 'length') return 'MAX_TOKENS'
  const [kind = '', detail] = reason.split(': ')
  return detail ?? (kind === 'content_filter' ? 'SAFETY' : 'STOP')
}

const lookAt = (message: Members, sight: { visible: boolean; thought: boolean }) => {
  const { content, tool_calls: calls, refusal, audio } = message
  const isText = typeof content === 'string' ? content !== '' : content !== undefined && content !== null
  const isThought = recordOf(recordOf(message.extra_content)?.google)?.thought === true
  if (isText && isThought) sight.thought = true
  if (
    (isText && !isThought) ||
    recordsOf(calls).length > 0 ||
    typeof refusal === 'string' ||
    recordOf(audio) !== null
  ) {
    sight.visible = true
  }
}

/** `completion_tokens` of this layer leaves thoughts out, `total_tokens` does not. */
const readUsage = (usage: Members | null): Usage | null => {
  if (usage === null) return null
  const promptTokens = countOf(usage.prompt_tokens)
  const outputTokens = countOf(usage.completion_tokens)
  const totalTokens = countOf(usage.total_tokens)
  const rest = (totalTokens ?? 0) - (promptTokens ?? 0) - (outputTokens ?? 0)
  return {
    promptTokens,
    outputTokens,
    thoughtTokens: rest > 0 ? rest : null,
    cachedTokens: countOf(recordOf(usage.prompt_tokens_details)?.cached_tokens),
    totalTokens,
  }
}

const countOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
