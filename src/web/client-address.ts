import { isIP } from 'node:net'

type SocketServer = { readonly requestIP: (request: Request) => { readonly address: string } | null }

/**
 * The address a request is counted under: an IPv4 address, or the first half of an IPv6 one, of which a single client
 * usually owns the whole rest. `unknown` where the socket has no address.
 * @param trustProxyHeaders takes the last entry of `X-Forwarded-For`: the one written by the proxy in front of us;
 *   everything before it can be made up by the client
 */
export const clientAddressOf = (request: Request, server: SocketServer | null, trustProxyHeaders: boolean): string => {
  const forwarded = trustProxyHeaders ? request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  const address = forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : server?.requestIP(request)?.address
  return address === undefined ? 'unknown' : networkOf(address)
}

const networkOf = (address: string) => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [front = '', back] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const head = front === '' ? [] : front.split(':')
  const tail = back === undefined || back === '' ? [] : back.split(':')
  const zeros = back === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4).map(group => Number.parseInt(group, 16).toString(16))
  return `${groups.join(':')}::/64`
}
