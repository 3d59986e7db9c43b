import type { Answer } from './exchange.ts'

/** Lets go of an answer that nobody will read: what is left open would hold its connection and its time limit. */
export const dropAnswer = ({ content }: Answer): void => {
  if (content.kind === 'events') content.events.cancel()
  if (content.kind !== 'unread' || content.body === null) return
  content.body.cancel().catch(() => {
    // Upstream has ended it at the same moment.
  })
}
