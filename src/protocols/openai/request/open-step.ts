import { type CallResult, toCallResult } from './call-result.ts'
import type { Conversion, Part } from './conversion.ts'
import { fault, shortened } from './faults.ts'
import type { Call } from './read-calls.ts'

/** Calls that wait for their results: Gemini wants all of them in one turn, in the order of the calls. */
export class OpenStep {
  readonly #path: string
  readonly #calls: Call[] = []
  readonly #byId = new Map<string, Call>()
  /** `next` is the place of the first that may have no result yet. */
  readonly #byName = new Map<string, { readonly calls: Call[]; next: number }>()
  readonly #results = new Map<Call, CallResult>()

  /** @param path of the assistant message that made the first calls */
  constructor(path: string) {
    this.#path = path
  }

  get hasResults(): boolean {
    return this.#results.size > 0
  }

  /** @throws GatewayError where an id is used twice */
  addCalls(calls: readonly Call[], path: string): void {
    for (const call of calls) {
      if (call.id !== undefined && this.#byId.has(call.id)) {
        throw fault(`Invalid '${path}.tool_calls': duplicate id '${shortened(call.id)}'.`, `${path}.tool_calls`)
      }
      this.#calls.push(call)
      if (call.id !== undefined) this.#byId.set(call.id, call)
      const sameName = this.#byName.get(call.clientName)
      if (sameName === undefined) this.#byName.set(call.clientName, { calls: [call], next: 0 })
      else sameName.calls.push(call)
    }
  }

  /** @throws GatewayError where no call has this id, or its result is there already */
  answerById(id: string, parts: readonly Part[], path: string, conversion: Conversion): void {
    const place = `${path}.tool_call_id`
    const call = this.#byId.get(id)
    if (call === undefined) {
      throw fault(
        `Invalid parameter: 'tool_call_id' of '${shortened(id)}' not found in 'tool_calls' of previous message.`,
        place,
      )
    }
    if (this.#results.has(call)) {
      throw fault(
        `Invalid parameter: duplicate tool message for 'tool_call_id' of '${shortened(id)}'. Each call has one result.`,
        place,
      )
    }
    this.#results.set(call, toCallResult(call, parts, conversion))
  }

  /** @throws GatewayError where no open call has this name */
  answerByName(name: string, parts: readonly Part[], path: string, conversion: Conversion): void {
    const call = this.#nextOf(name)
    if (call === undefined) {
      throw fault(
        `Invalid parameter: function message '${shortened(name)}' does not answer a 'function_call' of the previous message.`,
        `${path}.name`,
      )
    }
    this.#results.set(call, toCallResult(call, parts, conversion))
  }

  /** The parts of the one turn that answers all calls. @throws GatewayError where results are missing */
  close(): readonly Part[] {
    const results = this.#calls.flatMap(call => this.#results.get(call) ?? [])
    if (results.length < this.#calls.length) throw this.#incomplete()
    return [...results.map(result => result.response), ...results.flatMap(result => result.beside)]
  }

  #nextOf(name: string): Call | undefined {
    const named = this.#byName.get(name)
    if (named === undefined) return undefined
    for (let call = named.calls[named.next]; call !== undefined; call = named.calls[++named.next])
      if (!this.#results.has(call)) return call
    return undefined
  }

  #incomplete() {
    const unanswered = this.#calls.filter(call => !this.#results.has(call))
    const ids = unanswered.flatMap(call => call.id ?? [])
    if (ids.length === 0) {
      return fault(
        "An assistant message with 'function_call' must be followed by a function message with the result.",
        `${this.#path}.function_call`,
      )
    }
    return fault(
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.slice(0, mostNamed).map(shortened).join(', ')}${ids.length > mostNamed ? ', …' : ''}`,
      `${this.#path}.tool_calls`,
    )
  }
}

/** Whoever left out more than these does not need them all. */
const mostNamed = 20
