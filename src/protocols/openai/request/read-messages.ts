import { readContentParts, textPart } from './content-parts.ts'
import type { Content, Conversion, Part } from './conversion.ts'
import { fault, missing, unsupported, wrongType } from './faults.ts'
import { OpenStep } from './open-step.ts'
import { readCalls } from './read-calls.ts'
import { isRecord, isSet, type JsonObject, readText, requireText } from './read-values.ts'

export type ReadMessages = {
  /** Of all system and developer messages, in order. */
  readonly system: readonly Part[]
  readonly contents: readonly Content[]
}

/**
 * Turns OpenAI's messages into Gemini's turns: neighbouring assistant messages are one turn, and so are all results of
 * the calls of a turn.
 * @throws GatewayError
 */
export const readMessages = (messages: readonly unknown[], conversion: Conversion): ReadMessages => {
  const reader = new MessageReader(conversion)
  messages.forEach((message, index) => {
    reader.read(message, `messages[${index}]`, index === messages.length - 1)
  })
  return reader.end()
}

type OpenContent = { readonly role: 'user' | 'model'; readonly parts: Part[] }

class MessageReader {
  readonly #conversion: Conversion
  readonly #system: Part[] = []
  readonly #contents: OpenContent[] = []
  #step: OpenStep | undefined

  constructor(conversion: Conversion) {
    this.#conversion = conversion
  }

  read(value: unknown, path: string, isLast: boolean): void {
    if (!isRecord(value)) throw wrongType(path, 'an object', value)
    const role = requireText(value.role, `${path}.role`)
    if (role === 'system' || role === 'developer') this.#readSystem(value, path)
    else if (role === 'user') this.#readUser(value, path, isLast)
    else if (role === 'assistant') this.#readAssistant(value, path)
    else if (role === 'tool') this.#readTool(value, path)
    else if (role === 'function') this.#readFunction(value, path)
    else throw unsupported(`${path}.role`, role, roles)
  }

  end(): ReadMessages {
    this.#closeStep()
    return { system: this.#system, contents: this.#contents }
  }

  #readSystem(message: JsonObject, path: string): void {
    this.#conversion.ignored.addUnknown(message, plainMembers, path)
    this.#system.push(...readContentParts(message.content, 'system', `${path}.content`, this.#conversion))
  }

  #readUser(message: JsonObject, path: string, isLast: boolean): void {
    this.#conversion.ignored.addUnknown(message, plainMembers, path)
    this.#closeStep()
    const parts = readContentParts(message.content, 'user', `${path}.content`, this.#conversion)
    // An empty last word still hands the turn to the model.
    if (parts.length > 0) this.#contents.push({ role: 'user', parts: [...parts] })
    else if (isLast) this.#contents.push({ role: 'user', parts: [{ text: ' ' }] })
  }

  #readAssistant(message: JsonObject, path: string): void {
    this.#conversion.ignored.addUnknown(message, assistantMembers, path)
    if (this.#step?.hasResults) this.#closeStep()
    const calls = readCalls(message, path, this.#conversion)
    const said = readContentParts(message.content, 'assistant', `${path}.content`, this.#conversion)
    const refusal = textPart(readText(message.refusal, `${path}.refusal`) ?? '')
    const parts = [...said, ...refusal, ...calls.map(call => call.part)]
    if (parts.length === 0) return
    const last = this.#contents.at(-1)
    if (last?.role === 'model') last.parts.push(...parts)
    else this.#contents.push({ role: 'model', parts })
    if (calls.length === 0) return
    this.#step ??= new OpenStep(path)
    this.#step.addCalls(calls, path)
  }

  #readTool(message: JsonObject, path: string): void {
    this.#conversion.ignored.addUnknown(message, toolMembers, path)
    const id = requireText(message.tool_call_id, `${path}.tool_call_id`)
    if (this.#step === undefined) {
      throw fault(
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        `${path}.role`,
      )
    }
    this.#step.answerById(id, this.#readResult(message, path), path, this.#conversion)
  }

  #readFunction(message: JsonObject, path: string): void {
    this.#conversion.ignored.addUnknown(message, functionMembers, path)
    const name = requireText(message.name, `${path}.name`)
    if (this.#step === undefined) {
      throw fault(
        "Invalid parameter: messages with role 'function' must be a response to a preceeding message with 'function_call'.",
        `${path}.role`,
      )
    }
    this.#step.answerByName(name, this.#readResult(message, path), path, this.#conversion)
  }

  #readResult(message: JsonObject, path: string): readonly Part[] {
    if (message.content === undefined) throw missing(`${path}.content`)
    return isSet(message.content) ? readContentParts(message.content, 'tool', `${path}.content`, this.#conversion) : []
  }

  #closeStep(): void {
    if (this.#step === undefined) return
    this.#contents.push({ role: 'user', parts: [...this.#step.close()] })
    this.#step = undefined
  }
}

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer']

const plainMembers = new Set(['role', 'content'])
const assistantMembers = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call'])
const toolMembers = new Set(['role', 'content', 'tool_call_id'])
const functionMembers = new Set(['role', 'content', 'name'])
