import { isIP } from 'node:net'

/**
 * `public`: on the internet. `private`: this machine and networks behind it, which a setting may allow.
 * `never`: no host's address, or that of a cloud's metadata service, which hands out credentials.
 */
export type AddressClass = 'public' | 'private' | 'never'

/** The class of an IP address in any spelling that `node:net` takes for one; of anything else `never`. */
export const classOfAddress = (address: string): AddressClass => {
  if (isIP(address) === 4) return classOfNumber(numberOfIpv4(address), 32, ipv4Ranges) ?? 'public'
  const number = isIP(address) === 6 ? numberOfIpv6(address) : null
  if (number === null) return 'never'
  // The address that is meant stands in the last 32 bits.
  if (embedding.some(range => holds(range, number, 128))) return classOfAddress(ipv4Of(number & 0xffff_ffffn))
  return classOfNumber(number, 128, ipv6Ranges) ?? 'never'
}

type Range = { readonly first: bigint; readonly bits: number }

const holds = ({ first, bits }: Range, number: bigint, width: number) =>
  number >> BigInt(width - bits) === first >> BigInt(width - bits)

const classOfNumber = (number: bigint, width: number, ranges: readonly (readonly [Range, AddressClass])[]) =>
  ranges.find(([range]) => holds(range, number, width))?.[1]

const numberOfIpv4 = (address: string): bigint =>
  address.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n)

const ipv4Of = (number: bigint): string => [24n, 16n, 8n, 0n].map(shift => (number >> shift) & 255n).join('.')

/** Null for an address with a zone (`fe80::1%eth0`), which is that of a neighbour. */
const numberOfIpv6 = (address: string): bigint | null => {
  // Written in full or not, with an IPv4 tail or not: the URL parser makes one spelling of all.
  const spelling = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1)
  if (spelling === undefined) return null
  const [left = '', right] = spelling.split('::')
  const front = left === '' ? [] : left.split(':')
  const back = right === undefined || right === '' ? [] : right.split(':')
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
  return groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n)
}

const rangeOf = (text: string): Range => {
  const [address = '', bits] = text.split('/')
  const first = isIP(address) === 4 ? numberOfIpv4(address) : numberOfIpv6(address)
  if (first === null) throw new Error(`Not a range of addresses: ${text}`)
  return { first, bits: Number(bits) }
}

const table = (rows: readonly (readonly [string, AddressClass])[]) =>
  rows.map(([range, addressClass]) => [rangeOf(range), addressClass] as const)

/** IPv4-mapped, and NAT64 (RFC 6052): a machine without IPv4 sees the IPv4 internet there. */
const embedding = ['::ffff:0:0/96', '64:ff9b::/96'].map(rangeOf)

/** IANA's registry of special-purpose addresses; the first row that holds an address counts. */
const ipv4Ranges = table([
  ['0.0.0.0/8', 'never'], // Linux takes 0.0.0.0 for itself.
  ['10.0.0.0/8', 'private'],
  ['100.100.100.200/32', 'never'], // Alibaba Cloud's metadata.
  ['100.64.0.0/10', 'private'], // Carriers' NAT, RFC 6598; also Tailscale.
  ['127.0.0.0/8', 'private'],
  ['168.63.129.16/32', 'never'], // Azure's platform, inside the public space.
  ['169.254.0.0/16', 'never'], // Link-local; 169.254.169.254 is the metadata service of most clouds.
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'never'],
  ['192.0.2.0/24', 'private'], // Documentation, like 198.51.100 and 203.0.113: laboratories use it.
  ['192.88.99.0/24', 'never'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'private'], // Benchmarks, RFC 2544; proxies such as Clash answer every name with one of these.
  ['198.51.100.0/24', 'private'],
  ['203.0.113.0/24', 'private'],
  ['224.0.0.0/3', 'never'], // Multicast, reserved and broadcast.
])

/** What no row holds is not handed out: `2000::/3` is all that IANA gives to anyone. */
const ipv6Ranges = table([
  ['::1/128', 'private'],
  ['fd00:ec2::254/128', 'never'], // AWS's metadata.
  ['fd20:ce::254/128', 'never'], // Google Cloud's metadata.
  ['fc00::/7', 'private'],
  ['2001::/23', 'never'], // IETF protocols: Teredo, ORCHID, benchmarks.
  ['2001:db8::/32', 'private'],
  ['2002::/16', 'never'], // 6to4, which leads on to any IPv4 address.
  ['3fff::/20', 'private'], // Documentation, RFC 9637.
  ['2000::/3', 'public'],
])
