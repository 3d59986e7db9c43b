import { proxyRefusal, reasonOf } from './transport-reason.ts'
import type { WayOut } from './way-out.ts'

export type CheckResult =
  | { readonly kind: 'works'; readonly milliseconds: number }
  /** `reason` is a code without secrets. */
  | { readonly kind: 'fails'; readonly reason: string; readonly milliseconds: number }

export type CheckTarget = {
  /** Only its origin is asked for. */
  readonly url: string
  readonly limitMilliseconds: number
}

/**
 * Asks the upstream for its front page, without any key and on a connection of its own. Whatever the upstream answers,
 * the way works; what the proxy answers in its place does not count.
 */
export const checkWayOut = async (
  way: WayOut,
  target: CheckTarget,
  signal: AbortSignal = new AbortController().signal,
): Promise<CheckResult> => {
  const startedAt = performance.now()
  const limit = AbortSignal.timeout(target.limitMilliseconds)
  const result = (reason: string | null): CheckResult => {
    const milliseconds = Math.round(performance.now() - startedAt)
    return reason === null ? { kind: 'works', milliseconds } : { kind: 'fails', reason, milliseconds }
  }
  try {
    const { origin, protocol } = new URL(target.url)
    const response = await fetch(`${origin}/`, {
      method: 'HEAD',
      proxy: way.proxy === null ? false : way.proxy.reveal(),
      redirect: 'manual',
      decompress: false,
      keepalive: false,
      signal: AbortSignal.any([limit, signal]),
    } as BunFetchRequestInit)
    const isOpaque = protocol === 'https:'
    return result(way.proxy === null || isOpaque ? null : (proxyRefusal(response) ?? gatewayError(response)))
  } catch (error) {
    return result(limit.aborted ? 'timeout' : reasonOf(error))
  }
}

/** Of an unknown proxy, or of what stands before the upstream: there is no way through either way. */
const gatewayError = ({ status }: Response) =>
  status === 502 || status === 503 || status === 504 ? `proxy-status-${status}` : null
