import { isArrayAt, MalformedJson, skipSpace, skipValue } from './json-scanner.ts'
import type { GeminiPayload } from './payload.ts'

/** Enough to tell conversations apart; a first turn may hold a whole film. */
const mostBytes = 16_384

/**
 * The bytes a conversation begins with and keeps from turn to turn: its instruction, if any, and its first turn.
 * @returns undefined where there are no turns
 */
export const openingOf = (payload: GeminiPayload): readonly Buffer[] | undefined => {
  const contents = payload.raw('contents')
  const turn = contents === undefined ? textOf([payload.get('contents')].flat()[0]) : firstElement(contents)
  if (turn === undefined) return undefined
  const instruction = payload.raw('systemInstruction') ?? textOf(payload.get('systemInstruction'))
  return [...(instruction === undefined ? [] : [instruction]), turn].map(bytes => bytes.subarray(0, mostBytes))
}

/** Of a member that was made from another dialect. */
const textOf = (value: unknown): Buffer | undefined => {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : Buffer.from(text)
}

/** A lone object stands for a list of one (proto3 JSON). */
const firstElement = (bytes: Buffer): Buffer | undefined => {
  if (!isArrayAt(bytes, 0)) return bytes
  const start = skipSpace(bytes, 1)
  if (bytes[start] === 0x5d) return undefined
  try {
    return bytes.subarray(start, skipValue(bytes, start))
  } catch (error) {
    if (error instanceof MalformedJson) return undefined
    throw error
  }
}
