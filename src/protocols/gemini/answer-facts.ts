import { eachElement, eachMember, isArrayAt, isName, isObjectAt, type Span, skipSpace } from './json-scanner.ts'

/** Token counts of `usageMetadata`; running totals, the last chunk of a stream wins. */
export type Usage = {
  readonly promptTokens: number | null
  /** Excludes thoughts. */
  readonly outputTokens: number | null
  readonly thoughtTokens: number | null
  readonly cachedTokens: number | null
  readonly totalTokens: number | null
}

/** What the gateway must know of one GenerateContentResponse (a whole answer, or one event of a stream). */
export type AnswerFacts = {
  /** Something a person or program can use: text, a call, data, code. Thoughts are not. */
  readonly visible: boolean
  readonly thought: boolean
  readonly finishReason: string | null
  readonly blockReason: string | null
  /** Where `usageMetadata` stands in the bytes. */
  readonly usage: Span | null
  /** Where an `error` member stands: an error in mid-stream, after status 200 was sent. */
  readonly error: Span | null
}

type MutableFacts = { -readonly [Name in keyof AnswerFacts]: AnswerFacts[Name] }

/**
 * Reads the facts of the response object that begins at `start`, without parsing it as a whole.
 * @throws MalformedJson
 */
export const readAnswerFacts = (bytes: Buffer, start: number): AnswerFacts => {
  const facts: MutableFacts = {
    visible: false,
    thought: false,
    finishReason: null,
    blockReason: null,
    usage: null,
    error: null,
  }
  eachMember(bytes, skipSpace(bytes, start), (nameStart, nameEnd, valueStart, valueEnd) => {
    if (isName(bytes, nameStart, nameEnd, 'candidates')) {
      if (isArrayAt(bytes, valueStart))
        eachElement(bytes, valueStart, candidate => readCandidate(bytes, candidate, facts))
    } else if (isName(bytes, nameStart, nameEnd, 'usageMetadata')) facts.usage = { start: valueStart, end: valueEnd }
    else if (isName(bytes, nameStart, nameEnd, 'error')) facts.error = { start: valueStart, end: valueEnd }
    else if (isName(bytes, nameStart, nameEnd, 'promptFeedback') && isObjectAt(bytes, valueStart)) {
      eachMember(bytes, valueStart, (innerStart, innerEnd, from, to) => {
        if (isName(bytes, innerStart, innerEnd, 'blockReason')) facts.blockReason = readText(bytes, from, to)
      })
    }
  })
  return facts
}

/** Token counts out of the span that `AnswerFacts.usage` names. */
export const readUsage = (bytes: Buffer, span: Span): Usage => {
  const usage = JSON.parse(bytes.toString('utf8', span.start, span.end)) as Record<string, unknown>
  const count = (name: string) => (typeof usage[name] === 'number' ? usage[name] : null)
  return {
    promptTokens: count('promptTokenCount'),
    outputTokens: count('candidatesTokenCount'),
    thoughtTokens: count('thoughtsTokenCount'),
    cachedTokens: count('cachedContentTokenCount'),
    totalTokens: count('totalTokenCount'),
  }
}

const readCandidate = (bytes: Buffer, start: number, facts: MutableFacts) => {
  if (!isObjectAt(bytes, start)) return
  eachMember(bytes, start, (nameStart, nameEnd, valueStart, valueEnd) => {
    if (isName(bytes, nameStart, nameEnd, 'finishReason')) facts.finishReason = readText(bytes, valueStart, valueEnd)
    else if (isName(bytes, nameStart, nameEnd, 'content') && isObjectAt(bytes, valueStart)) {
      eachMember(bytes, valueStart, (innerStart, innerEnd, parts) => {
        if (isName(bytes, innerStart, innerEnd, 'parts') && isArrayAt(bytes, parts)) {
          eachElement(bytes, parts, part => readPart(bytes, part, facts))
        }
      })
    }
  })
}

const letterT = 0x74

const readPart = (bytes: Buffer, start: number, facts: MutableFacts) => {
  if (!isObjectAt(bytes, start)) return
  let hasContent = false
  let isThought = false
  eachMember(bytes, start, (nameStart, nameEnd, valueStart, valueEnd) => {
    if (isName(bytes, nameStart, nameEnd, 'text')) hasContent ||= valueEnd - valueStart > 2
    else if (isName(bytes, nameStart, nameEnd, 'thought')) isThought = bytes[valueStart] === letterT
    else if (!besideContent.some(name => isName(bytes, nameStart, nameEnd, name))) hasContent = true
  })
  if (!hasContent) return
  if (isThought) facts.thought = true
  else facts.visible = true
}

/** Members of a Part that stand beside its content and are no content themselves (Part in Google's API reference). */
const besideContent = [
  'thoughtSignature',
  'partMetadata',
  'videoMetadata',
  'mediaResolution',
  'mediaProcessing',
  'speechMetadata',
]

const readText = (bytes: Buffer, start: number, end: number): string => bytes.toString('utf8', start + 1, end - 1)
