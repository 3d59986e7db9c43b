import { isDeeperThan } from '../../text-depth.ts'
import type { Conversion, Part } from './conversion.ts'
import type { Call } from './read-calls.ts'
import { isRecord, type JsonObject } from './read-values.ts'

/** What one tool message becomes. */
export type CallResult = {
  readonly response: Part
  /** Media that goes up beside the responses, for models that take none inside. */
  readonly beside: readonly Part[]
}

/** @param parts of the tool message, in Gemini's form */
export const toCallResult = (call: Call, parts: readonly Part[], { can }: Conversion): CallResult => {
  const media = parts.filter(part => part.text === undefined)
  const text = parts.map(part => (typeof part.text === 'string' ? part.text : '')).join('')
  const isInside = can.signsCalls && media.length > 0
  const functionResponse = {
    ...(can.signsCalls && call.id !== undefined && { id: call.id }),
    name: call.googleName,
    response: toResponse(text),
    // Multimodal function responses came with Gemini 3.
    ...(isInside && { parts: media }),
  }
  return { response: { functionResponse }, beside: isInside ? [] : media }
}

/** Google takes nothing but an object here. */
const toResponse = (text: string): Readonly<Record<string, unknown>> => {
  const value = parse(text)
  if (value === undefined || !isFaithful(value)) return { result: text }
  return isRecord(value) ? value : { result: value }
}

/** Words that happen to be JSON texts of strings stay as they are written. */
const parse = (text: string): unknown => {
  if (!/^\s*[[{\-0-9tfn]/.test(text) || isDeeperThan(deepest, text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const deepest = 60

/** Whether nothing is lost on the way: Google's numbers are doubles, and it reads 100 levels in all. */
const isFaithful = (value: unknown, levels = deepest): boolean => {
  if (typeof value === 'number') return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every(member => isFaithful(member, levels - 1))
  for (const name in value) if (!isFaithful((value as JsonObject)[name], levels - 1)) return false
  return true
}
