import type {
  Content,
  FunctionCall,
  FunctionDeclaration,
  FunctionResponse,
  GenerateContentRequest,
  GenerationConfig,
} from './messages.ts'

export const callsOf = (content: Content): readonly FunctionCall[] =>
  (content.parts ?? []).flatMap(part => (part.functionCall === undefined ? [] : [part.functionCall]))

export const responsesOf = (content: Content): readonly FunctionResponse[] =>
  (content.parts ?? []).flatMap(part => (part.functionResponse === undefined ? [] : [part.functionResponse]))

/** The index of the last user content that says something itself, instead of only answering calls. */
export const startOfCurrentTurn = (contents: readonly Content[]): number => {
  const start = contents.findLastIndex(
    content => content.role !== 'model' && (content.parts ?? []).some(part => part.functionResponse === undefined),
  )
  return Math.max(start, 0)
}

export const declarationsOf = (request: GenerateContentRequest): readonly FunctionDeclaration[] =>
  (request.tools ?? []).flatMap(tool => tool.functionDeclarations ?? [])

/** The schema a request asks for in JSON Schema, under either of its two names. */
export const responseJsonSchemaOf = (config: GenerationConfig) =>
  config.responseJsonSchema ?? config._responseJsonSchema
