import type { Model } from '../models/catalogue.ts'
import { invalidArgument, type Violation } from '../wire/google-error.ts'
import type { FunctionDeclaration, GenerateContentRequest, Tool } from '../wire/messages.ts'
import { declarationsOf } from '../wire/request-parts.ts'
import { jsonSchemaViolations } from './json-schema-violations.ts'
import { schemaViolations } from './schema-violations.ts'

/** The field rules of tools and tool config. */
export const toolViolations = (request: GenerateContentRequest, owner: string): readonly Violation[] => {
  const tools = request.tools ?? []
  return [
    ...tools.flatMap((tool, index) => toolKindViolations(tool, `${owner}.tools[${index}]`)),
    ...tools.flatMap((tool, index) =>
      (tool.functionDeclarations ?? []).flatMap((declaration, position) =>
        declarationViolations(declaration, `${owner}.tools[${index}].function_declarations[${position}]`),
      ),
    ),
    ...callingConfigViolations(request, owner),
  ]
}

const toolKinds = [
  'functionDeclarations',
  'googleSearchRetrieval',
  'codeExecution',
  'googleSearch',
  'computerUse',
  'urlContext',
  'fileSearch',
  'googleMaps',
  'mcpServers',
] as const satisfies readonly (keyof Tool)[]

const toolKindViolations = (tool: Tool, path: string): readonly Violation[] =>
  toolKinds.some(kind => tool[kind] !== undefined)
    ? []
    : [`${path}.tool_type: required one_of 'tool_type' must have one initialized field`]

const functionName = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/

const declarationViolations = (declaration: FunctionDeclaration, path: string): readonly Violation[] => {
  const violations: Violation[] = []
  if (!functionName.test(declaration.name ?? ''))
    violations.push(
      `${path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`,
    )
  if (declaration.parameters !== undefined && declaration.parametersJsonSchema !== undefined)
    violations.push(`${path}.parameters_json_schema: only one of parameters and parameters_json_schema may be set`)
  if (declaration.response !== undefined && declaration.responseJsonSchema !== undefined)
    violations.push(`${path}.response_json_schema: only one of response and response_json_schema may be set`)
  if (declaration.parameters !== undefined) {
    if (declaration.parameters.type !== 'OBJECT') violations.push(`${path}.parameters.type: schema type must be OBJECT`)
    violations.push(...schemaViolations(declaration.parameters, `${path}.parameters`))
  }
  if (declaration.response !== undefined) violations.push(...schemaViolations(declaration.response, `${path}.response`))
  if (declaration.parametersJsonSchema !== undefined)
    violations.push(...jsonSchemaViolations(declaration.parametersJsonSchema, `${path}.parameters_json_schema`))
  if (declaration.responseJsonSchema !== undefined)
    violations.push(...jsonSchemaViolations(declaration.responseJsonSchema, `${path}.response_json_schema`))
  return violations
}

const callingConfigViolations = (request: GenerateContentRequest, owner: string): readonly Violation[] => {
  const config = request.toolConfig?.functionCallingConfig
  const path = `${owner}.tool_config.function_calling_config`
  const allowed = config?.allowedFunctionNames ?? []
  if (config === undefined || allowed.length === 0) return []
  if (config.mode !== 'ANY' && config.mode !== 'VALIDATED')
    return [
      `${path}.allowed_function_names: allowed_function_names should only be set when function calling mode is ANY or VALIDATED`,
    ]
  const declared = new Set(declarationsOf(request).map(declaration => declaration.name))
  return allowed
    .filter(name => !declared.has(name))
    .map(name => `${path}.allowed_function_names: function ${name} is not declared in tools`)
}

/** The rules between tools, output and the model's family. */
export const checkTools = (request: GenerateContentRequest, model: Model): void => {
  const tools = request.tools ?? []
  if (request.toolConfig?.functionCallingConfig?.mode === 'ANY' && declarationsOf(request).length === 0)
    throw invalidArgument('Function calling config is set without function_declarations.')
  if (tools.length === 0) return
  const { generation, functions, kind } = model.traits
  const declarations = declarationsOf(request)
  const builtIn = tools.some(tool =>
    toolKinds.some(name => name !== 'functionDeclarations' && tool[name] !== undefined),
  )
  if (kind === 'speech') throw invalidArgument(`Tool use is not enabled for models/${model.id}`)
  if (declarations.length > 0 && !functions)
    throw invalidArgument(`Function calling is not enabled for models/${model.id}`)
  refuseDuplicates(declarations)
  if (tools.some(tool => tool.googleSearchRetrieval !== undefined))
    throw invalidArgument('google_search_retrieval is not supported. Please use google_search tool instead.')
  if (declarations.length > 0 && builtIn) {
    if (generation < 3) throw invalidArgument('Tool use with function calling is unsupported')
    if (request.toolConfig?.includeServerSideToolInvocations !== true)
      throw invalidArgument(
        'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
      )
  }
  const mimeType = request.generationConfig?.responseMimeType ?? 'text/plain'
  if (generation < 3 && mimeType !== 'text/plain')
    throw invalidArgument(
      declarations.length > 0
        ? `Function calling with a response mime type: '${mimeType}' is unsupported`
        : `Tool use with a response mime type: '${mimeType}' is unsupported`,
    )
}

const refuseDuplicates = (declarations: readonly FunctionDeclaration[]): void => {
  const seen = new Set<string | undefined>()
  for (const { name } of declarations) {
    if (seen.has(name)) throw invalidArgument(`Duplicate function declaration found: ${name}`)
    seen.add(name)
  }
}
