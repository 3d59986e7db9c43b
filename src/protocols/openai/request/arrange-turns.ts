import type { Capabilities } from '../../gemini/capabilities.ts'
import type { Content, Part } from './conversion.ts'
import type { ReadMessages } from './read-messages.ts'

export type ArrangedTurns = { readonly systemInstruction: Content | undefined; readonly contents: readonly Content[] }

/** Brings turns into an order the model accepts, without touching what they say. */
export const arrangeTurns = ({ system, contents }: ReadMessages, can: Capabilities): ArrangedTurns => {
  const isAlone = contents.length === 0
  const asUser = system.length > 0 && (isAlone || !can.takesSystemInstruction)
  const opened = openWithUser(asUser ? sayFirst(system, contents) : contents)
  const ended = endWithUser(opened, can)
  return {
    systemInstruction: system.length > 0 && !asUser ? { role: 'user', parts: system } : undefined,
    contents: can.signsCalls ? signCurrentTurn(ended) : ended,
  }
}

/** Google checks no signature where this stands (Gemini API, "Thought signatures", on history of other models). */
const sentinel = 'skip_thought_signature_validator'

const silence: Content = { role: 'user', parts: [{ text: ' ' }] }

const sayFirst = (parts: readonly Part[], contents: readonly Content[]): readonly Content[] => {
  const [first, ...rest] = contents
  if (first?.role !== 'user') return [{ role: 'user', parts }, ...contents]
  return [{ role: 'user', parts: [...parts, ...first.parts] }, ...rest]
}

/** Google refuses a call that answers nobody. */
const openWithUser = (contents: readonly Content[]): readonly Content[] => {
  const first = contents[0]
  return first === undefined || (first.role === 'model' && first.parts.some(isCall)) ? [silence, ...contents] : contents
}

const endWithUser = (contents: readonly Content[], can: Capabilities): readonly Content[] =>
  contents.at(-1)?.role === 'model' && !can.takesPrefill ? [...contents, silence] : contents

/**
 * The first call of every step since the user last said something must have a signature (ai.google.dev/gemini-api/docs/
 * thought-signatures); a history that came from elsewhere, or through a client that lost it, has none.
 */
const signCurrentTurn = (contents: readonly Content[]): readonly Content[] => {
  const start = contents.findLastIndex(({ role, parts }) => role === 'user' && !parts.every(isResponse))
  return contents.map((content, index) => (index < start || content.role === 'user' ? content : signed(content)))
}

const signed = (content: Content): Content => {
  const first = content.parts.findIndex(isCall)
  if (first < 0 || content.parts[first]?.thoughtSignature !== undefined) return content
  const parts = content.parts.map((part, index) => (index === first ? { ...part, thoughtSignature: sentinel } : part))
  return { role: content.role, parts }
}

const isCall = (part: Part) => part.functionCall !== undefined

const isResponse = (part: Part) => part.functionResponse !== undefined
