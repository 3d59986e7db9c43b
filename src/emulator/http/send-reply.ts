import type { Reply } from './reply.ts'
import { bodyOf } from './reply-body.ts'
import type { OpenRequest } from './request-journal.ts'

/** Turns a reply into a response, and tells the journal how it ended. */
export const sendReply = async (reply: Reply, request: Request, open: OpenRequest): Promise<Response> => {
  const left = new Promise<void>(resolve => {
    if (request.signal.aborted) resolve()
    request.signal.addEventListener('abort', () => {
      open.ended(true)
      resolve()
    })
  })
  if (reply.kind === 'silence') {
    await left
    return new Response(null, { status: 499 })
  }
  if ((reply.delayMs ?? 0) > 0) await Promise.race([Bun.sleep(reply.delayMs ?? 0), left])
  if (request.signal.aborted) return new Response(null, { status: 499 })
  open.answered(reply.status)
  if (reply.kind === 'steps') {
    const body = bodyOf(reply.steps, ending => open.ended(ending === 'cancelled'))
    return new Response(body, { status: reply.status, headers: reply.headers })
  }
  open.ended(false)
  return wholeResponse(reply, request)
}

const wholeResponse = ({ status, headers, body }: Extract<Reply, { kind: 'whole' }>, request: Request): Response => {
  const compressed = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  if (!compressed) return new Response(body, { status, headers })
  return new Response(Bun.gzipSync(body), { status, headers: { ...headers, 'content-encoding': 'gzip' } })
}
