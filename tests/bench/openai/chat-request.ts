/** A request to Gemini, as far as the benchmark writes one. */
export type GeminiRequest = {
  readonly contents: readonly { readonly role: 'user' | 'model'; readonly parts: readonly Part[] }[]
  readonly systemInstruction: { readonly parts: readonly { readonly text: string }[] }
  readonly generationConfig: { readonly temperature: number; readonly topP: number; readonly maxOutputTokens: number }
  readonly tools?: readonly { readonly functionDeclarations: readonly FunctionDeclaration[] }[]
}

export type Part =
  | { readonly text: string }
  | { readonly functionCall: { readonly id: string; readonly name: string; readonly args: object } }
  | { readonly functionResponse: { readonly id: string; readonly name: string; readonly response: object } }

export type FunctionDeclaration = {
  readonly name: string
  readonly description: string
  readonly parametersJsonSchema: object
}

/** The same request as OpenAI's SDK sends it to `/v1/chat/completions`. */
export const chatRequest = (request: GeminiRequest, model: string, isStream: boolean): string =>
  JSON.stringify({
    model,
    messages: [
      ...request.systemInstruction.parts.map(({ text }) => ({ role: 'system', content: text })),
      ...request.contents.flatMap(({ role, parts }) => parts.map(part => messageOf(role, part))),
    ],
    temperature: request.generationConfig.temperature,
    top_p: request.generationConfig.topP,
    max_tokens: request.generationConfig.maxOutputTokens,
    ...(request.tools && {
      tools: request.tools.flatMap(({ functionDeclarations }) => functionDeclarations.map(toolOf)),
    }),
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
  })

const messageOf = (role: 'user' | 'model', part: Part) => {
  if ('text' in part) return { role: role === 'model' ? 'assistant' : 'user', content: part.text }
  if ('functionCall' in part) {
    const { id, name, args } = part.functionCall
    const call = { id, type: 'function', function: { name, arguments: JSON.stringify(args) } }
    return { role: 'assistant', content: null, tool_calls: [call] }
  }
  const { id, response } = part.functionResponse
  return { role: 'tool', tool_call_id: id, content: JSON.stringify(response) }
}

const toolOf = ({ name, description, parametersJsonSchema }: FunctionDeclaration) => ({
  type: 'function',
  function: { name, description, parameters: parametersJsonSchema },
})
