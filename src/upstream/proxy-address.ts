import { Secret } from '../security/secret.ts'

export type ProxyAddress = {
  /** `scheme://host:port`, without user and password. */
  readonly name: string
  /** The whole of it in one way of writing; holds the password. */
  readonly secret: Secret
  /** Set where Bun's `fetch` cannot speak to the proxy itself. */
  readonly socks: SocksServer | null
}

export type SocksServer = {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret
}

const usualPorts: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'socks5:': '1080',
  'socks5h:': '1080',
}

/**
 * Reads an entry of PROXIES. `socks5` is taken as `socks5h`: the proxy looks names up, so that they are asked for where
 * the traffic goes.
 * @returns null for what is no address of a proxy
 */
export const parseProxyAddress = (address: string): ProxyAddress | null => {
  const url = URL.parse(address)
  const usualPort = url === null ? undefined : usualPorts[url.protocol]
  if (url === null || usualPort === undefined || url.hostname === '') return null
  const host = url.hostname.toLowerCase()
  const port = url.port === '' ? usualPort : url.port
  const name = `${url.protocol}//${host}:${port}`
  const user = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}@`
  return {
    name,
    secret: new Secret(`${url.protocol}//${user}${host}:${port}`),
    socks: url.protocol.startsWith('socks')
      ? {
          host: host.replace(/^\[|\]$/g, ''),
          port: Number(port),
          user: decoded(url.username),
          password: new Secret(decoded(url.password)),
        }
      : null,
  }
}

/** A lone `%` in a password is taken as it stands. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
