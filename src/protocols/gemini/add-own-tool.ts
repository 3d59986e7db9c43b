import { capabilitiesOf } from './capabilities.ts'
import type { GeminiPayload } from './payload.ts'

/** Tools that Google itself runs. */
export type OwnTool = 'googleSearch' | 'codeExecution' | 'urlContext'

export type AddedTool =
  | { readonly kind: 'added'; readonly payload: GeminiPayload }
  /** Google would refuse the request with it. */
  | { readonly kind: 'left-out'; readonly reason: 'function-tools' | 'json-output' | 'already-there' }

/**
 * Adds one of Google's own tools to a request. Beside function declarations that takes a model of generation 3 or newer
 * and `toolConfig.includeServerSideToolInvocations` (ai.google.dev/gemini-api/docs/tool-combination); older models
 * refuse the two together, and JSON output beside any tool: there the client's own wish comes first.
 */
export const addOwnTool = (payload: GeminiPayload, model: string, tool: OwnTool): AddedTool => {
  const can = capabilitiesOf(model)
  const names = toolNames(payload.get('tools'))
  if (names.has(tool)) return { kind: 'left-out', reason: 'already-there' }
  const hasFunctions = names.has('functionDeclarations')
  if (hasFunctions && !can.combinesTools) return { kind: 'left-out', reason: 'function-tools' }
  if (!can.combinesToolsWithJson && wantsJson(payload.get('generationConfig'))) {
    return { kind: 'left-out', reason: 'json-output' }
  }
  const added = payload.append('tools', { [tool]: {} })
  if (!hasFunctions || hasMember(added.get('toolConfig'), 'includeServerSideToolInvocations')) {
    return { kind: 'added', payload: added }
  }
  return { kind: 'added', payload: added.addInside('toolConfig', 'includeServerSideToolInvocations', true) }
}

/** Names of the tools a request holds, in camelCase. */
const toolNames = (tools: unknown): ReadonlySet<string> =>
  new Set([tools].flat().flatMap(tool => (isRecord(tool) ? Object.keys(tool).map(toCamelCase) : [])))

const wantsJson = (configuration: unknown): boolean => {
  if (!isRecord(configuration)) return false
  const members = new Map(Object.entries(configuration).map(([name, value]) => [toCamelCase(name), value]))
  return members.get('responseMimeType') === 'application/json'
}

const hasMember = (value: unknown, name: string): boolean =>
  isRecord(value) && Object.keys(value).some(member => toCamelCase(member) === name)

const toCamelCase = (name: string) => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
