import { fault, missing, tooLong, unsupported, wrongType } from './faults.ts'

/** JSON values read with their type checked; `null` means unset everywhere, as with OpenAI. */

export type JsonObject = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isSet = (value: unknown): boolean => value !== undefined && value !== null

/** @throws GatewayError */
export const readObject = (value: unknown, path: string): JsonObject | undefined => {
  if (!isSet(value)) return undefined
  if (!isRecord(value)) throw wrongType(path, 'an object', value)
  return value
}

/** @throws GatewayError */
export const requireObject = (value: unknown, path: string): JsonObject => {
  const object = readObject(value, path)
  if (object === undefined) throw missing(path)
  return object
}

/** @throws GatewayError */
export const readText = (value: unknown, path: string): string | undefined => {
  if (!isSet(value)) return undefined
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  return value
}

/** A text that must be there and say something. @throws GatewayError */
export const requireText = (value: unknown, path: string): string => {
  const text = readText(value, path)
  if (text === undefined) throw missing(path)
  if (text === '') {
    throw fault(
      `Invalid '${path}': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
      path,
    )
  }
  return text
}

/** @throws GatewayError */
export const readFlag = (value: unknown, path: string): boolean | undefined => {
  if (!isSet(value)) return undefined
  if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value)
  return value
}

/** @throws GatewayError */
export const readList = (value: unknown, path: string): readonly unknown[] | undefined => {
  if (!isSet(value)) return undefined
  if (!Array.isArray(value)) throw wrongType(path, 'an array', value)
  return value
}

/** OpenAI takes 128 tools; agents with many servers behind them send more. */
export const mostElements = 1024

/** A list of tools or the like, which nobody needs by the thousands. @throws GatewayError */
export const readShortList = (value: unknown, path: string): readonly unknown[] | undefined => {
  const list = readList(value, path)
  if (list !== undefined && list.length > mostElements) throw tooLong(path, mostElements, list.length)
  return list
}

/** @throws GatewayError */
export const readInteger = (value: unknown, path: string): number | undefined => {
  if (!isSet(value)) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(path, 'an integer', value)
  return value
}

/** @throws GatewayError */
export const readNumber = (value: unknown, path: string): number | undefined => {
  if (!isSet(value)) return undefined
  if (typeof value !== 'number') throw wrongType(path, 'a decimal', value)
  return value
}

/** @throws GatewayError where a number lies outside of both limits, which are allowed themselves */
export const checkRange = (value: number, minimum: number, maximum: number, path: string): void => {
  const kind = Number.isInteger(value) ? 'integer' : 'decimal'
  if (value < minimum) {
    const reason = `${kind} below minimum value. Expected a value >= ${minimum}, but got ${value} instead.`
    throw fault(`Invalid '${path}': ${reason}`, path)
  }
  if (value > maximum) {
    const reason = `${kind} above maximum value. Expected a value <= ${maximum}, but got ${value} instead.`
    throw fault(`Invalid '${path}': ${reason}`, path)
  }
}

/** @throws GatewayError */
export const readChoice = <Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  path: string,
): Choice | undefined => {
  const text = readText(value, path)
  if (text === undefined) return undefined
  const found = choices.find(choice => choice === text)
  if (found === undefined) throw unsupported(path, text, choices)
  return found
}
