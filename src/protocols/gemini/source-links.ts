import { isRecord, type Members, recordsOf } from '../read-value.ts'

/**
 * Makes a function that the events of one answer go through, in order (a whole answer is one event): a candidate that
 * was grounded in the web gets one more part of text, a list of its sources, where it ends. It is a part of its own at
 * the very end, so that the byte offsets of `groundingSupports` stay true; a candidate that calls a function gets none.
 */
export const appendSources = (): ((event: Members) => Members) => {
  const candidates = new Map<unknown, CandidateSoFar>()
  return event => {
    const given: unknown = event.candidates
    if (!Array.isArray(given)) return event
    const appended = given.map((candidate: unknown, place) => {
      if (!isRecord(candidate)) return candidate
      const index = candidate.index ?? place
      const before = candidates.get(index) ?? unseen
      const now = lookAt(candidate, before)
      const ends = !before.isOver && endings.has(candidate.finishReason)
      candidates.set(index, { ...now, isOver: before.isOver || ends })
      return ends && now.hasText && !now.hasCall && now.sources.size > 0
        ? withSources(candidate, now.sources)
        : candidate
    })
    return appended.some((candidate, place) => candidate !== given[place]) ? { ...event, candidates: appended } : event
  }
}

/** Only what ended as it should is worth its sources. */
const endings: ReadonlySet<unknown> = new Set(['STOP', 'MAX_TOKENS'])

/** Titles by address. */
type Sources = ReadonlyMap<string, string>

type CandidateSoFar = {
  readonly sources: Sources
  readonly hasText: boolean
  readonly hasCall: boolean
  readonly isOver: boolean
}

const unseen: CandidateSoFar = { sources: new Map(), hasText: false, hasCall: false, isOver: false }

const lookAt = (candidate: Members, before: CandidateSoFar): CandidateSoFar => {
  const parts = partsOf(candidate)
  return {
    sources: new Map([...before.sources, ...sourcesOf(candidate).filter(([uri]) => !before.sources.has(uri))]),
    hasText: before.hasText || parts.some(part => typeof part.text === 'string' && part.text !== '' && !part.thought),
    hasCall: before.hasCall || parts.some(part => part.functionCall !== undefined),
    isOver: before.isOver,
  }
}

const sourcesOf = ({ groundingMetadata }: Members): readonly (readonly [string, string])[] =>
  recordsOf(isRecord(groundingMetadata) ? groundingMetadata.groundingChunks : undefined).flatMap(({ web }) => {
    const uri = isRecord(web) && typeof web.uri === 'string' ? safeAddress(web.uri) : null
    if (uri === null || !isRecord(web)) return []
    return [[uri, safeTitle(web.title) || safeTitle(new URL(uri).host)] as const]
  })

const withSources = (candidate: Members, sources: Sources): Members => {
  const content = isRecord(candidate.content) ? candidate.content : {}
  const links = [...sources].map(([uri, title]) => `- [${title}](${uri})`)
  const text = `\n\n---\n\n**Sources**\n\n${links.join('\n')}\n`
  const parts = Array.isArray(content.parts) ? content.parts : []
  return { ...candidate, content: { role: 'model', ...content, parts: [...parts, { text }] } }
}

const mostAddress = 4096
const mostTitle = 200

/** Only the web's own addresses, and nothing in them that could end a markdown link or begin an HTML tag. */
const safeAddress = (uri: string): string | null => {
  const url = URL.parse(uri)
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > mostAddress) return null
  return url.href.replace(
    /[()<>[\]\\`"'|{}^\s]/g,
    character => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  )
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** One line of plain text, whatever was in it. */
const safeTitle = (title: unknown): string => {
  if (typeof title !== 'string') return ''
  const line = [...title.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, mostTitle).join('')
  return line.replace(/[\\`*_[\]~|$]/g, '\\$&').replace(/[&<>]/g, character => entities[character] ?? '')
}

const partsOf = ({ content }: Members) => recordsOf(isRecord(content) ? content.parts : undefined)
