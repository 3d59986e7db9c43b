import type { Conversion } from './conversion.ts'
import { fault, unsupported, wrongType } from './faults.ts'
import { isSearchFunction } from './own-tools.ts'
import type { DeclaredTools } from './read-tools.ts'
import {
  isRecord,
  isSet,
  type JsonObject,
  readChoice,
  readShortList,
  requireObject,
  requireText,
} from './read-values.ts'

export type ToolChoice = {
  /** `one-of` with nothing named means any of them must be called. */
  readonly kind: 'unset' | 'none' | 'auto' | 'one-of' | 'only'
  /** The client's names. */
  readonly names: readonly string[]
  readonly path: string
}

/**
 * Reads `tool_choice`, or the deprecated `function_call`.
 * @throws GatewayError also where a tool is named that is not declared
 */
export const readToolChoice = (body: JsonObject, tools: DeclaredTools, { ignored }: Conversion): ToolChoice => {
  if (isSet(body.tool_choice)) {
    if (isSet(body.function_call)) ignored.add('function_call')
    return checked(readChoiceOfTools(body.tool_choice), tools)
  }
  return isSet(body.function_call) ? checked(readFunctionCall(body.function_call), tools) : unset
}

/** The `functionCallingConfig` of a choice; undefined where Google's default says the same. */
export const toCallingConfig = (choice: ToolChoice, { names, ignored }: Conversion): JsonObject | undefined => {
  if (choice.kind === 'unset') return undefined
  if (choice.kind === 'none') return { mode: 'NONE' }
  if (choice.kind === 'auto') return { mode: 'AUTO' }
  const named = choice.names.filter(name => !isSearchFunction(name))
  const isOfOwnTools = choice.names.length > 0 && named.length === 0
  // Google's own tools cannot be forced.
  if (isOfOwnTools) ignored.add(choice.path)
  if (isOfOwnTools) return undefined
  const mode = choice.kind === 'only' ? 'VALIDATED' : 'ANY'
  return named.length === 0 ? { mode } : { mode, allowedFunctionNames: named.map(name => names.toGoogle(name)) }
}

const unset: ToolChoice = { kind: 'unset', names: [], path: 'tool_choice' }

const modes = new Map<string, ToolChoice['kind']>([
  ['none', 'none'],
  ['auto', 'auto'],
  ['required', 'one-of'],
])

const readChoiceOfTools = (value: unknown): ToolChoice => {
  const path = 'tool_choice'
  if (typeof value === 'string') {
    const kind = modes.get(value)
    if (kind === undefined) throw unsupported(path, value, [...modes.keys()])
    return { kind, names: [], path }
  }
  if (!isRecord(value)) throw wrongType(path, 'one of a string or object', value)
  const type = requireText(value.type, `${path}.type`)
  if (type === 'allowed_tools') return readAllowedTools(requireObject(value.allowed_tools, `${path}.allowed_tools`))
  if (type !== 'function' && type !== 'custom') {
    throw unsupported(`${path}.type`, type, ['function', 'custom', 'allowed_tools'])
  }
  return { kind: 'one-of', names: [readName(value, type, path)], path }
}

const readAllowedTools = (allowed: JsonObject): ToolChoice => {
  const path = 'tool_choice.allowed_tools'
  const mode = readChoice(allowed.mode, ['auto', 'required'], `${path}.mode`) ?? 'auto'
  const tools = readShortList(allowed.tools, `${path}.tools`) ?? []
  if (tools.length === 0) throw fault(`Invalid '${path}.tools': expected at least one tool.`, `${path}.tools`)
  const names = tools.map((value, index) => {
    const place = `${path}.tools[${index}]`
    const tool = requireObject(value, place)
    const type = readChoice(tool.type, ['function', 'custom'], `${place}.type`) ?? 'function'
    return readName(tool, type, place)
  })
  return { kind: mode === 'auto' ? 'only' : 'one-of', names: [...new Set(names)], path }
}

const readName = (tool: JsonObject, type: 'function' | 'custom', path: string): string =>
  requireText(requireObject(tool[type], `${path}.${type}`).name, `${path}.${type}.name`)

const readFunctionCall = (value: unknown): ToolChoice => {
  const path = 'function_call'
  if (typeof value !== 'string') {
    const name = requireText(requireObject(value, path).name, `${path}.name`)
    return { kind: 'one-of', names: [name], path }
  }
  const kind = value === 'required' ? undefined : modes.get(value)
  if (kind === undefined) throw unsupported(path, value, ['none', 'auto'])
  return { kind, names: [], path }
}

const checked = (choice: ToolChoice, tools: DeclaredTools): ToolChoice => {
  if (choice.kind !== 'one-of' && choice.kind !== 'only') return choice
  const list = choice.path === 'function_call' ? 'functions' : 'tools'
  if (tools.declared.size === 0 && tools.own.length === 0) {
    const reason = `'${choice.path}' is only allowed when '${list}' are specified.`
    throw fault(`Invalid value for '${choice.path}': ${reason}`, choice.path)
  }
  const hasSearch = tools.own.some(tool => tool.name === 'googleSearch')
  const unknown = choice.names.find(name => !tools.declared.has(name) && !(hasSearch && isSearchFunction(name)))
  if (unknown === undefined) return choice
  throw fault(
    `Invalid value for '${choice.path}': tool choice '${unknown.slice(0, 100)}' not found in '${list}' parameter.`,
    choice.path,
  )
}
