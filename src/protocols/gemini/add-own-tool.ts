import { isRecord } from '../read-value.ts'
import { toCamelCase } from './camel-case.ts'
import { capabilitiesOf } from './capabilities.ts'
import type { GeminiPayload } from './payload.ts'

/** Tools that Google itself runs. */
export type OwnTool = 'googleSearch' | 'codeExecution' | 'urlContext'

/** Why Google would refuse a request with one of its own tools. */
export type ToolConflict = 'function-tools' | 'json-output' | 'cached-content'

export type AddedTool =
  | { readonly kind: 'added'; readonly payload: GeminiPayload }
  | { readonly kind: 'left-out'; readonly reason: ToolConflict | 'other-tools' | 'already-there' }

/**
 * Adds one of Google's own tools to a request. Beside function declarations that takes a model of generation 3 or newer
 * and `toolConfig.includeServerSideToolInvocations` (ai.google.dev/gemini-api/docs/tool-combination); older models
 * refuse the two together, and structured output beside any tool. A cache excludes tools. Everywhere there the client's
 * own wish comes first.
 */
export const addOwnTool = (payload: GeminiPayload, model: string, tool: OwnTool): AddedTool => {
  const names = toolNames(payload)
  if (names.has(tool)) return { kind: 'left-out', reason: 'already-there' }
  const reason = conflictOf(payload, names, model)
  if (reason !== null) return { kind: 'left-out', reason }
  const added = payload.append('tools', { [tool]: {} })
  return { kind: 'added', payload: names.has(functions) ? allowBesideFunctions(added) : added }
}

/**
 * The same for a tool that nobody asked for: it goes only beside others of Google's, never beside the client's functions
 * (what the model did with it would have to be sent back by a client that knows nothing of it).
 */
export const addOwnToolUnasked = (payload: GeminiPayload, model: string, tool: OwnTool): AddedTool => {
  const names = toolNames(payload)
  if (names.has(functions)) return { kind: 'left-out', reason: 'function-tools' }
  if ([...names].some(name => !ownTools.has(name))) return { kind: 'left-out', reason: 'other-tools' }
  return addOwnTool(payload, model, tool)
}

/** For people, in a header of the answer: `on`, or `off` and why. */
export const describeAddedTool = (added: AddedTool): string =>
  added.kind === 'added' || added.reason === 'already-there' ? 'on' : `off; ${added.reason}`

/** Whether a request holds the tool, whoever put it there. */
export const hasOwnTool = (payload: GeminiPayload, tool: OwnTool): boolean => toolNames(payload).has(tool)

/** Whether the answer is to be JSON or the like, which bears no text beside it. */
export const wantsStructure = (payload: GeminiPayload): boolean => {
  if (!payload.mentions('generationConfig', 'ime')) return false
  const type = memberOf(payload.get('generationConfig'), 'responseMimeType')
  return typeof type === 'string' && type !== '' && type !== 'text/plain'
}

const functions = 'functionDeclarations'

const ownTools: ReadonlySet<string> = new Set<OwnTool>(['googleSearch', 'codeExecution', 'urlContext'])

const conflictOf = (payload: GeminiPayload, names: ReadonlySet<string>, model: string): ToolConflict | null => {
  const can = capabilitiesOf(model)
  if (payload.has('cachedContent')) return 'cached-content'
  if (names.has(functions) && (!can.combinesTools || memberOf(payload.get('toolConfig'), combination) === false)) {
    return 'function-tools'
  }
  if (!can.combinesTools && hasCalls(payload)) return 'function-tools'
  return !can.combinesToolsWithJson && wantsStructure(payload) ? 'json-output' : null
}

const combination = 'includeServerSideToolInvocations'

const allowBesideFunctions = (payload: GeminiPayload): GeminiPayload =>
  memberOf(payload.get('toolConfig'), combination) === undefined
    ? payload.addInside('toolConfig', combination, true)
    : payload

/** Names of the tools a request holds, in camelCase. */
const toolNames = (payload: GeminiPayload): ReadonlySet<string> =>
  new Set(toolsOf(payload).flatMap(tool => Object.keys(tool).map(toCamelCase)))

const toolsOf = (payload: GeminiPayload) => [payload.get('tools')].flat().filter(isRecord)

/** A conversation in which functions were called goes on with functions. */
const hasCalls = (payload: GeminiPayload): boolean =>
  payload.mentions('contents', 'unction') &&
  [payload.get('contents')]
    .flat()
    .flatMap(content => [memberOf(content, 'parts')].flat())
    .some(part => memberOf(part, 'functionCall') !== undefined)

/** A member by its camelCase name, in either spelling. `null` means unset. */
const memberOf = (value: unknown, name: string): unknown =>
  isRecord(value)
    ? (Object.entries(value).find(([member]) => toCamelCase(member) === name)?.[1] ?? undefined)
    : undefined
