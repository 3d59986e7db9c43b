import { type Members, recordOf, textOf } from '../../read-value.ts'
import type { AnswerContext } from '../chat-manner.ts'

/** One call of a function or of a custom tool, whole: Google never sends a call in pieces. */
export type Call = {
  readonly id: string
  readonly type: 'function' | 'custom'
  readonly name: string
  /** Arguments as JSON, or the free text of a custom tool. */
  readonly text: string
  readonly signature: string | null
}

/**
 * Reads the calls of one answer, all its choices together: an id that comes twice is replaced the second time, since
 * clients find the result by it. Tells `onSignature` of every signature.
 */
export const createCallReader = ({ manner, newCallId, onSignature }: AnswerContext) => {
  const seen = new Set<string>()
  return (part: Members, functionCall: Members): Call => {
    const ownId = textOf(functionCall.id)
    const id = ownId === '' || seen.has(ownId) ? newCallId() : ownId
    seen.add(id)
    const signature = textOf(part.thoughtSignature) || null
    if (signature !== null) onSignature(id, signature)
    const googleName = textOf(functionCall.name)
    const isCustom = manner.customTools.has(googleName)
    const name = manner.toClientName(googleName)
    const input = recordOf(functionCall.args) ?? {}
    const text = isCustom && typeof input.input === 'string' ? input.input : JSON.stringify(input)
    return { id, type: isCustom ? 'custom' : 'function', name, text, signature }
  }
}

/** A call as a message holds it, in `tool_calls`. */
export const toToolCall = (call: Call) => ({ id: call.id, ...bodyOf(call, call.text), ...extraOf(call) })

/** The first of two pieces of a streamed call: all but its text. */
export const toOpeningPiece = (call: Call, index: number) => ({
  index,
  id: call.id,
  ...bodyOf(call, ''),
  ...extraOf(call),
})

/** The second piece: the text alone. */
export const toTextPiece = ({ type, text }: Call, index: number) =>
  type === 'custom' ? { index, custom: { input: text } } : { index, function: { arguments: text } }

const bodyOf = ({ type, name }: Call, text: string) =>
  type === 'custom' ? { type, custom: { name, input: text } } : { type, function: { name, arguments: text } }

/** Where Google's own OpenAI layer writes it and wants it back. */
const extraOf = ({ signature }: Call) =>
  signature === null ? {} : { extra_content: { google: { thought_signature: signature } } }
