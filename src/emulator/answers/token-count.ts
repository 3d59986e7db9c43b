import type { Content, GenerateContentRequest, Part } from '../wire/messages.ts'

export type Modality = 'TEXT' | 'IMAGE' | 'AUDIO' | 'VIDEO' | 'DOCUMENT'

export type TokenDetail = { readonly modality: Modality; readonly tokenCount: number }

export type TokenCount = { readonly total: number; readonly details: readonly TokenDetail[] }

/** About four characters a token, as Google's rule of thumb says; never 0 for a text that is not empty. */
export const textTokens = (text: string): number => Math.ceil(text.length / 4)

/** Characters that fit into a number of tokens; the inverse of {@link textTokens}. */
export const charactersOf = (tokens: number): number => tokens * 4

/** What a request's prompt counts: contents, system instruction and tools. */
export const promptTokens = (
  request: Pick<GenerateContentRequest, 'contents' | 'systemInstruction' | 'tools'>,
): TokenCount => {
  const counts = new Map<Modality, number>()
  const add = (modality: Modality, tokens: number) => counts.set(modality, (counts.get(modality) ?? 0) + tokens)
  const system = request.systemInstruction === undefined ? [] : [request.systemInstruction]
  for (const part of [...(request.contents ?? []), ...system].flatMap(content => content.parts ?? [])) {
    const [modality, tokens] = partTokens(part)
    add(modality, tokens)
  }
  if (request.tools !== undefined) add('TEXT', textTokens(JSON.stringify(request.tools)))
  const details = [...counts]
    .map(([modality, tokenCount]) => ({ modality, tokenCount }))
    .filter(({ tokenCount }) => tokenCount > 0)
  return { total: details.reduce((sum, { tokenCount }) => sum + tokenCount, 0), details }
}

export const contentTokens = (content: Content): number => promptTokens({ contents: [content] }).total

const imageTokens = 258
const bytesPerAudioToken = 1500

const partTokens = (part: Part): readonly [Modality, number] => {
  const mimeType = part.inlineData?.mimeType ?? part.fileData?.mimeType
  if (mimeType === undefined) return ['TEXT', textTokens(part.text ?? JSON.stringify(withoutSignature(part)))]
  const bytes = ((part.inlineData?.data?.length ?? 0) * 3) / 4
  if (mimeType.startsWith('image/')) return ['IMAGE', imageTokens]
  if (mimeType.startsWith('audio/')) return ['AUDIO', Math.ceil(bytes / bytesPerAudioToken)]
  if (mimeType.startsWith('video/')) return ['VIDEO', Math.max(imageTokens, Math.ceil(bytes / bytesPerAudioToken))]
  return mimeType.startsWith('text/') ? ['TEXT', Math.ceil(bytes / 4)] : ['DOCUMENT', imageTokens]
}

const withoutSignature = ({ thoughtSignature: _, ...part }: Part) => part
