import { GatewayError } from '../../../errors/gateway-error.ts'
import { listOf, type Members, recordOf, textOf } from '../../read-value.ts'
import type { AnswerContext } from '../chat-manner.ts'
import { createCallReader } from './calls.ts'
import { Choice, type ChoiceSink } from './choice.ts'
import type { FinishReason } from './finish-reason.ts'
import { toServiceTier } from './usage.ts'

/** A choice at its end; `choice` is null where the prompt was blocked and no candidate came. */
export type ConcludedChoice = {
  readonly index: number
  readonly finishReason: FinishReason
  readonly refusal: string | null
  readonly choice: Choice | null
}

/** Reads Gemini's answer, whole or event by event, and tells one sink for each choice what it says. */
export class Answer {
  readonly #context: AnswerContext
  readonly #sinkFor: (index: number) => ChoiceSink
  readonly #readCall: ReturnType<typeof createCallReader>
  readonly #choices = new Map<number, Choice>()
  #usage: Members | null = null
  #blockReason = ''
  #head: AnswerHead | null = null

  constructor(context: AnswerContext, sinkFor: (index: number) => ChoiceSink) {
    this.#context = context
    this.#sinkFor = sinkFor
    this.#readCall = createCallReader(context)
  }

  /** The last `usageMetadata` that was told: its counts are running totals. */
  get usage(): Members | null {
    return this.#usage
  }

  /** What all chunks of the answer have in common; as the first event has it. */
  get head(): AnswerHead {
    this.#head ??= toHead({}, this.#context)
    return this.#head
  }

  /** Whether every choice was given its reason to end: the one sign that a stream is whole. */
  get isFinished(): boolean {
    const real = this.#realChoices()
    return real.length > 0 ? real.every(choice => choice.isFinished) : this.#blockReason !== ''
  }

  read(event: Members): void {
    this.#head ??= toHead(event, this.#context)
    const candidates = listOf(event.candidates)
    for (let position = 0; position < candidates.length; position++) {
      const candidate = recordOf(candidates[position])
      if (candidate !== null) this.#choiceAt(candidate.index, position).read(candidate)
    }
    this.#usage = recordOf(event.usageMetadata) ?? this.#usage
    if (event.promptFeedback !== undefined) {
      const feedback = recordOf(event.promptFeedback)
      const message = textOf(feedback?.blockReasonMessage)
      const reason = textOf(feedback?.blockReason)
      if (reason !== '') this.#blockReason = message === '' ? reason : `${reason} (${message})`
    }
  }

  /**
   * The choices in order, each with its ending. To be called once.
   * @throws GatewayError `upstream-empty` when there is nothing at all to show, not even a refusal, and `upstream-cut`
   *   when the model broke off in what it said
   */
  conclude(): readonly ConcludedChoice[] {
    const concluded = this.#realChoices().map(choice => ({ choice, end: choice.conclude() }))
    for (const { end } of concluded) {
      if (end.kind !== 'broken') continue
      throw new GatewayError('upstream-cut', `The model broke off its answer: it ended with ${end.reason}.`)
    }
    if (concluded.some(({ end }) => end.kind === 'said')) {
      return concluded.map(({ choice, end }) =>
        end.kind === 'said'
          ? { index: choice.index, finishReason: end.finishReason, refusal: end.refusal, choice }
          : { index: choice.index, finishReason: 'stop', refusal: null, choice },
      )
    }
    if (this.#blockReason !== '') {
      const refusal = `Google's filters blocked the request: ${this.#blockReason}.`
      return [{ index: 0, finishReason: 'content_filter', refusal, choice: null }]
    }
    throw toEmptyError(concluded.map(({ end }) => (end.kind === 'nothing' ? end.reason : '')))
  }

  #realChoices() {
    return [...this.#choices.values()].filter(choice => choice.isReal).sort((left, right) => left.index - right.index)
  }

  /** Google leaves out an index of 0, and with it may leave out all. */
  #choiceAt(told: unknown, position: number): Choice {
    const index = typeof told === 'number' ? told : position
    const known = this.#choices.get(index)
    if (known !== undefined) return known
    const choice = new Choice(index, this.#context.manner, this.#readCall, this.#sinkFor(index))
    this.#choices.set(index, choice)
    return choice
  }
}

/** Members that stand in the completion and, unchanged, in every chunk. */
export type AnswerHead = {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly system_fingerprint?: string
  readonly service_tier?: string
}

const toHead = (event: Members, { manner, fallbackId, created }: AnswerContext): AnswerHead => {
  const version = textOf(event.modelVersion)
  const tier = toServiceTier(recordOf(event.usageMetadata))
  return {
    id: `chatcmpl-${textOf(event.responseId) || fallbackId}`,
    created,
    model: manner.model,
    ...(version !== '' && { system_fingerprint: version }),
    ...(tier !== null && { service_tier: tier }),
  }
}

const toEmptyError = (reasons: readonly string[]): GatewayError => {
  const reason = reasons.find(text => text !== '' && text !== 'STOP')
  return new GatewayError(
    'upstream-empty',
    reason === undefined ? 'The model gave no answer.' : `The model gave no answer: it ended with ${reason}.`,
  )
}
