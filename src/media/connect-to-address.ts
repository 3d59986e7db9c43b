import { isIP } from 'node:net'
import { bareHost } from './media-target.ts'

export type MediaRequest = {
  readonly url: URL
  /** The IP address that was checked, and the only one that may be connected to. */
  readonly address: string
  readonly signal: AbortSignal
}

/** Connects and asks once, with one GET; follows nothing. Rejects when no answer comes. */
export type Connect = (request: MediaRequest) => Promise<Response>

/**
 * The URL's host is replaced by the address, so that nobody looks the name up a second time; the name goes along in `Host`
 * and in TLS, where `serverName` is also what the certificate is checked against (measured, Bun 1.4.5; a `Host` of another
 * name alone changes nothing about that). No proxy of the environment: it would look the name up anew, out of our sight.
 */
export const connectToAddress: Connect = async ({ url, address, signal }) => {
  const host = bareHost(url)
  return await fetch(urlAt(url, address), {
    headers: { Host: url.host, 'User-Agent': 'gemini-balance', Accept: '*/*', 'Accept-Encoding': 'identity' },
    redirect: 'manual',
    decompress: false,
    keepalive: false,
    proxy: false,
    protocol: 'http1.1',
    // Said aloud: NODE_TLS_REJECT_UNAUTHORIZED=0 would switch the check off.
    tls: { rejectUnauthorized: true, ...(isIP(host) === 0 ? { serverName: host.replace(/\.$/, '') } : {}) },
    signal,
  })
}

/** Not by setting `hostname`: the setter keeps the old host, without a word, when it does not like the new one. */
const urlAt = ({ protocol, port, pathname, search }: URL, address: string): string => {
  const version = isIP(address)
  if (version === 0) throw new Error('Only an IP address is connected to.')
  return `${protocol}//${version === 6 ? `[${address}]` : address}${port === '' ? '' : `:${port}`}${pathname}${search}`
}
