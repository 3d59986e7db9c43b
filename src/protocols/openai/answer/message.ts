import type { AnswerContext } from '../chat-manner.ts'
import type { ConcludedChoice } from './answer.ts'
import { type Call, toToolCall } from './calls.ts'
import type { ChoiceSink, Logprobs } from './choice.ts'

/** Gathers what one choice says into a whole message. */
export class Message {
  readonly #callForm: 'tools' | 'functions'
  readonly #calls: Call[] = []
  readonly #tokens: Logprobs['content'] = []
  #content = ''
  #reasoning = ''
  #sound = ''
  #transcript = ''

  constructor(callForm: 'tools' | 'functions') {
    this.#callForm = callForm
  }

  readonly sink: ChoiceSink = {
    content: text => {
      this.#content += text
    },
    reasoning: text => {
      this.#reasoning += text
    },
    call: call => {
      this.#calls.push(call)
    },
    sound: data => {
      this.#sound += data
    },
    transcript: text => {
      this.#transcript += text
    },
    logprobs: ({ content }) => {
      for (const token of content) this.#tokens.push(token)
    },
  }

  /** The choice as OpenAI's schema has it. */
  toChoice({ index, finishReason, refusal, choice }: ConcludedChoice, answerId: string, context: AnswerContext) {
    const annotations = choice?.annotations() ?? []
    const isSilent = this.#calls.length > 0 || this.#sound !== '' || refusal !== null
    return {
      index,
      message: {
        role: 'assistant',
        content: this.#content === '' && isSilent ? null : this.#content,
        refusal,
        ...(annotations.length > 0 && { annotations }),
        ...(this.#reasoning !== '' && { reasoning_content: this.#reasoning }),
        ...this.#callMembers(),
        ...(this.#sound !== '' && { audio: this.#toAudio(soundIdOf(answerId, index), context.created) }),
      },
      logprobs: this.#tokens.length > 0 ? { content: this.#tokens, refusal: null } : null,
      finish_reason: finishReason,
    }
  }

  #callMembers() {
    const [first] = this.#calls
    if (first === undefined) return {}
    if (this.#callForm === 'functions') return { function_call: { name: first.name, arguments: first.text } }
    return { tool_calls: this.#calls.map(toToolCall) }
  }

  /** Nothing is kept to be referred to by its id later: it has expired when it is made. */
  #toAudio(id: string, expiresAt: number) {
    return { id, data: this.#sound, expires_at: expiresAt, transcript: this.#transcript }
  }
}

/** The id of the sound of one choice. */
export const soundIdOf = (answerId: string, index: number): string =>
  `audio_${answerId.slice('chatcmpl-'.length)}${index === 0 ? '' : `_${index}`}`
