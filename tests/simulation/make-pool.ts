import { KeyPool } from '#src/keys/key-pool.ts'
import type { PoolKey } from '#src/keys/pool-key.ts'
import { silentLogger } from '#src/logging/logger.ts'
import { Secret } from '#src/security/secret.ts'
import type { Call } from './call.ts'
import { randomFrom } from './random.ts'
import type { Scenario } from './scenario.ts'

export type Policy = 'round-robin' | 'headroom' | 'affinity'

/** All that the simulation knows of how the product's pool is made, asked and looked into. */
export const makePool = (scenario: Scenario, clock: { readonly now: number }, policy: Policy): KeyPool => {
  const options = {
    sink: { recordKeyState: () => {} },
    logger: silentLogger,
    now: () => clock.now,
    random: randomFrom(scenario.seed + 2),
    mostInFlight: () => 0,
    mostSoftFailures: () => 3,
    policy: () => policy,
  }
  const pool = new KeyPool(options)
  pool.replaceKeys(
    Array.from({ length: scenario.keyCount }, (_, key) => ({
      keyId: keyIdOf(key),
      secret: new Secret(`secret of ${keyIdOf(key)}`),
      fingerprint: keyIdOf(key),
      kind: 'gemini',
      source: 'environment',
      project: null,
      priority: 0,
      enabled: true,
    })),
  )
  return pool
}

export const keyIdOf = (key: number): string => `key-${String(key).padStart(6, '0')}`

export const wishOf = (call: Call, model: string): Parameters<KeyPool['acquire']>[0] => {
  const wish = { kind: 'gemini', model, affinity: call.conversation } as const
  return call.avoid === null ? wish : { ...wish, avoid: call.avoid }
}

/** Whether the pool would not hand out this key for the model now. */
export const isOut = ({ death, cooling, owner }: PoolKey, model: string, now: number): boolean =>
  death !== null ||
  (owner.suspended !== null && owner.suspended.until > now) ||
  (cooling.get(model)?.until ?? 0) > now ||
  (owner.cooling.get(model)?.until ?? 0) > now
