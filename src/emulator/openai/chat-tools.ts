import { invalidArgument } from '../wire/google-error.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../wire/json-value.ts'
import type { ChatTool } from './chat-request.ts'

/** The native `tools` of a chat's functions; none for an empty list. @throws GoogleError for other kinds of tools */
export const toolsOf = (tools: readonly ChatTool[]): readonly JsonObject[] =>
  tools.length === 0 ? [] : [{ functionDeclarations: tools.map(declarationOf) }]

const declarationOf = ({ type = 'function', function: declared }: ChatTool): JsonObject => {
  if (type !== 'function' || declared === undefined) throw invalidArgument(`Invalid tool type: ${type}`)
  const { name = '', description, parameters } = declared
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && parameters !== null && { parametersJsonSchema: parameters }),
  }
}

/** The native `functionCallingConfig`; `undefined` where the chat does not choose. @throws GoogleError */
export const callingConfigOf = (choice: JsonValue | undefined): JsonObject | undefined => {
  if (choice === undefined || choice === null) return undefined
  if (choice === 'none') return { mode: 'NONE' }
  if (choice === 'auto') return { mode: 'AUTO' }
  if (choice === 'required') return { mode: 'ANY' }
  const named =
    isJsonObject(choice) && choice.type === 'function' && isJsonObject(choice.function) && choice.function.name
  if (typeof named === 'string') return { mode: 'ANY', allowedFunctionNames: [named] }
  throw invalidArgument('Invalid tool_choice.')
}
