import { describeChoice } from '#src/keys/choice.ts'
import type { HeaderRecord } from '#src/upstream/forwarded-headers.ts'
import type { Arrived } from './exchange.ts'

/** Completes the headers of an answer: who it was, how long it took, and what stages noted. Changes and returns `headers`. */
export const replyHeaders = (
  { door, requestId, stopwatch, journal, notes }: Arrived,
  headers: HeaderRecord,
): HeaderRecord => {
  for (const [name, value] of notes) headers[name] = value
  headers['x-gemini-balance-request-id'] = requestId
  // Where OpenAI's SDKs look for it.
  if (door.protocol !== 'gemini') headers['x-request-id'] = requestId
  const last = journal.attempts.at(-1)
  if (last !== undefined) {
    headers['x-gemini-balance-key'] = last.fingerprint
    headers['x-gemini-balance-attempts'] = String(journal.attempts.length)
    if (last.choice !== null) headers['x-gemini-balance-choice'] = describeChoice(last.choice)
  }
  // Browser chat front ends send their token in a header, so any origin may read the answer; cookies play no part.
  headers['access-control-allow-origin'] = '*'
  headers['access-control-expose-headers'] = '*'
  // Proxies in front (nginx) would collect a stream before passing it on.
  headers['x-accel-buffering'] = 'no'
  headers['server-timing'] = stopwatch.toHeader()
  return headers
}
