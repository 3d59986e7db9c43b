import { afterAll, afterEach } from 'bun:test'
import { Socket } from 'node:net'
import { performDuties } from './_at-end.ts'
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

globalThis.fetch = new Proxy(fetch, {
  apply: async (target, self, [input, ...more]: Parameters<typeof fetch>) => {
    refuseStrangers(new URL(input instanceof Request ? input.url : input).hostname)
    return await Reflect.apply(target, self, [input, ...more])
  },
})

globalThis.WebSocket = new Proxy(WebSocket, {
  construct: (target, [address, ...more]: [string | URL, ...unknown[]]) => {
    refuseStrangers(new URL(address).hostname)
    return Reflect.construct(target, [address, ...more])
  },
})

Bun.connect = new Proxy(Bun.connect, {
  apply: (target, self, [options]: Parameters<typeof Bun.connect>) => {
    if ('hostname' in options) refuseStrangers(String(options.hostname))
    return Reflect.apply(target, self, [options])
  },
})

Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
  apply: (target, self, parameters: unknown[]) => {
    refuseStrangers(hostOf(parameters.flat()))
    return Reflect.apply(target, self, parameters)
  },
})

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
afterAll(() => {
  performDuties()
  failOnMishaps()
})
