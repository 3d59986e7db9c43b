/** Whether the browser reached us over TLS. `X-Forwarded-Proto` counts only behind a proxy that is trusted. */
export const cameOverHttps = (request: Request, trustProxyHeaders: boolean): boolean => {
  const forwarded = trustProxyHeaders ? lastOf(request.headers.get('x-forwarded-proto')) : undefined
  return (forwarded ?? new URL(request.url).protocol.slice(0, -1)) === 'https'
}

/**
 * Whether an unsafe request was sent by one of our own pages. Browsers say so in `Sec-Fetch-Site` over TLS and on
 * localhost, and in `Origin` everywhere; a request with neither comes from no browser, so nobody was tricked into it.
 */
export const cameFromOwnPage = (request: Request, trustProxyHeaders: boolean): boolean => {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = request.headers.get('origin')
  if (origin === null) return true
  const forwarded = trustProxyHeaders ? lastOf(request.headers.get('x-forwarded-host')) : undefined
  return URL.parse(origin)?.host === (forwarded ?? new URL(request.url).host).toLowerCase()
}

const lastOf = (list: string | null) => list?.split(',').at(-1)?.trim().toLowerCase()
