import type { Capabilities } from '../../gemini/capabilities.ts'
import { isRecord, isSet, type JsonObject } from './read-values.ts'

export type OwnToolName = 'googleSearch' | 'codeExecution' | 'urlContext' | 'googleMaps' | 'fileSearch' | 'computerUse'

/** One of the tools that Google itself runs, with what the client wants of it. */
export type OwnTool = { readonly name: OwnToolName; readonly options: JsonObject }

/** A function by this name means the tool itself: a convention of Cherry Studio and others. */
export const isSearchFunction = (name: string): boolean => name === 'googleSearch' || name === 'google_search'

/** `{type: 'google_search'}`, `{google_search: {…}}` and `{googleSearch: {…}}`; undefined for any other object. */
export const readOwnTool = (tool: JsonObject): OwnTool | undefined => {
  if (isSet(tool.type)) {
    const name = typeof tool.type === 'string' ? names.get(tool.type) : undefined
    if (name === undefined) return undefined
    const options = Object.keys(tool).find(member => names.get(member) === name && isRecord(tool[member]))
    return { name, options: optionsOf(options === undefined ? {} : tool[options]) }
  }
  const member = Object.keys(tool).find(member => names.has(member))
  const name = member === undefined ? undefined : names.get(member)
  return member === undefined || name === undefined ? undefined : { name, options: optionsOf(tool[member]) }
}

export const canUse = (can: Capabilities, tool: OwnToolName): boolean => {
  if (tool === 'codeExecution') return can.canRunCode
  return tool === 'urlContext' ? can.canReadUrls : can.canSearch
}

const optionsOf = (value: unknown): JsonObject => (isRecord(value) ? value : {})

const names = new Map<string, OwnToolName>([
  ['googleSearch', 'googleSearch'],
  ['google_search', 'googleSearch'],
  ['codeExecution', 'codeExecution'],
  ['code_execution', 'codeExecution'],
  ['urlContext', 'urlContext'],
  ['url_context', 'urlContext'],
  ['googleMaps', 'googleMaps'],
  ['google_maps', 'googleMaps'],
  ['fileSearch', 'fileSearch'],
  ['file_search', 'fileSearch'],
  ['computerUse', 'computerUse'],
  ['computer_use', 'computerUse'],
])
