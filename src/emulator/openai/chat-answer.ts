import { createHash } from 'node:crypto'
import type { Chunk } from '../answers/response-chunks.ts'
import type { Part } from '../wire/messages.ts'

type Json = Readonly<Record<string, unknown>>

/** What a chunk of the native API holds, as far as this layer passes it on. */
type Native = {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly Part[] }
    readonly finishReason?: string
    readonly index: number
  }[]
  readonly promptFeedback?: { readonly blockReason: string }
  readonly usageMetadata: {
    readonly promptTokenCount: number
    readonly candidatesTokenCount?: number
    readonly cachedContentTokenCount?: number
    readonly totalTokenCount: number
  }
  readonly modelVersion: string
  readonly responseId: string
}

/** The answer as one `chat.completion`. */
export const completionOf = (chunk: Chunk): Json => {
  const native = chunk as Native
  const choices = choicesOf(native, new Map(), 'tool_calls').map(({ delta, ...choice }) => ({
    ...choice,
    message: delta,
  }))
  return { choices, ...headOf(native, 'chat.completion'), usage: usageOf(native) }
}

/** The answer as a stream's chunks; with `includeUsage` there is one more, which has no choices. */
export const chatChunksOf = (chunks: readonly Chunk[], includeUsage: boolean): readonly Json[] => {
  const speakers: Speakers = new Map()
  const natives = chunks as readonly Native[]
  const last = natives.at(-1)
  return [
    ...natives.map(native => ({
      choices: choicesOf(native, speakers, 'stop'),
      ...headOf(native, 'chat.completion.chunk'),
    })),
    ...(includeUsage && last !== undefined
      ? [{ choices: [], ...headOf(last, 'chat.completion.chunk'), usage: usageOf(last) }]
      : []),
  ]
}

/** How far each candidate is: whether a `<thought>` is open, and how many calls it has made. */
type Speakers = Map<number, { thinking: boolean; calls: number }>

/** The time is fixed, so that the same request gives the same bytes. */
const created = Date.parse('2026-11-23T12:00:00Z') / 1000

const headOf = ({ responseId, modelVersion }: Native, object: string) => ({
  created,
  id: responseId,
  model: modelVersion,
  object,
})

/** Thoughts are in the total alone. */
const usageOf = ({ usageMetadata: used }: Native): Json => ({
  completion_tokens: used.candidatesTokenCount ?? 0,
  prompt_tokens: used.promptTokenCount,
  ...(used.cachedContentTokenCount !== undefined && {
    prompt_tokens_details: { cached_tokens: used.cachedContentTokenCount },
  }),
  total_tokens: used.totalTokenCount,
})

/** A 200 without candidates is a choice without a reason to finish and without content, as recorded from Google. */
const choicesOf = (native: Native, speakers: Speakers, endOfCalls: string) => {
  const blocked = native.promptFeedback?.blockReason
  if (blocked !== undefined)
    return [{ finish_reason: `content_filter: ${blocked}`, index: 0, delta: { role: 'assistant' } }]
  if (native.candidates === undefined) return [{ index: 0, delta: { role: 'assistant' } }]
  return native.candidates.map(({ content, finishReason, index }) => {
    const speaker = speakers.get(index) ?? { thinking: false, calls: 0 }
    speakers.set(index, speaker)
    const delta = deltaOf(content?.parts ?? [], speaker, finishReason !== undefined, `${native.responseId}:${index}`)
    const ended = speaker.calls > 0 ? endOfCalls : 'stop'
    return { ...(finishReason !== undefined && { finish_reason: reasonOf(finishReason, ended) }), index, delta }
  })
}

const deltaOf = (
  parts: readonly Part[],
  speaker: { thinking: boolean; calls: number },
  isLast: boolean,
  seed: string,
): Json => {
  let content = ''
  const google: Record<string, unknown> = {}
  const calls: Json[] = []
  for (const part of parts) {
    if (part.thought === true) {
      if (!speaker.thinking) content += '<thought>'
      if (parts.length === 1) google.thought = true
    } else if (speaker.thinking) content += '</thought>'
    speaker.thinking = part.thought === true
    content += part.text ?? pictureText(part)
    if (part.functionCall !== undefined) calls.push(callOf(part, `${seed}:${speaker.calls++}`))
    else if (part.thoughtSignature !== undefined) google.thought_signature = part.thoughtSignature
  }
  if (isLast && speaker.thinking) content += '</thought>'
  if (isLast) speaker.thinking = false
  return {
    ...(content !== '' && { content }),
    ...(Object.keys(google).length > 0 && { extra_content: { google } }),
    role: 'assistant',
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** How the layer shows pictures is not recorded; this is how its neighbours do. Sound has no place in it. */
const pictureText = ({ inlineData }: Part) =>
  inlineData?.mimeType?.startsWith('image/') !== true
    ? ''
    : `![image](data:${inlineData.mimeType};base64,${inlineData.data})`

/** Without an `index`, in streams too. The 2.x models give no id, so the layer makes one. */
const callOf = ({ functionCall, thoughtSignature }: Part, seed: string): Json => ({
  ...(thoughtSignature !== undefined && { extra_content: { google: { thought_signature: thoughtSignature } } }),
  function: { arguments: JSON.stringify(functionCall?.args ?? {}), name: functionCall?.name ?? '' },
  id: functionCall?.id ?? `function-call-${createHash('sha256').update(seed).digest().readBigUInt64BE(0)}`,
  type: 'function',
})

const callFaults = ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS']

/** Recorded from Google: what OpenAI has no word for comes with its own name behind a colon. */
const reasonOf = (reason: string, ended: string): string => {
  if (reason === 'STOP') return ended
  if (reason === 'MAX_TOKENS') return 'length'
  return callFaults.includes(reason) ? `function_call_filter: ${reason}` : `content_filter: ${reason}`
}
