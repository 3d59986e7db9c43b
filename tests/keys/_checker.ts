import { afterAll } from 'bun:test'
import { type EmulatorKey, type EmulatorOptions, type KeyBehaviour, startEmulator } from '#src/emulator/emulator.ts'
import type { CheckResult } from '#src/keys/check-result.ts'
import { type CheckWish, KeyChecker } from '#src/keys/key-checker.ts'
import type { KeyEntry } from '#src/keys/pool-key.ts'
import { createLogger } from '#src/logging/logger.ts'
import { Secret } from '#src/security/secret.ts'
import { type ProbeSettings, probeKey } from '#src/upstream/probe-key.ts'
import { UpstreamClient } from '#src/upstream/upstream-client.ts'
import { Watchdog } from '#src/upstream/watchdog.ts'
import { directly } from '#src/upstream/way-out.ts'
import { entry, poolOf } from './_pool.ts'

export const secretOf = (keyId: string) => `AQ.planted-secret-of-${keyId}`

export type CheckerOptions = {
  readonly keys: readonly (Partial<KeyEntry> & { readonly keyId: string; readonly behaviour?: KeyBehaviour })[]
  readonly emulator?: Omit<EmulatorOptions, 'keys'>
  readonly settings?: Partial<ProbeSettings>
}

/** A checker with a real pool and, at the other end of real sockets, the emulator; it stops after the tests of the file. */
export const checkerOf = ({ keys, emulator: options = {}, settings = {} }: CheckerOptions) => {
  const emulator = startEmulator({
    ...options,
    keys: keys.map(
      ({ keyId, behaviour = 'valid' }): EmulatorKey => ({
        secret: secretOf(keyId),
        project: `project of ${keyId}`,
        behaviour,
      }),
    ),
  })
  afterAll(() => emulator.stop())
  const entries = keys.map(({ behaviour: _, ...key }) =>
    entry(key.keyId, { ...key, secret: new Secret(secretOf(key.keyId)) }),
  )
  const { pool, clock, remembered } = poolOf(entries)
  const lines: string[] = []
  const logger = createLogger({ level: () => 'debug', format: 'json', write: line => lines.push(line) })
  const watchdog = new Watchdog()
  const client = new UpstreamClient(watchdog)
  const testModel = () => 'gemini-3.5-flash-lite'
  const probe = probeKey({
    send: (request, limits) => client.send(request, limits, directly),
    watchdog,
    testModel,
    settings: {
      BASE_URL: `${emulator.url}/v1beta`,
      VERTEX_EXPRESS_BASE_URL: `${emulator.url}/v1beta/`,
      TIME_OUT: 0.2,
      CONNECT_TIMEOUT_SECONDS: 5,
      CUSTOM_HEADERS: {},
      ...settings,
    },
  })
  const checker = new KeyChecker({ pool, probe, logger, testModel })
  const ids = keys.map(({ keyId }) => keyId)
  /** Checks the keys, all by default, and keeps what is told of each. */
  const check = async (wish: Partial<CheckWish> = {}, keyIds: Iterable<string> = ids) => {
    const results: CheckResult[] = []
    const summary = await checker.check(keyIds, {
      deep: false,
      ...wish,
      onResult: result => {
        results.push(result)
        return wish.onResult?.(result)
      },
    })
    return { summary, results }
  }
  return { emulator, pool, clock, remembered, entries, checker, logger, lines, ids, check }
}

/** Waits until something that is on its way has come about; the limit of the test ends it otherwise. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await Bun.sleep(1)
}
