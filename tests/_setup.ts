import { afterAll, afterEach } from 'bun:test'
import { Socket } from 'node:net'
import { reportMishap, takeMishaps } from './_mishaps.ts'

/**
 * Loaded before every test file (bunfig.toml). Fails the test in which a gateway of this process logged an error that
 * the test did not ask for, or in which anything reached for an address outside this machine. The call itself is refused
 * too, so that a test without a network and one with a network see the same.
 */

const isOwnMachine = (host: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?|0\.0\.0\.0|\[?::\]?|)$/.test(host)

const refuseStrangers = (host: string) => {
  if (isOwnMachine(host)) return
  reportMishap(`something reached for ${host}, which is not this machine`)
  throw new Error(`Tests stay on this machine: ${host} is not called.`)
}

const { fetch, WebSocket } = globalThis
globalThis.fetch = Object.assign(
  async (input: string | URL | Request, init?: RequestInit) => {
    refuseStrangers(new URL(input instanceof Request ? input.url : input).hostname)
    return await fetch(input, init)
  },
  { preconnect: fetch.preconnect },
)

globalThis.WebSocket = class extends WebSocket {
  constructor(...[url, options]: ConstructorParameters<typeof WebSocket>) {
    refuseStrangers(new URL(url).hostname)
    super(url, options)
  }
}

const { connect } = Bun
Bun.connect = options => {
  if ('hostname' in options) refuseStrangers(options.hostname)
  return connect(options as never)
}

const connectSocket = Socket.prototype.connect as (...parameters: unknown[]) => Socket
Socket.prototype.connect = function (this: Socket, ...parameters: unknown[]) {
  refuseStrangers(hostOf(parameters.flat()))
  return connectSocket.apply(this, parameters)
}

/** Of `connect(port, host)` and `connect({ port, host })`; empty for a socket in the file system and for the default. */
const hostOf = ([first, second]: readonly unknown[]): string => {
  if (typeof first === 'object' && first !== null && 'host' in first) return String(first.host)
  return typeof second === 'string' && typeof first !== 'object' ? second : ''
}

const failOnMishaps = () => {
  const mishaps = takeMishaps()
  if (mishaps.length > 0) throw new Error(mishaps.join('\n'))
}

afterEach(failOnMishaps)
afterAll(failOnMishaps)
