import type { Arrived } from './exchange.ts'

/** Completes the headers of an answer: who it was, how long it took, and what stages noted. */
export const replyHeaders = ({ requestId, stopwatch, journal, notes }: Arrived, headers: Headers): Headers => {
  notes.forEach((value, name) => {
    headers.set(name, value)
  })
  headers.set('x-gemini-balance-request-id', requestId)
  const last = journal.attempts.at(-1)
  if (last !== undefined) {
    headers.set('x-gemini-balance-key', last.fingerprint)
    headers.set('x-gemini-balance-attempts', String(journal.attempts.length))
  }
  // Browser chat front ends send their token in a header, so any origin may read the answer; cookies play no part.
  headers.set('access-control-allow-origin', '*')
  headers.set('access-control-expose-headers', '*')
  // Proxies in front (nginx) would collect a stream before passing it on.
  headers.set('x-accel-buffering', 'no')
  headers.set('server-timing', stopwatch.toHeader())
  return headers
}
