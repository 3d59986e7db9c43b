import type { Secret } from '../security/secret.ts'
import { withoutSecret } from './without-secret.ts'

/**
 * Client headers that go up. Everything else stays here: credentials, cookies, addresses, and hop-by-hop headers.
 * `accept-encoding` stays too: an answer that arrives compressed cannot be observed.
 */
const goingUp = ['content-type', 'accept', 'accept-language', 'user-agent', 'x-goog-api-client', 'x-server-timeout']

const uploadPrefix = 'x-goog-upload-'

/** The headers of the upstream request, without the key. */
export const headersForUpstream = (
  client: Headers,
  custom: Readonly<Record<string, string>>,
): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const name of goingUp) {
    const value = client.get(name)
    if (value !== null) headers[name] = value
  }
  if (client.has(`${uploadPrefix}command`)) {
    client.forEach((value, name) => {
      if (name.startsWith(uploadPrefix)) headers[name] = value
    })
  }
  for (const [name, value] of Object.entries(custom)) headers[name.toLowerCase()] = value
  return headers
}

/** Upstream headers that stay here: hop-by-hop, framing that no longer fits, cookies, and the front end's own affairs. */
const stayingHere = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'set-cookie',
  'alt-svc',
  'server',
  'via',
  'strict-transport-security',
  'server-timing',
  'date',
  'retry-after',
])

/** Copies what a client may see of the upstream's headers into `target`. A value that holds the key is blanked out. */
export const copyUpstreamHeaders = (upstream: Headers, secret: Secret, target: Headers): void => {
  const clear = secret.reveal()
  upstream.forEach((value, name) => {
    if (stayingHere.has(name) || name.startsWith('access-control-')) return
    target.set(name, withoutSecret(value, clear))
  })
}
