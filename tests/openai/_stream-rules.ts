import type OpenAI from 'openai'
import { type Extras, expectConsistent, functionOf, type Said, type SaidCall } from './_said.ts'
import { expectPublished } from './_schema.ts'

export type StreamRead = {
  /** Undefined where the stream ended with an error. */
  readonly said: Said | undefined
  readonly error: OpenAI.ErrorObject | undefined
  readonly chunks: readonly OpenAI.ChatCompletionChunk[]
}

/**
 * Reads a stream of chat completion chunks and holds it to all that OpenAI's own streams keep to.
 * @throws on the first rule that is broken
 */
export const readStream = (text: string, includesUsage: boolean): StreamRead => {
  const data = dataOf(text)
  const last = data.at(-1) ?? ''
  const bodies = data.slice(0, -1).map(line => JSON.parse(line) as OpenAI.ChatCompletionChunk)
  if (bodies.some(body => 'error' in body)) throw new Error('Something follows an error.')
  for (const body of bodies) expectPublished('ChatCompletionChunk', body)
  if (last === '[DONE]') return { said: readChunks(bodies, includesUsage), error: undefined, chunks: bodies }
  const failure = JSON.parse(last) as { error?: OpenAI.ErrorObject }
  if (failure.error === undefined) throw new Error(`The stream has no end, only ${last}`)
  expectPublished('ErrorBody', failure)
  return { said: undefined, error: failure.error, chunks: bodies }
}

/** Comments are left out; they keep the line awake. */
const dataOf = (text: string): readonly string[] => {
  if (text !== '' && !text.endsWith('\n\n')) throw new Error(`The stream ends within an event: ${text.slice(-100)}`)
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter(event => !event.split('\n').every(line => line.startsWith(':')))
    .map(event => {
      if (!event.startsWith('data: ') || event.includes('\n')) throw new Error(`This is no event of OpenAI: ${event}`)
      return event.slice('data: '.length)
    })
}

const readChunks = (chunks: readonly OpenAI.ChatCompletionChunk[], includesUsage: boolean): Said => {
  const [first] = chunks
  if (first === undefined) throw new Error('The stream is empty.')
  for (const name of ['id', 'created', 'model'] as const)
    if (chunks.some(chunk => chunk[name] !== first[name])) throw new Error(`The ${name} changes.`)
  const speaking = includesUsage ? chunks.slice(0, -1) : chunks
  if (speaking.some(({ choices }) => choices.length === 0)) throw new Error('A chunk has no choice.')
  if (speaking.some(({ usage }) => usage !== (includesUsage ? null : undefined)))
    throw new Error('Usage is null on every chunk but the last where it was asked for, and nowhere else.')
  const closing = includesUsage ? chunks.at(-1) : undefined
  if (includesUsage && (closing?.choices.length !== 0 || !closing.usage))
    throw new Error('The last chunk should have usage and no choice.')
  const pieces = speaking.flatMap(({ choices }) => choices)
  const count = Math.max(...pieces.map(({ index }) => index)) + 1
  const said = {
    id: first.id,
    created: first.created,
    model: first.model,
    usage: closing?.usage ?? undefined,
    choices: Array.from({ length: count }, (_, index) => readChoice(pieces.filter(piece => piece.index === index))),
  }
  expectConsistent(said)
  return said
}

const readChoice = (pieces: readonly OpenAI.ChatCompletionChunk.Choice[]) => {
  const [first, ...others] = pieces.map(({ delta }) => delta)
  if (first?.role !== 'assistant') throw new Error('A choice does not begin with its role.')
  if (others.some(({ role }) => role !== undefined)) throw new Error('The role comes twice.')
  if (pieces.slice(0, -1).some(({ finish_reason }) => finish_reason !== null))
    throw new Error('Something follows the reason to finish.')
  const finishReason = pieces.at(-1)?.finish_reason
  if (typeof finishReason !== 'string') throw new Error('A choice ends without a reason.')
  const deltas: readonly (OpenAI.ChatCompletionChunk.Choice.Delta & Extras)[] = pieces.map(({ delta }) => delta)
  return {
    content: deltas.map(({ content }) => content ?? '').join(''),
    reasoning: deltas.map(({ reasoning_content }) => reasoning_content ?? '').join(''),
    refusal: deltas.map(({ refusal }) => refusal ?? '').join(''),
    calls: [
      ...readCalls(deltas.flatMap(({ tool_calls }) => tool_calls ?? [])),
      ...readFunction(deltas.flatMap(({ function_call }) => function_call ?? [])),
    ],
    annotations: deltas.flatMap(({ annotations }) => annotations ?? []),
    finishReason,
  }
}

const readFunction = (pieces: readonly OpenAI.ChatCompletionChunk.Choice.Delta.FunctionCall[]) => {
  if (pieces.length === 0) return []
  const names = pieces.flatMap(({ name }) => name ?? [])
  if (names.length !== 1) throw new Error(`A function is called as ${names.join()}.`)
  return [functionOf({ name: names[0] ?? '', arguments: pieces.map(piece => piece.arguments ?? '').join('') })]
}

type CallPiece = OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall & Extras

/** An id or a name that comes twice is joined to itself by clients that add up what they get. */
const readCalls = (pieces: readonly CallPiece[]): readonly SaidCall[] => {
  const calls: (SaidCall & { arguments: string; readonly isCustom: boolean })[] = []
  for (const { index, id, type, function: called, custom, extra_content } of pieces) {
    const text = called?.arguments ?? custom?.input ?? ''
    const known = calls[index]
    const name = called?.name ?? custom?.name
    if (known !== undefined) {
      if (id !== undefined || type !== undefined || name !== undefined) throw new Error(`Call ${index} begins twice.`)
      if (index !== calls.length - 1) throw new Error('Calls are mixed.')
      known.arguments += text
      continue
    }
    if (index !== calls.length) throw new Error(`Call ${index} comes after ${calls.length} calls.`)
    if (id === undefined || type === undefined || name === undefined)
      throw new Error(`Call ${index} begins without its id, type or name.`)
    const signature = extra_content?.google?.thought_signature
    calls.push({ id, name, arguments: text, signature, isCustom: type === 'custom' })
  }
  return calls.map(({ isCustom, ...call }) =>
    isCustom ? { ...call, arguments: JSON.stringify(call.arguments) } : call,
  )
}
