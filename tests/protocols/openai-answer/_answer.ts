import { Stream } from 'openai/core/streaming'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import { createChunkWriter } from '#src/protocols/openai/answer/chunk-writer.ts'
import { toChatCompletion } from '#src/protocols/openai/answer/to-chat-completion.ts'
import type { AnswerContext, ChatManner } from '#src/protocols/openai/chat-manner.ts'

export type Members = Readonly<Record<string, unknown>>

export const contextOf = (manner: Partial<ChatManner> = {}) => {
  let count = 0
  const signatures: [string, string][] = []
  const context: AnswerContext = {
    manner: {
      model: 'my-model',
      includesUsage: false,
      callForm: 'tools',
      isOneCallOnly: false,
      customTools: new Set(),
      toClientName: name => name,
      audioFormat: null,
      ...manner,
    },
    fallbackId: 'fallback',
    created: 1_700_000_000,
    newCallId: () => `call_new${++count}`,
    onSignature: (id, signature) => signatures.push([id, signature]),
  }
  return { context, signatures }
}

export const answerOf = (parts: readonly Members[], finishReason = 'STOP', more: Members = {}): Members => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason, ...more }],
  responseId: 'r1',
})

type WholeChoice = Omit<ChatCompletion.Choice, 'message'> & { readonly message: Members }

export const choicesOf = (answer: Members, manner: Partial<ChatManner> = {}) =>
  toChatCompletion(answer, contextOf(manner).context).choices as readonly WholeChoice[]

export const messageOf = (answer: Members, manner: Partial<ChatManner> = {}): Members =>
  choicesOf(answer, manner)[0]?.message ?? {}

export const streamOf = (events: readonly Members[], manner: Partial<ChatManner> = {}): string => {
  const writer = createChunkWriter(contextOf(manner).context)
  return events.map(event => writer.write(event)).join('') + writer.end()
}

export const chunksOf = (text: string) =>
  text
    .split('\n\n')
    .filter(frame => frame !== '' && frame !== 'data: [DONE]')
    .map(frame => {
      if (!frame.startsWith('data: ')) throw new Error(`no event: ${frame}`)
      return JSON.parse(frame.slice('data: '.length)) as ChatCompletionChunk
    })

export const deltasOf = (text: string, index = 0) =>
  chunksOf(text)
    .flatMap(({ choices }) => choices)
    .filter(choice => choice.index === index)
    .map(({ delta }) => delta as Members)

/** The stream as the openai package adds it up; it overwrites `reasoning_content`, so that is joined here. */
export const addUp = async (text: string) => {
  const reasoning: string[] = []
  for (const { choices } of chunksOf(text)) {
    for (const { index, delta } of choices) {
      const words = (delta as { reasoning_content?: string }).reasoning_content
      if (words !== undefined) reasoning[index] = (reasoning[index] ?? '') + words
    }
  }
  const sse = Stream.fromSSEResponse<ChatCompletionChunk>(new Response(text), new AbortController())
  const completion = await ChatCompletionStream.fromReadableStream(sse.toReadableStream()).finalChatCompletion()
  return completion.choices.map(({ index, message, finish_reason, logprobs }) => {
    const { parsed: _parsed, ...rest } = message as unknown as Members
    const words = reasoning[index]
    return {
      index,
      finish_reason,
      logprobs,
      message: { ...rest, ...(words !== undefined && { reasoning_content: words }) } as Members,
    }
  })
}
