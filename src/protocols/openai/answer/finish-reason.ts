import type { ChatManner } from '../chat-manner.ts'

/** All that OpenAI's schema allows. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

/** What Google's many reasons come down to; `failed` is an answer that went wrong, by no filter and no limit. */
export type Ending = 'complete' | 'cut-short' | 'filtered' | 'failed'

/** A reason that is not known yet is taken for an end like any other. */
export const endingOf = (googleReason: string): Ending => endings[googleReason] ?? 'complete'

/**
 * The one reason a client is told. A whole call that stands beside a failure is still a call: the client has to answer
 * it, or its next turn is refused.
 */
export const toFinishReason = (ending: Ending, hasCalls: boolean, callForm: ChatManner['callForm']): FinishReason => {
  if (ending === 'cut-short') return 'length'
  if (ending === 'filtered') return 'content_filter'
  if (!hasCalls) return 'stop'
  return callForm === 'functions' ? 'function_call' : 'tool_calls'
}

/** `FinishReason` of Google's API; all that have to do with what was said or drawn count as filters. */
const endings: Readonly<Record<string, Ending>> = {
  STOP: 'complete',
  MAX_TOKENS: 'cut-short',
  CONTINUATION: 'cut-short',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  IMAGE_SAFETY: 'filtered',
  IMAGE_PROHIBITED_CONTENT: 'filtered',
  IMAGE_RECITATION: 'filtered',
  IMAGE_OTHER: 'filtered',
  NO_IMAGE: 'filtered',
  OTHER: 'failed',
  MALFORMED_FUNCTION_CALL: 'failed',
  MALFORMED_RESPONSE: 'failed',
  UNEXPECTED_TOOL_CALL: 'failed',
  TOO_MANY_TOOL_CALLS: 'failed',
  MISSING_THOUGHT_SIGNATURE: 'failed',
}
