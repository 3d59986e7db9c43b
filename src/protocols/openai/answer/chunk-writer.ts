import { GatewayError } from '../../../errors/gateway-error.ts'
import { recordOf } from '../../read-value.ts'
import type { AnswerContext } from '../chat-manner.ts'
import { translatedErrorFrame } from '../write-error.ts'
import { Answer } from './answer.ts'
import { ChoiceWriter } from './choice-writer.ts'
import { ChunkText } from './chunk-text.ts'
import { soundIdOf } from './message.ts'
import { toUsage } from './usage.ts'

/** Makes OpenAI's stream of Gemini's, event by event. */
export type ChunkWriter = {
  /** SSE text for one Gemini event; empty when it says nothing new. An `error` event ends the stream. */
  readonly write: (event: Readonly<Record<string, unknown>>) => string
  /**
   * What is left to say at a complete end: the reasons to finish, the usage, `[DONE]`. Empty after an error event.
   * @throws GatewayError `upstream-cut` when a choice was given no reason to end, `upstream-empty` when there was
   *   nothing to show
   */
  readonly end: () => string
}

/** For one stream; the reasons to finish wait for `end`, since text may follow them. */
export const createChunkWriter = (context: AnswerContext): ChunkWriter => {
  const { manner, created } = context
  let written = ''
  let isOver = false
  let chunks: ChunkText | null = null

  const chunkText = () => {
    chunks ??= new ChunkText(answer.head, manner.includesUsage)
    return chunks
  }
  const writers = new Map<number, ChoiceWriter>()
  const writerAt = (index: number): ChoiceWriter => {
    const known = writers.get(index)
    if (known !== undefined) return known
    const writer = new ChoiceWriter({
      callForm: manner.callForm,
      soundId: () => soundIdOf(answer.head.id, index),
      created,
      output: {
        delta: (delta, logprobs) => {
          written += chunkText().delta(index, delta, logprobs)
        },
        finish: (reason, logprobs) => {
          written += chunkText().finish(index, reason, logprobs)
        },
      },
    })
    writers.set(index, writer)
    return writer
  }
  const answer = new Answer(context, index => writerAt(index).sink)
  const take = (): string => {
    const text = written
    written = ''
    return text
  }

  return {
    write: event => {
      if (isOver) return ''
      if (event.error !== undefined && recordOf(event.error) !== null) {
        isOver = true
        return translatedErrorFrame(JSON.stringify(event))
      }
      answer.read(event)
      return take()
    },
    end: () => {
      if (isOver) return ''
      isOver = true
      if (!answer.isFinished) throw new GatewayError('upstream-cut', 'The answer ended before it was complete.')
      for (const { index, finishReason, refusal, choice } of answer.conclude()) {
        writerAt(index).end(refusal, choice?.annotations() ?? [], finishReason)
      }
      if (manner.includesUsage) written += chunkText().usage(toUsage(answer.usage))
      return `${take()}data: [DONE]\n\n`
    },
  }
}
