import type OpenAI from 'openai'
import { expectPublished } from './_schema.ts'

export type SaidCall = {
  readonly id: string
  readonly name: string
  /** JSON; of a custom tool its free text, as a JSON string. */
  readonly arguments: string
  readonly signature: string | undefined
}

export type SaidChoice = {
  readonly content: string
  readonly reasoning: string
  readonly refusal: string
  readonly calls: readonly SaidCall[]
  readonly annotations: readonly OpenAI.ChatCompletionMessage.Annotation[]
  readonly finishReason: string
}

/** What one completion says, whether it came whole or in chunks. */
export type Said = {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly choices: readonly SaidChoice[]
  readonly usage: OpenAI.CompletionUsage | undefined
}

/** Members that are no part of OpenAI's types; see `_schema.ts`. */
export type Extras = {
  readonly reasoning_content?: string
  readonly annotations?: readonly OpenAI.ChatCompletionMessage.Annotation[]
  readonly extra_content?: { readonly google?: { readonly thought_signature?: string } }
}

/** @throws if the completion is not what OpenAI publishes, or contradicts itself */
export const readCompletion = (body: unknown): Said => {
  expectPublished('ChatCompletion', body)
  const { id, created, model, choices, usage } = body as OpenAI.ChatCompletion
  const said = {
    id,
    created,
    model,
    usage,
    choices: choices.map(({ finish_reason, message }) => ({
      content: message.content ?? '',
      reasoning: (message as Extras).reasoning_content ?? '',
      refusal: message.refusal ?? '',
      calls: message.function_call ? [functionOf(message.function_call)] : (message.tool_calls ?? []).map(readCall),
      annotations: message.annotations ?? [],
      finishReason: finish_reason,
    })),
  }
  const indices = choices.map(({ index }) => index)
  if (indices.some((index, position) => index !== position)) throw new Error(`The choices are ${indices.join()}.`)
  for (const { message } of choices)
    if (message.tool_calls?.length === 0) throw new Error('A list of calls is empty: it should not be there.')
  expectConsistent(said)
  if (usage === undefined) throw new Error('A whole completion tells its usage.')
  return said
}

/** @throws if what is said contradicts itself */
export const expectConsistent = ({ id, choices, usage }: Said): void => {
  if (!/^chatcmpl-./.test(id)) throw new Error(`The id is ${id}.`)
  if (choices.length === 0) throw new Error('Nobody said anything.')
  for (const { calls, finishReason } of choices) {
    if (finishReason === 'tool_calls' && calls.length === 0) throw new Error('It ended for calls, but has none.')
    if (finishReason === 'stop' && calls.length > 0) throw new Error('It has calls, but ended without them.')
    if (new Set(calls.map(call => call.id)).size < calls.length) throw new Error('Two calls have one id.')
    for (const call of calls) JSON.parse(call.arguments)
  }
  if (usage === undefined) return
  const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details: details } = usage
  if (total_tokens !== prompt_tokens + completion_tokens) throw new Error(`The sum is wrong: ${JSON.stringify(usage)}`)
  if ((details?.reasoning_tokens ?? 0) > completion_tokens)
    throw new Error(`Too many thoughts: ${JSON.stringify(usage)}`)
}

/** The deprecated form has no id. */
export const functionOf = (called: { readonly name: string; readonly arguments: string }): SaidCall => ({
  id: '',
  name: called.name,
  arguments: called.arguments,
  signature: undefined,
})

const readCall = (call: OpenAI.ChatCompletionMessageToolCall & Extras): SaidCall => ({
  id: call.id,
  ...(call.type === 'function'
    ? call.function
    : { name: call.custom.name, arguments: JSON.stringify(call.custom.input) }),
  signature: call.extra_content?.google?.thought_signature,
})
