import type { Model } from '../models/catalogue.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { Content, FunctionCall, FunctionResponse } from '../wire/messages.ts'
import { callsOf, responsesOf } from '../wire/request-parts.ts'

/** The order of turns: who may follow whom, and how calls and their responses belong together. */
export const checkTurns = (contents: readonly Content[], model: Model): void => {
  contents.forEach((content, index) => {
    const previous = contents[index - 1]
    const calls = callsOf(content)
    const responses = responsesOf(content)
    const open = previous === undefined ? [] : callsOf(previous)
    if (calls.length > 0 && (previous === undefined || previous.role === 'model'))
      throw invalidArgument(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    if (responses.length > 0 && open.length === 0)
      throw invalidArgument('Please ensure that function response turn comes immediately after a function call turn.')
    if (open.length !== responses.length)
      throw invalidArgument(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    checkPairs(open, responses)
  })
  if (!model.traits.prefill && contents.at(-1)?.role === 'model')
    throw invalidArgument('Please ensure that multiturn requests end with a user role or the role field is empty.')
}

/** By id where both sides have one, otherwise by name, each call once. */
const checkPairs = (calls: readonly FunctionCall[], responses: readonly FunctionResponse[]): void => {
  const open = [...calls]
  for (const response of responses) {
    const index = open.findIndex(call =>
      call.id !== undefined && response.id !== undefined
        ? call.id === response.id && call.name === response.name
        : call.name === response.name,
    )
    if (index < 0)
      throw invalidArgument(
        `Please ensure that function response parts match the function call parts of the function call turn. Function response \`${response.name}\` has no matching function call.`,
      )
    open.splice(index, 1)
  }
}
