import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { classOfAddress } from './address-class.ts'
import { MediaRefused, unknownHost } from './media-refused.ts'

/** All addresses of a name, of both families. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

export const resolveName: Resolve = async hostname =>
  (await lookup(hostname, { all: true })).map(({ address }) => address)

/**
 * The address of media as a URL that may be asked for as far as its text goes. `base` is the address that redirected.
 * Of the ports below 1024, which belong to services such as mail, only the web's own two are asked.
 * @throws MediaRefused
 */
export const readMediaUrl = (text: string, base?: URL): URL => {
  const url = URL.parse(text, base?.href)
  if (url === null) throw new MediaRefused('The address of the media is not a URL.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new MediaRefused('Media is fetched from http:// and https:// addresses only.')
  if (url.username !== '' || url.password !== '')
    throw new MediaRefused('The address of media must hold no user name and no password.')
  if (url.port !== '' && url.port !== '80' && url.port !== '443' && Number(url.port) < 1024)
    throw new MediaRefused('Media is fetched from the ports 80, 443 and 1024 to 65535 only.')
  return url
}

/**
 * The addresses the host stands for, IPv4 first, since not every machine has IPv6. If one of them is not permitted, none is:
 * a name that has both is a trap.
 * @throws MediaRefused
 */
export const permittedAddresses = async (
  url: URL,
  { resolve, allowsPrivate }: { readonly resolve: Resolve; readonly allowsPrivate: boolean },
): Promise<readonly string[]> => {
  const host = bareHost(url)
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host]
  if (addresses.length === 0) throw new MediaRefused(unknownHost, `${host} has no address`)
  for (const address of addresses) {
    const addressClass = classOfAddress(address)
    if (addressClass === 'public' || (addressClass === 'private' && allowsPrivate)) continue
    throw new MediaRefused(unknownHost, `${host} is ${address}, which is not a permitted address (${addressClass})`)
  }
  return addresses.toSorted((left, right) => isIP(left) - isIP(right))
}

/** The host as a resolver and `node:net` want it: IPv6 without brackets. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
