import type { Blob, Content, FunctionResponse, GenerateContentRequest } from '../wire/messages.ts'
import { callsOf, responsesOf, startOfCurrentTurn } from '../wire/request-parts.ts'

/** What an answer is made from. */
export type Prompt = {
  /** The text of the last user turn that says something. */
  readonly text: string
  /** Media of that turn. */
  readonly media: readonly Blob[]
  /** Responses in the very last content, if it answers calls. */
  readonly functionResponses: readonly FunctionResponse[]
  /** How many turns of calls the model has already made since that text. */
  readonly stepsTaken: number
  readonly turns: number
  readonly systemText: string
}

export const readPrompt = (request: GenerateContentRequest): Prompt => {
  const contents = request.contents ?? []
  const start = startOfCurrentTurn(contents)
  const asked = contents[start]
  const last = contents.at(-1)
  return {
    text: textOf(asked),
    media: (asked?.parts ?? []).flatMap(part => (part.inlineData === undefined ? [] : [part.inlineData])),
    functionResponses: last === undefined ? [] : responsesOf(last),
    stepsTaken: contents.slice(start).filter(content => callsOf(content).length > 0).length,
    turns: contents.filter(content => content.role !== 'model' && responsesOf(content).length === 0).length,
    systemText: textOf(request.systemInstruction),
  }
}

const textOf = (content: Content | undefined): string =>
  (content?.parts ?? [])
    .filter(part => part.thought !== true)
    .map(part => part.text ?? '')
    .join('')
