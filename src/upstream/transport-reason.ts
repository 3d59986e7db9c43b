/**
 * Why a request did not come through, as a code: messages of transport errors carry addresses. What the proxy itself
 * said to `CONNECT` is told apart from what the upstream says through it (`ERR_PROXY_TUNNEL`, measured, Bun 1.4.5).
 */
export const reasonOf = (error: unknown): string => {
  const code = codeOf(error)
  if (code !== 'ERR_PROXY_TUNNEL') return code || (error instanceof Error ? error.name : 'unknown')
  const { status, headers } = error as { readonly status?: unknown; readonly headers?: unknown }
  return refusalReason(Number(status), headers instanceof Headers ? headers : new Headers())
}

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/**
 * A plain `http://` upstream is asked through the proxy, which answers in its place when it cannot reach it.
 * @returns the reason when the answer is surely the proxy's own; null for what is, or may be, the upstream's
 */
export const proxyRefusal = ({ status, headers }: Response): string | null => {
  if (status === 407) return refusalReason(status, headers)
  if (status < 400) return null
  const isOwn =
    proxyStatusError(headers) !== undefined ||
    headers.has('x-squid-error') ||
    /^(tinyproxy|squid|privoxy|3proxy)\b/i.test(headers.get('server') ?? '')
  return isOwn ? refusalReason(status, headers) : null
}

/** Tinyproxy answers a wrong password with 401. */
const refusalReason = (status: number, headers: Headers): string =>
  status === 407 || status === 401 ? 'proxy-authentication' : (proxyStatusError(headers) ?? `proxy-status-${status}`)

/** The `error` of a `Proxy-Status` header (RFC 9209, 2.1.1). */
const proxyStatusError = (headers: Headers): string | undefined =>
  /;\s*error=([\w-]{1,40})/.exec(headers.get('proxy-status') ?? '')?.[1]
