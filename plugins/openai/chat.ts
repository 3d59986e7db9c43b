import type { Authenticated, Door, Reading, Target, Translated } from '#pipeline/exchange.ts'
import type { Gateway } from '#pipeline/plugin.ts'
import { GeminiPayload } from '#src/protocols/gemini/payload.ts'
import { createChunkWriter } from '#src/protocols/openai/answer/chunk-writer.ts'
import { toChatCompletion } from '#src/protocols/openai/answer/to-chat-completion.ts'
import type { AnswerContext } from '#src/protocols/openai/chat-manner.ts'
import { readModelName } from '#src/protocols/openai/model-name.ts'
import { type ChatRequest, readChatRequest } from '#src/protocols/openai/request/read-chat-request.ts'
import { remoteMediaOf } from '#src/protocols/openai/request/remote-media.ts'
import { toGeminiRequest } from '#src/protocols/openai/request/to-gemini-request.ts'
import { readBody } from '#src/web/read-body.ts'
import { openaiDoor } from './door.ts'
import { fetchMedia } from './fetch-media.ts'
import { noteIgnored } from './note-ignored.ts'

/** `POST /v1/chat/completions`. */
export const chatDoor = (gateway: Gateway): Door =>
  openaiDoor('chat/completions', async arrived => {
    const chat = readChatRequest(await readBody(arrived.request, gateway.bodyLimits()))
    return readingOf(chat, arrived, gateway)
  })

const readingOf = (chat: ChatRequest, arrived: Authenticated, gateway: Gateway): Reading => {
  const method = chat.isStream ? 'streamGenerateContent' : 'generateContent'
  return {
    method,
    model: readModelName(chat.model),
    version: 'v1beta',
    toPath: model => `/models/${model}:${method}`,
    query: chat.isStream ? 'alt=sse' : '',
    verb: 'POST',
    body: { kind: 'foreign', translate: target => translate(chat, target, arrived, gateway) },
    stream: chat.isStream ? 'sse' : null,
    answer: 'gemini',
    credential: 'x-goog-api-key',
    writer: null,
    fanOut: null,
  }
}

const translate = async (
  chat: ChatRequest,
  target: Target,
  arrived: Authenticated,
  { media, signatures, defaultVoice }: Gateway,
): Promise<Translated> => {
  const { request, ignored, manner, leftOutTools } = toGeminiRequest(chat, {
    model: target.model,
    media: await fetchMedia(media, remoteMediaOf(chat), arrived),
    signatureOf: callId => signatures.recall(callId),
    voice: defaultVoice(),
  })
  noteIgnored(arrived.notes, ignored)
  if (leftOutTools.length > 0) arrived.notes.set('x-gemini-balance-tools', `left out: ${leftOutTools.join(', ')}`)
  const context: AnswerContext = {
    manner,
    fallbackId: arrived.requestId.replaceAll('-', ''),
    created: Math.floor(arrived.arrivedAt / 1000),
    newCallId: () => `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`,
    onSignature: (callId, signature) => signatures.remember(callId, signature),
  }
  return {
    body: { kind: 'payload', payload: GeminiPayload.of(request) },
    writer: {
      whole: answer => JSON.stringify(toChatCompletion(answer as Readonly<Record<string, unknown>>, context)),
      stream: () => createChunkWriter(context),
    },
    fanOut: chat.choices > 1 ? { kind: 'copies', count: chat.choices } : null,
  }
}
