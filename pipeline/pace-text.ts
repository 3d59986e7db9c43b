import { recordOf, recordsOf } from '#src/protocols/read-value.ts'
import type { GeminiAnswer } from './exchange.ts'

/** The optimizer's settings; delays in seconds, the rest in characters. */
export type PaceSettings = {
  readonly STREAM_OPTIMIZER_ENABLED: boolean
  readonly STREAM_MIN_DELAY: number
  readonly STREAM_MAX_DELAY: number
  readonly STREAM_SHORT_TEXT_THRESHOLD: number
  readonly STREAM_LONG_TEXT_THRESHOLD: number
  readonly STREAM_CHUNK_SIZE: number
}

/**
 * Lets an event's text out in small pieces with a pause after each, so that it reads evenly. Only an event whose one
 * candidate has one plain text part is taken apart; everything beside the text (finish reason, usage, signature) goes
 * with the last piece, once.
 */
export const paceText = async function* (
  event: GeminiAnswer,
  settings: PaceSettings,
  wait: (ms: number) => Promise<void>,
) {
  const found = findText(event)
  if (found === null) {
    yield event
    return
  }
  const characters = [...segments.segment(found.text)].map(({ segment }) => segment)
  const size = characters.length >= settings.STREAM_LONG_TEXT_THRESHOLD ? Math.max(1, settings.STREAM_CHUNK_SIZE) : 1
  const delay = delayFor(characters.length, settings) * 1000
  for (let from = 0; from < characters.length; from += size) {
    const piece = characters.slice(from, from + size).join('')
    const isLast = from + size >= characters.length
    yield isLast ? found.whole(piece) : found.textOnly(piece)
    if (!isLast) await wait(delay)
  }
}

/** Characters as people see them: a family emoji or an accented letter is never cut in two. */
const segments = new Intl.Segmenter()

/** The longer the text that arrived at once, the shorter the pause: logarithmic between the two thresholds. */
const delayFor = (length: number, settings: PaceSettings): number => {
  const { STREAM_MIN_DELAY: least, STREAM_MAX_DELAY: most } = settings
  const short = Math.max(1, settings.STREAM_SHORT_TEXT_THRESHOLD)
  const long = Math.max(short + 1, settings.STREAM_LONG_TEXT_THRESHOLD)
  if (length <= short) return most
  if (length >= long) return least
  return most - (Math.log(length / short) / Math.log(long / short)) * (most - least)
}

type Found = {
  readonly text: string
  readonly textOnly: (piece: string) => GeminiAnswer
  readonly whole: (piece: string) => GeminiAnswer
}

const findText = (event: GeminiAnswer): Found | null => {
  const candidates = recordsOf(event.candidates)
  const candidate = candidates[0]
  const content = recordOf(candidate?.content)
  const parts = recordsOf(content?.parts)
  const part = parts[0]
  const text = part?.text
  if (candidates.length !== 1 || parts.length !== 1 || typeof text !== 'string' || text === '') return null
  const { thoughtSignature: _signature, ...plainPart } = part ?? {}
  const rebuild = (base: GeminiAnswer, baseCandidate: object, basePart: object, piece: string): GeminiAnswer => ({
    ...base,
    candidates: [{ ...baseCandidate, content: { ...content, parts: [{ ...basePart, text: piece }] } }],
  })
  const { usageMetadata: _usage, promptFeedback: _feedback, ...frame } = event
  const place = candidate?.index === undefined ? {} : { index: candidate.index }
  return {
    text,
    textOnly: piece => rebuild(frame, place, plainPart, piece),
    whole: piece => rebuild(event, candidate ?? {}, part ?? {}, piece),
  }
}
