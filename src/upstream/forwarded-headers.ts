import type { Secret } from '../security/secret.ts'
import { withoutSecret } from './without-secret.ts'

/**
 * Client headers that go up. Everything else stays here: credentials, cookies, addresses, and hop-by-hop headers.
 * `accept-encoding` stays too: an answer that arrives compressed cannot be observed.
 */
const goingUp = ['content-type', 'accept', 'accept-language', 'user-agent', 'x-goog-api-client', 'x-server-timeout']

const uploadPrefix = 'x-goog-upload-'

/** Header values by lower-case name. A plain object: a `Headers` costs a call into the runtime for every look. */
export type HeaderRecord = Record<string, string>

/** The headers of the upstream request, without the key. */
export const headersForUpstream = (client: Headers, custom: Readonly<Record<string, string>>): HeaderRecord => {
  const given: HeaderRecord = client.toJSON()
  const headers: HeaderRecord = {}
  for (const name of goingUp) {
    const value = given[name]
    if (value !== undefined) headers[name] = value
  }
  if (given[`${uploadPrefix}command`] !== undefined) {
    for (const [name, value] of Object.entries(given)) if (name.startsWith(uploadPrefix)) headers[name] = value
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

/** What a client may see of the upstream's headers. A value that holds the key has it blanked out. */
export const headersForClient = (upstream: Headers, secret: Secret): HeaderRecord => {
  const headers: HeaderRecord = {}
  for (const [name, value] of Object.entries(upstream.toJSON() as HeaderRecord)) {
    if (stayingHere.has(name) || name.startsWith('access-control-')) continue
    headers[name] = withoutSecret(value, secret)
  }
  return headers
}
