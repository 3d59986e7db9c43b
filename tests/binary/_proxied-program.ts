import { expect } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adminToken, type CompiledGateway, startCompiledGateway } from '#tests/_gateway.ts'
import { ask } from '#tests/endings/_ask.ts'
import { findSecret } from '#tests/endings/_find-secret.ts'
import { poolAnswer } from '#tests/endtoend/pool/_look.ts'
import { proxyPassword, startProxy, type TestProxy } from '#tests/upstream/_proxies.ts'

export const secrets = Array.from({ length: 12 }, (_, index) => `AQ.key-number-${index}-that-goes-through-a-proxy`)

export type World = { readonly gateway: CompiledGateway; readonly http: TestProxy; readonly socks: TestProxy }

type Options = {
  readonly settings?: Readonly<Record<string, string>>
  /** Milliseconds between the chunks of a stream. */
  readonly pace?: number
}

export const start = async (
  cleanUp: AsyncDisposableStack,
  { settings = {}, pace = 0 }: Options = {},
): Promise<World> => {
  const [http, socks] = [await startProxy('tinyproxy'), await startProxy('microsocks')]
  for (const proxy of [http, socks]) cleanUp.defer(proxy.remove)
  const gateway = await startCompiledGateway({
    keys: secrets.map(secret => ({ secret })),
    emulator: { delayMs: { betweenChunks: pace } },
    settings: {
      PROXIES: JSON.stringify([http.address, socks.address]),
      CHECK_INTERVAL_HOURS: '0',
      LOG_LEVEL: 'debug',
      ...settings,
    },
  })
  cleanUp.defer(gateway.stop)
  return { gateway, http, socks }
}

export type Way = 'http' | 'other'

/** The way that each key's requests took since the last call. The HTTP proxy of Debian leaves a mark, nothing else does. */
export const waysOf = ({ emulator }: CompiledGateway, method = 'POST'): ReadonlyMap<string, readonly Way[]> => {
  const ways = new Map<string, Way[]>()
  for (const request of emulator.requests) {
    if (request.method !== method || request.key === null) continue
    const way = request.headers.via === undefined ? 'other' : 'http'
    ways.set(request.key, [...new Set<Way>([...(ways.get(request.key) ?? []), way])])
  }
  emulator.clearRequests()
  return new Map([...ways].sort())
}

export const allAt = (ways: ReadonlyMap<string, readonly Way[]>, way: Way) =>
  [...ways].flatMap(([key, taken]) => (taken.length === 1 && taken[0] === way ? [key] : []))

/** Asks so often that each key has its turn, in both forms. */
export const round = async ({ url }: CompiledGateway, times = 1): Promise<readonly number[]> => {
  const statuses: number[] = []
  for (let request = 0; request < secrets.length * times; request++) {
    const told = await ask(url, { form: request % 2 === 0 ? 'whole' : 'sse' })
    expect(told.isWhole).toBe(true)
    if (told.status === 200) expect(told.text).toContain('STOP')
    statuses.push(told.status)
  }
  return statuses
}

/** The same all at once, whatever comes of it. */
export const crowd = ({ url }: CompiledGateway) => Promise.all(secrets.map(() => ask(url)))

export const good = (times = 1) => Array.from({ length: secrets.length * times }, () => 200)

export const untilState = async ({ url }: CompiledGateway, name: string, state: string) => {
  const stateOf = async () => (await poolAnswer(url)).egresses.find(egress => egress.name === name)?.state
  while ((await stateOf()) !== state) await Bun.sleep(20)
}

/** Fails when a password stands in anything the program wrote or answered. */
export const expectNoPassword = async (
  gateway: Pick<CompiledGateway, 'url' | 'dataDirectory' | 'output'>,
  ...more: readonly string[]
) => {
  const answers = await Promise.all(
    ['/api/pool', '/api/keys', '/api/settings', '/health'].map(async path => {
      const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${adminToken}` } })
      return response.text()
    }),
  )
  const files = readdirSync(gateway.dataDirectory).map(name => readFileSync(join(gateway.dataDirectory, name)))
  for (const password of [proxyPassword, 'wrong-password']) {
    for (const text of [gateway.output(), ...answers, ...more]) {
      expect(findSecret(Buffer.from(text), password)).toBeUndefined()
    }
    for (const bytes of files) expect(findSecret(bytes, password)).toBeUndefined()
  }
}
