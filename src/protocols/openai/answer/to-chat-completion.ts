import type { AnswerContext } from '../chat-manner.ts'
import { Answer } from './answer.ts'
import { Message } from './message.ts'
import { toUsage } from './usage.ts'

/**
 * A whole GenerateContentResponse as OpenAI's `chat.completion`.
 * @throws GatewayError `upstream-empty` when it holds nothing to show: no content, no call, no refusal, no limit reached
 */
export const toChatCompletion = (
  answer: Readonly<Record<string, unknown>>,
  context: AnswerContext,
): Readonly<Record<string, unknown>> => {
  const messages = new Map<number, Message>()
  const messageAt = (index: number) => {
    const message = messages.get(index) ?? new Message(context.manner.callForm)
    messages.set(index, message)
    return message
  }
  const reader = new Answer(context, index => messageAt(index).sink)
  reader.read(answer)
  const { id, ...head } = reader.head
  return {
    id,
    object: 'chat.completion',
    ...head,
    choices: reader.conclude().map(end => messageAt(end.index).toChoice(end, id, context)),
    usage: toUsage(reader.usage),
  }
}
