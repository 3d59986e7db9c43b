import { isMediaType, type MediaKind, readMediaSource } from './media-source.ts'
import type { ChatRequest } from './read-chat-request.ts'
import { isRecord } from './read-values.ts'

export type RemoteMedia = {
  /** As the client wrote it; the key under which the conversion looks for what was fetched. */
  readonly url: string
  readonly kind: MediaKind
  /** Path of the address in the request. */
  readonly param: string
}

/**
 * What must be fetched before the request can be converted, each address once. Google's own files and YouTube are left
 * to Google.
 * @throws GatewayError for a media part that could not be converted anyway
 */
export const remoteMediaOf = (request: ChatRequest): readonly RemoteMedia[] => {
  const found = new Map<string, RemoteMedia>()
  const messages = Array.isArray(request.body.messages) ? request.body.messages : []
  messages.forEach((message: unknown, index) => {
    if (!isRecord(message) || !Array.isArray(message.content)) return
    message.content.forEach((part: unknown, position) => {
      if (!isRecord(part) || typeof part.type !== 'string' || !isMediaType(part.type)) return
      const source = readMediaSource(part, part.type, `messages[${index}].content[${position}]`)
      if (source.form !== 'remote' || found.has(source.url)) return
      found.set(source.url, { url: source.url, kind: source.kind, param: source.path })
    })
  })
  return [...found.values()]
}
